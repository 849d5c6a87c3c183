"""Of Today: who can open restricted reports, told where nobody or somebody else now can."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from api import may
from api.pages import confidential, todo, tongue
from api.pages.today_rows import Reader
from api.pages.today_words import Item, Section, Words
from api.pages.todo import Thing
from ledger.domain.school_time import parse_timestamp

FRESH = 30 * 86_400  # seconds for which a change is told


def is_for(reader: Reader) -> bool:
    """Whether it is theirs to watch: governors, auditors, the leadership team."""
    return reader.oversees or bool(reader.roles & confidential.KEEPERS)


def keys(reader: Reader, said: Words) -> Section:
    """That no key was adopted; or every change of the last thirty days."""
    rows = confidential.adoptions()
    where = Thing(_("Who can open them"), url_for("audit.overview", _anchor="confidential"))
    fresh = [r for r in rows if reader.now - parse_timestamp(r["at"]) < FRESH]
    items = [
        Item(
            _("The keys that open restricted reports were changed"),
            (said.person(row["person"]), where),
            tongue.moment(row["at"]),
        )
        for row in fresh
    ]
    if not rows:
        what = _("Whoever runs the machine of this ledger can read restricted reports")
        adopt = todo.to_record("adopt_confidential_keys") if may.CHAIR in reader.roles else ()
        items = [Item(what, (where,), todo=adopt)]
    evidence = tuple(r["position"] for r in fresh)
    return Section("confidential", _("Restricted reports"), tuple(items), evidence)
