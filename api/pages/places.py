"""The pages there are, and how an application gets them: the one place where they are listed."""

from __future__ import annotations

from flask import Flask

from api.pages import (
    accounts,
    audit,
    calendar,
    confidential,
    door_people,
    downloads,
    frame,
    investigate,
    links,
    me,
    my_door,
    my_keys,
    my_tokens,
    outside,
    people,
    provider,
    record,
    records,
    sign_in,
    today,
)

PAGES = (
    outside,
    today,
    calendar,
    me,
    my_keys,
    my_tokens,
    sign_in,
    provider,
    my_door,
    door_people,
    accounts,
    people,
    record,
    records,
    investigate,
    confidential,
    audit,
)


def on(app: Flask) -> None:
    """Put the pages on an application, with their layout, languages, downloads and links."""
    for place in PAGES:
        app.register_blueprint(place.bp)
    frame.on(app)
    downloads.on(app)
    links.on(app)
