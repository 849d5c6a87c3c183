"""The pages: what a school office, an investigator and a governor use. Server-rendered, no build.

`PLACES` are the blueprints, each one idea with its templates in `templates/pages`; `frame` is what
they have in common. They work without JavaScript; `static/page.js` makes some of it quicker.
"""
