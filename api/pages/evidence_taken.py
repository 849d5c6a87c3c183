"""Evidence taken with a form: the file, and the record that it was taken, or why there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Response, g, request
from flask_babel import gettext as _

from api import exporting
from api.context import ledger
from api.pages import linked, record_fields, words
from ledger.desk import KeyReused
from ledger.outcomes import Declined

Answered = Callable[[Path, int], Response]


def taken(
    want: exporting.Wanted, given_to: Sequence[str], answered: Answered
) -> Response | Declined | None:
    """What `answered` makes of the file and of the size of the log that it is of.

    The ledger's refusal where the reader may not have it; None where the key of the form was used
    for something else.
    """
    key = request.form.get("key", "")[:64] or None
    with TemporaryDirectory() as folder:
        out = Path(folder) / "evidence.zip"
        try:
            done = exporting.take(ledger(), want, out, g.token.person, given_to, key)
        except KeyReused:
            return None
        return done if isinstance(done, Declined) else answered(out, done.size)


def used_before() -> str:
    """What to do about a form that was used for something else, in words."""
    return str(_("This form was used before for something else. Send it again."))


def zipped(out: Path, name: str) -> Response:
    """The file to keep, under that name."""
    made = Response(out.read_bytes(), mimetype="application/zip")
    made.headers.set("Content-Disposition", "attachment", filename=name)
    return made


def refusal(declined: Declined) -> Mapping[str, object]:
    """Why the ledger refused it, and the record of that."""
    return {
        "why": record_fields.refusal(declined.code),
        "record": linked.record(declined.position),
        "action": words.action(exporting.ACTION),
    }
