"""The pages there are, and how an application gets them: the one place where they are listed."""

from __future__ import annotations

from flask import Flask

from api.pages import (
    accounts,
    audit,
    calendar,
    confidential,
    data_requests,
    door_people,
    downloads,
    frame,
    handing,
    investigate,
    links,
    me,
    my_door,
    my_keys,
    my_tokens,
    outside,
    outsiders,
    papers,
    people,
    provider,
    record,
    records,
    retaining,
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
    outsiders,
    people,
    data_requests,
    handing,
    papers,
    record,
    records,
    investigate,
    confidential,
    audit,
    retaining,
)


def on(app: Flask) -> None:
    """Put the pages on an application, with their layout, languages, downloads and links."""
    for place in PAGES:
        app.register_blueprint(place.bp)
    frame.on(app)
    downloads.on(app)
    links.on(app)
