"""The pages of the stories: those under way, and one with its steps."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as Answered

from api import context, may
from api.pages import frame, words
from api.pages.frame import page, seen_by
from api.pages.record import people, stories
from api.pages.record.place import bp
from projections.asking import NotFound


@bp.get("/story/<story>", endpoint="stories")
@seen_by
def several(story: str) -> Response:
    """The stories of a kind that are under way, and how to begin another."""
    return _several(story)


@bp.post("/story/<story>")
@seen_by
def begin(story: str) -> Answered:
    """Begin with a person who is named."""
    _kind(story)
    name = request.form.get("who", "")
    found = people.find(name, False)
    if found.id:
        return redirect(url_for("record.story", story=story, subject=found.id), 303)
    return _several(story, name, found.several, 422)


def _several(
    story: str, name: str = "", meant: Sequence[people.Person] = (), status: int = 200
) -> Response:
    kind = _kind(story)
    return page(
        "record_stories", status, story=story, kind=kind, open=kind.open(), name=name,
        meant=meant, wrong=status != 200, roll=people.listed(), words=words,
    )  # fmt: skip


@bp.get("/story/<story>/<subject>", endpoint="story")
@seen_by
def one_story(story: str, subject: str) -> Response:
    """One thing with one status: what is done, what is next, and the forms for it."""
    try:
        told = _kind(story).tell(subject)
    except NotFound:
        return frame.not_found("subject")
    return page("record_story", story=story, told=told, kind=_kind(story), words=words)


def _kind(story: str) -> stories.Kind:
    if story not in stories.STORIES:
        frame.not_found("story")
    kind = stories.STORIES[story]
    context.admit(may.QUESTIONS[kind.question])
    return kind
