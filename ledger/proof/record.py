"""A record: one event as one byte string, signed, stored, hashed and shown as it is (format 4).

Reading goes in two steps, so that a signature can be checked before the body is believed:
`open_record` gives the envelope, `read_record` what it says.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Dict, Iterable, Optional, Tuple

from . import dsse
from .dsse import Envelope, Signer
from .encoding import b64encode, canonical, parse_canonical
from .errors import Malformed
from .form import CATALOGUE, ROOT_TYPE, check_body
from .instants import format_instant, parse_instant

RECORD_TYPE = "application/cloudevents+json"
MAX_RECORD = 49_152
KEYRING = "keyring"

__all__ = [
    "CATALOGUE",
    "KEYRING",
    "MAX_RECORD",
    "RECORD_TYPE",
    "ROOT_TYPE",
    "Record",
    "commitment",
    "open_record",
    "parse_record",
    "read_record",
    "record_body",
    "root_statement",
    "sign_record",
    "sign_root_statement",
]


@dataclass(frozen=True)
class Record:
    """What a record says; times in seconds since 1970. Absent is None, or () for approvals."""

    id: str
    source: str
    type: str
    subject: str
    time: int
    streamversion: int
    action: str
    actor: str
    occurredat: int
    fields: Dict[str, Any]
    sealed: Dict[str, Dict[str, str]]
    rules: Dict[str, Any]
    actoroffices: Tuple[str, ...] = ()
    doneby: Optional[str] = None
    assurance: str = "service-attested"
    catalogue: int = CATALOGUE
    causedby: Optional[str] = None
    irregular: Optional[Tuple[str, ...]] = None
    approvals: Tuple[Dict[str, Any], ...] = ()
    intent: Optional[Dict[str, Any]] = None


def record_body(record: Record) -> bytes:
    """Return the body of a record in canonical JSON; raise Malformed when its form is wrong."""
    body = _body_of(record)
    check_body(body)
    return canonical(body)


def sign_record(record: Record, signers: Iterable[Signer]) -> bytes:
    """Return the octets of a record; raise Malformed when its form is wrong or it is too long."""
    data = dsse.sign_envelope(RECORD_TYPE, record_body(record), signers)
    if len(data) > MAX_RECORD:
        raise Malformed(f"record of {len(data)} octets, at most {MAX_RECORD}")
    return data


def open_record(data: bytes) -> Envelope:
    """Return the envelope of a record; raise Malformed unless it is one. Nothing is verified."""
    if len(data) > MAX_RECORD:
        raise Malformed(f"record of {len(data)} octets, at most {MAX_RECORD}")
    return dsse.parse_envelope(data, RECORD_TYPE, 2)


def read_record(envelope: Envelope) -> Record:
    """Return what a record says; raise Malformed when its form is wrong, Newer when unknown."""
    body = parse_canonical(envelope.body)
    check_body(body)
    if len(envelope.signatures) > 1 and body["subject"] != KEYRING:
        raise Malformed("two signatures on a record that is not about keys")
    return _record_of(body)


def parse_record(data: bytes) -> Tuple[Record, Envelope]:
    """Return what a record says, and its envelope, whose signature is still to be checked.

    Raises Malformed when the form is wrong; Newer when a later edition made it.
    """
    envelope = open_record(data)
    return read_record(envelope), envelope


def root_statement(record: Record) -> bytes:
    """Return what a root key signs in order to approve a key record (format 6)."""
    names = ("fields", "id", "source", "streamversion", "subject", "type")
    return canonical({name: getattr(record, name) for name in names})


def sign_root_statement(record: Record, signer: Signer) -> Dict[str, Any]:
    """Return one approval of a key record: an envelope as a JSON value, for `approvals`."""
    body = root_statement(record)
    signature = dsse.sign(dsse.pae(ROOT_TYPE, body), signer)
    return dsse.envelope_value(ROOT_TYPE, body, [signature])


def commitment(source: str, event_id: str, path: str, salt: bytes, value: Any) -> bytes:
    """Return the 32 octets that bind a record to a sealed value (format 5); `salt` is 32 octets.

    Raises Malformed for a value outside canonical JSON, or another length of salt.
    """
    if len(salt) != 32:
        raise Malformed(f"salt of {len(salt)} octets")
    text = canonical(
        {"id": event_id, "path": path, "salt": b64encode(salt), "source": source, "value": value}
    )
    return sha256(b"handledger/commitment/v1\n" + text).digest()


def _body_of(record: Record) -> Dict[str, Any]:
    body: Dict[str, Any] = {
        "specversion": "1.0",
        "id": record.id,
        "source": record.source,
        "type": record.type,
        "subject": record.subject,
        "time": format_instant(record.time),
        "datacontenttype": "application/json",
        "streamversion": record.streamversion,
        "action": record.action,
        "actor": record.actor,
        "assurance": record.assurance,
        "occurredat": format_instant(record.occurredat),
        "catalogue": record.catalogue,
        "data": _data_of(record),
    }
    optional = {
        "actoroffices": " ".join(record.actoroffices) or None,
        "doneby": record.doneby,
        "causedby": record.causedby,
    }
    body.update((name, value) for name, value in optional.items() if value is not None)
    return body


def _data_of(record: Record) -> Dict[str, Any]:
    data: Dict[str, Any] = {
        "fields": record.fields,
        "sealed": record.sealed,
        "rules": record.rules,
    }
    if record.irregular is not None:
        data["irregular"] = list(record.irregular)
    if record.approvals:
        data["approvals"] = list(record.approvals)
    if record.intent is not None:
        data["intent"] = record.intent
    return data


def _record_of(body: Dict[str, Any]) -> Record:
    data = body["data"]
    offices, irregular = body.get("actoroffices"), data.get("irregular")
    return Record(
        id=body["id"],
        source=body["source"],
        type=body["type"],
        subject=body["subject"],
        time=parse_instant(body["time"]),
        streamversion=body["streamversion"],
        action=body["action"],
        actor=body["actor"],
        occurredat=parse_instant(body["occurredat"]),
        fields=data["fields"],
        sealed=data["sealed"],
        rules=data["rules"],
        actoroffices=tuple(offices.split(" ")) if offices else (),
        doneby=body.get("doneby"),
        assurance=body["assurance"],
        catalogue=body["catalogue"],
        causedby=body.get("causedby"),
        irregular=None if irregular is None else tuple(irregular),
        approvals=tuple(data.get("approvals", ())),
        intent=data.get("intent"),
    )
