"""Whose keys signed which records: actors' keys, and the intents made with them (format 14)."""

from __future__ import annotations

from typing import Any, Dict, Optional, Tuple

from .encoding import canonical, parse_canonical
from .errors import Invalid, Malformed
from .instants import format_instant
from .intent import (
    POSSESSION_TYPE,
    ActorKey,
    actor_key,
    check_signed,
    parse_intent,
    parse_signed,
)
from .record import Record

ENROLLED, ENDED = "ActorKeyEnrolled", "ActorKeyEnded"
PLAIN = {"algorithm", "key_id", "kind", "person", "public_key", "signature"}
OF_PASSKEY = PLAIN | {"authenticator_data", "client_data", "passkey_id", "rp"}


def intent_body(record: Record) -> bytes:
    """Return what the actor of a record signs: what it says that the actor decided."""
    body: Dict[str, Any] = {
        "action": record.action,
        "actor": record.actor,
        "commitments": {path: value["commitment"] for path, value in record.sealed.items()},
        "fields": record.fields,
        "id": record.id,
        "occurredat": format_instant(record.occurredat),
        "source": record.source,
    }
    if record.doneby is not None:
        body["doneby"] = record.doneby
    return canonical(body)


def possession_body(source: str, key: ActorKey) -> bytes:
    """Return what a new key signs, to show that whoever enrols it has it."""
    return canonical({"key_id": key.ident, "person": key.person, "source": source})


def enrolled(source: str, fields: Dict[str, Any]) -> ActorKey:
    """Return the key that is enrolled. Raises Malformed for its form, Invalid for the signature."""
    key = actor_key(fields)
    if fields.keys() != (OF_PASSKEY if key.rp else PLAIN):
        raise Malformed("person: fields that are not those of a key of this kind")
    value: Dict[str, Any] = {"sig": fields["signature"]}
    if key.rp:
        value["wa"] = {"ad": fields["authenticator_data"], "cdj": fields["client_data"]}
    check_signed(key, parse_signed(value), POSSESSION_TYPE, possession_body(source, key))
    return key


class Actors:
    """The actors' keys of one log. Each is valid over an interval of positions.

    Nothing that is said later of a person, nor a correction, changes it.
    """

    def __init__(self) -> None:
        self.signed = 0  # records that their actors signed
        # Key id → key, the position after which it is valid, and the last one, where there is one.
        self._keys: Dict[str, Tuple[ActorKey, int, Optional[int]]] = {}

    def see(self, position: int, record: Record) -> Optional[Tuple[str, str]]:
        """Take the next record; return the code and words of what is wrong with it, or None."""
        code = "record_form"
        try:
            if record.intent is not None:
                code = "actor_key_not_valid"
                body, ident, signed = parse_intent(record.intent)
                key = self.key(ident, record.actor, position)
                code = "actor_signature"
                check_same(body, record)
                check_signed(key, signed, record.intent["payloadType"], body)
                self.signed += 1
            code = "record_form"
            if record.type == ENROLLED:
                code = "actor_signature"
                self._enrol(position, record)
            elif record.type == ENDED:
                code = "actor_key_not_valid"
                self._end(position, record)
        except (Malformed, Invalid) as error:
            return code, str(error)
        return None

    def key(self, ident: str, person: str, position: int) -> ActorKey:
        """Return the key of that id; raise Invalid unless it is the person's, and valid there."""
        key, since, last = self._keys.get(ident, (None, 0, None))
        if key is None or key.person != person or position <= since:
            raise Invalid(f"no key {ident} of {person} is valid at position {position}")
        if last is not None and position > last:
            raise Invalid(f"key {ident} of {person} ended with record {last}")
        return key

    def _enrol(self, position: int, record: Record) -> None:
        key = enrolled(record.source, record.fields)
        if record.subject != f"person/{key.person}" or record.actor != key.person or record.doneby:
            raise Invalid("a key enrolled by somebody else")
        if key.ident in self._keys:
            raise Invalid(f"key {key.ident} was enrolled before")
        self._keys[key.ident] = (key, position, None)

    def _end(self, position: int, record: Record) -> None:
        ident = str(record.fields.get("key_id"))
        key, since, last = self._keys.get(ident, (None, 0, None))
        if key is None or record.subject != f"person/{key.person}" or last is not None:
            raise Invalid(f"no key {ident} of {record.subject} is left to be ended")
        self._keys[ident] = (key, since, position)


def check_same(body: bytes, record: Record) -> None:
    """Raise Invalid unless an intent is of this record, naming the first member that differs."""
    expected = intent_body(record)
    if body == expected:
        return
    said, there = parse_canonical(body), parse_canonical(expected)
    if type(said) is not dict:
        raise Invalid("intent that is no object")
    # As it is spelt: absent is not null, and true is not 1.
    spelt, expect = ({name: canonical(v) for name, v in each.items()} for each in (said, there))
    differs = min(spelt.items() ^ expect.items())[0]
    raise Invalid(f"intent of another command: {ascii(differs)[1:-1][:60]} differs")
