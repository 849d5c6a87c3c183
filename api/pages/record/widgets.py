"""Which control a declared field gets. Everything a form needs to know lies in the declaration."""

from __future__ import annotations

from ledger.domain.fields import Field

# Fields that name somebody who need not be registered.
SUBJECTS = frozenset(
    [
        "about",
        "author",
        "done_by",
        "linked_to",
        "parent",
        "pictured",
        "pupil",
        "requested_by",
        "sender",
        "subject",
        "subjects",
    ]
)
# Fields in which an id of the school's own stands: typed as a name, kept as an id.
OWN_NAMES = frozenset(["course", "content", "image", "programme", "learning_platform", "step"])
TYPED = ("new_key_id", "key_id")  # ids that the key itself has
LONG = 200  # characters; more of them are written in a larger box
FEW = 6  # codes shown at once; more of them fold into a list

(
    DEALT, PERSON, PEOPLE, REF, REFS, NAME, TEXT, LONG_TEXT, TEXTS, RADIO, SELECT, CHECKS,
    NUMBER, YES_NO, DAY, DAYS, MOMENT, FILE, RUNNERS, RULES, PERIODS, SET, FIRST,
) = (
    "dealt", "person", "people", "ref", "refs", "name", "text", "long", "texts", "radio",
    "select", "checks", "number", "yesno", "day", "days", "moment", "file", "runners", "rules",
    "periods", "set", "first",
)  # fmt: skip
PLAIN = {
    "integer": NUMBER,
    "boolean": YES_NO,
    "timestamp": MOMENT,
    "hex": FILE,
    "salted": FILE,
    "public_key": TEXT,
    "sealing_key": TEXT,
    "runners": RUNNERS,
    "rules": RULES,
    "periods": PERIODS,
    "record_periods": PERIODS,
    "ranges": TEXT,
    "set": SET,
    "first_person": FIRST,
}


def widget(field: Field) -> str:
    """The control for a field."""
    if field.kind == "id":
        return _of_id(field)
    if field.kind == "code":
        few = len(field.allowed) <= FEW
        return CHECKS if field.many else RADIO if few else SELECT
    if field.kind == "text":
        return TEXTS if field.many else LONG_TEXT if field.high > LONG else TEXT
    if field.kind == "date":
        return DAYS if field.many else DAY
    return PLAIN[field.kind]


def _of_id(field: Field) -> str:
    if field.name in TYPED:
        return TEXT
    if field.new:
        return DEALT
    if field.refers == "person" or takes_anybody(field):
        return PEOPLE if field.many else PERSON
    if field.name in OWN_NAMES:
        return NAME
    return REFS if field.many else REF


def takes_anybody(field: Field) -> bool:
    """Whether a field names somebody who may be outside the register."""
    return field.kind == "id" and not field.refers and not field.new and field.name in SUBJECTS


def refers_to(field: Field, action: str = "") -> str:
    """What kind of thing a reference chooses among."""
    if field.name == "post" and action == "decide_prepublication_check":
        return "post_to_clear"
    return field.refers or field.name


def opens_new(field: Field) -> bool:
    """Whether a reference may be to something that begins with this record: a post, a contact."""
    return field.name in ("post", "contact") and not field.refers and field.required
