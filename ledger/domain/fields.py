"""What a field of an action can be: plain data, from which schemas, forms and docs are made.

Standard library only: the auditor's verifier reads the same declarations.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Field:
    """One field of an action (a row of the field tables of ACTIONS.md section 5).

    `sealed` says under whose key the value lies beside the log: empty (it stands in the record),
    `stream` (the key of the record's stream), `@field` (the subject named in that field),
    `@field|stream` (that subject, else the stream) or `#field` (the subject of the request there).
    `refers` names what must exist already, `new` what must not. `low`, `high` bound a length,
    a number, or how many there may be of a list (`many`). `digit`: the id must contain one.
    """

    name: str
    kind: str
    required: bool = True
    sealed: str = ""
    allowed: tuple[str, ...] = ()
    refers: str = ""
    new: str = ""
    low: int = 0
    high: int = 0
    many: bool = False
    nullable: bool = False
    digit: bool = False
    missing: str = "missing_field"


def optional(field: Field) -> Field:
    return replace(field, required=False)


def sealed(field: Field, under: str = "stream") -> Field:
    return replace(field, sealed=under)


def text(name: str, high: int = 2000, low: int = 1) -> Field:
    """Clear text, 1-`high` characters; `low` 0 where emptiness is judged at step 9."""
    return Field(name, "text", low=low, high=high)


def note(name: str, high: int = 2000, low: int = 1) -> Field:
    """Free text: always sealed under the key of its stream (ACTIONS.md section 1)."""
    return sealed(text(name, high, low))


def notes(name: str, high: int = 300) -> Field:
    """A list of free texts, one at least: sealed like a note; `high` bounds count and length."""
    return Field(name, "text", sealed="stream", many=True, low=1, high=high)


def code(name: str, allowed: str) -> Field:
    return Field(name, "code", allowed=tuple(allowed.split()))


def codes(name: str, allowed: str, low: int = 0) -> Field:
    return Field(name, "code", allowed=tuple(allowed.split()), many=True, low=low, high=64)


def integer(name: str, low: int = 1, high: int = 1_000_000) -> Field:
    return Field(name, "integer", low=low, high=high)


def flag(name: str) -> Field:
    return Field(name, "boolean")


def day(name: str) -> Field:
    return Field(name, "date")


def days(name: str) -> Field:
    return Field(name, "date", many=True, high=400)


def moment(name: str) -> Field:
    return Field(name, "timestamp")


def sha256(name: str) -> Field:
    return Field(name, "hex")


def public_key(name: str) -> Field:
    """An Ed25519 public key of 32 octets in base64, by the strict checks of docs/format.md 2.

    With `high`, and not of a list, a key of so many octets as well: a post-quantum one.
    """
    return Field(name, "public_key")


def sealing_key(name: str) -> Field:
    """An X25519 public key of 32 octets in base64, in its one spelling and of full order."""
    return Field(name, "sealing_key")


def salted_hash(name: str) -> Field:
    """`salt$sha256` on the way in; the hash stays in the record, the salt is sealed."""
    return Field(name, "salted")


def new(name: str, what: str = "") -> Field:
    """An id that must not be known yet; it has a digit, but for accounts and courses."""
    return Field(name, "id", new=what or name, digit=name != "account")


def ref(name: str, what: str = "") -> Field:
    return Field(name, "id", refers=what or name)


def label(name: str) -> Field:
    """A code of the school's or the platform's own: a course, a step, a piece of content."""
    return Field(name, "id")


def numbered(name: str) -> Field:
    """An id that opens its stream where it is new: it has a digit."""
    return Field(name, "id", digit=True)


def person(name: str) -> Field:
    return Field(name, "id", refers="person")


def people(name: str, low: int = 1) -> Field:
    return Field(name, "id", refers="person", many=True, low=low, high=500)


def subject(name: str) -> Field:
    """A person id, or the pseudonym of somebody outside the register: needs no entry."""
    return Field(name, "id", digit=True)


def subject_or_unknown(name: str) -> Field:
    return Field(name, "id", digit=True, allowed=("unknown",))


def subjects(name: str, low: int = 0) -> Field:
    return Field(name, "id", digit=True, many=True, low=low, high=500)


def reply_to(name: str = "target") -> Field:
    """The event id of the entry that is meant."""
    return Field(name, "id", refers="entry")


def shape(name: str, kind: str) -> Field:
    """A field with a structure of its own; `kind` is named in `ledger.domain.schemas`."""
    return Field(name, kind)
