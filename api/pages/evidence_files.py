"""Of which record a file is the evidence, by its hash; the file itself is never kept.

The browser hashes it and sends the hashes alone. Without JavaScript the file is sent, hashed and
dropped. Most hashes are salted: whoever may take evidence may have the salts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from hashlib import sha256

from flask import Response, g, request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from api import circle, names, seeing
from api.answers import json_response
from api.context import ledger, state
from api.door import typed
from api.pages import linked, record_fields, words
from api.pages.frame import page
from api.records import may_read
from ledger.domain.entries import Entry
from ledger.proof.files import SALT, Hash, Hashes, digests_of

MOST_MEGABYTES = 8  # of a form, `api.app.MAX_BODY`
DIGEST = re.compile(r"[0-9a-f]{64}")
MOST_DIGESTS = 7_000
TOO_LARGE = 413
NOTHING = sha256().hexdigest()


def form(wrong: Mapping[str, str] | None = None, status: int = 200) -> Response:
    """The form: a file to choose, or its hash."""
    return page(
        "investigate_file",
        status,
        wrong=wrong or {},
        typed=_typed() if status != TOO_LARGE else "",
        most=MOST_MEGABYTES,
        found=None,
    )


def _typed() -> str:
    """The hash that was typed, now or before the reader had to sign in again."""
    given = request.form if request.method == "POST" else typed.given_back() or MultiDict()
    return given.get("hash", "")


def looked_up() -> Response:
    """What the ledger knows of a file that was sent, or of its hashes."""
    hashes = _hashes()
    sent = request.files.get("file")
    digest = request.form.get("hash", "").strip().lower()
    if sent is not None and sent.filename:
        digests = digests_of(sent.stream, ["", *hashes.salts])
        if digests[""] == NOTHING:
            return form({"file": _("This file is empty. Choose the original file.")}, 400)
        return _answer(hashes, digests, sent.filename)
    if not DIGEST.fullmatch(digest):
        return form({"hash" if digest else "file": _what_to_send(digest)}, 400)
    salted = request.form.get("salted", "").split()
    if len(salted) > MOST_DIGESTS or not all(map(DIGEST.fullmatch, salted)):
        return form({"hash": _what_to_send(digest)}, 400)
    # The browser hashed it with each salt in their order; a hash typed by hand comes alone.
    digests = {"": digest, **dict(zip(hashes.salts, salted, strict=False))}
    return _answer(hashes, digests, request.form.get("name", "")[:200])


def _what_to_send(digest: str) -> str:
    if digest:
        return str(_("This is no SHA-256: it has 64 characters, 0 to 9 and a to f."))
    return str(_("Choose a file, or give its SHA-256."))


def too_large() -> str:
    """What to do about a file that is too large for a form, in words."""
    return str(
        _(
            "This file has more than %(most)s megabytes. Turn JavaScript on: then it is hashed "
            "here in the browser and not sent. Or give its SHA-256.",
            most=MOST_MEGABYTES,
        )
    )


def _answer(hashes: Hashes, digests: Mapping[str, str], name: str) -> Response:
    found = hashes.match(name, digests)
    uncompared = len({h for h in hashes.salts if h not in digests})
    return page(
        "investigate_file",
        wrong={},
        typed="",
        most=MOST_MEGABYTES,
        found=found,
        of=[_of(h) for h in found.evidence_of],
        closed=len(found.not_disclosed),
        uncompared=uncompared,
    )


def _of(own: Hash) -> tuple[linked.Linked, str, str, str]:
    """The record, what it records, the field, and what it belongs to."""
    label = record_fields.label(own.field)
    return linked.record(own.position), words.event(own.type), label, own.stream


def salts() -> Response:
    """The salts, in the order in which the browser sends the hashes."""
    return json_response({"salts": _hashes().salts})


def _hashes() -> Hashes:
    """The hashes in every record that the reader may read, with the salts that they may have."""
    hashes, known = Hashes(), ledger().entries()
    sees = seeing.sees(known, seeing.Reader(g.token.person, g.roles, state().now()))
    seen = circle.mine()
    g.opened = seen.opened
    for entry in known.all:
        if entry.position in seen.opened:
            record, given = seen.entry(entry.position).record, circle.words(entry.position)
            hashes.read(entry.position, record, given)
        elif may_read(entry):
            given = {p: salt for p, salt in _salts(entry) if sees(entry, p)}
            hashes.read(entry.position, entry.record, given)
    return hashes


def _salts(entry: Entry) -> Iterator[tuple[str, str]]:
    """Path → salt of each salted hash of a record, of those that were not erased."""
    for path in entry.record.sealed:
        if path.endswith(SALT):
            salt = names.value_there(ledger(), entry, path)
            if salt is not None:
                yield path, str(salt)
