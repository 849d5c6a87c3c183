"""Recording with a form: every action from its declaration, and the stories that join them."""

from api.pages.record import receipts, story_views, views
from api.pages.record.asking import new_key, submit
from api.pages.record.place import bp

__all__ = ["bp", "new_key", "receipts", "story_views", "submit", "views"]
