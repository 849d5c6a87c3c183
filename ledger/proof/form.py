"""The form of a record's body, attribute by attribute (format 4): a closed set."""

from __future__ import annotations

import re
from typing import Any, Callable, Dict, List

from .dsse import envelope_from_value
from .encoding import MAX_INTEGER, is_id
from .errors import Malformed, Newer
from .instants import parse_instant
from .intent import parse_intent

TIMESTAMP_TYPE = "CheckpointTimestamped"
REPLACED_TYPE = "WrappingKeyReplaced"
DESTROYED_TYPE = "RecordsDestroyed"

CATALOGUE = 3
SIGNED_SINCE = 3  # the edition of the catalogue that brought actors' signatures
ACTOR_SIGNED = "actor-signed"
ROOT_TYPE = "application/vnd.handledger.root+json"

_WORD = re.compile(r"[a-z][a-z0-9_]{0,63}")
_TYPE = re.compile(r"[A-Z][A-Za-z0-9]{0,63}")
_HEX64 = re.compile(r"[0-9a-f]{64}")
_ORIGIN = re.compile(
    r"[a-z0-9][a-z0-9.-]{0,252}(:[0-9]{1,5})?/[a-z0-9][a-z0-9._-]{0,63}/[0-9a-f]{32}"
)
_STREAM = re.compile(
    r"ledger|keyring|refusal|sealed/[0-9a-f]{32}"
    r"|(person|training|application|account|finding|credential|enquiry|post|image-subject"
    r"|incident|mention|request|hold|subject"
    r"|advice|concern|learner-contact|learning-platform|mistake|opinion|pupil-education|scope"
    r"|session|standards)/[a-zA-Z0-9._-]{1,64}"
)


def check_body(body: Any) -> None:
    """Raise Malformed unless `body`, a JSON value, has the form of a record of this edition.

    Raises Newer for what a later edition made, before anything else is looked at.
    """
    if type(body) is not dict:
        raise Malformed("record whose body is not an object")
    _check_edition(body)
    for name in _REQUIRED - body.keys():
        raise Malformed(f"record without attribute {name}")
    for name, value in body.items():
        check = _ATTRIBUTES.get(name)
        if check is None:
            raise Malformed(f"record with unknown attribute {name}")
        if not check(value):
            raise Malformed(f"attribute {name} is not of its form: {ascii(value)[:60]}")
    if body.get("doneby") == body["actor"]:
        raise Malformed("doneby names the actor")
    _check_data(body["data"], body["subject"] == "keyring", body["catalogue"] >= SIGNED_SINCE)
    _check_assurance(body)
    _check_refusal(body)
    _check_sealed_act(body)
    _check_heads(body)
    _check_timestamp(body)
    _check_replaced(body)
    _check_destroyed(body)


def is_stream(text: object) -> bool:
    """Tell whether `text` names a stream."""
    return type(text) is str and _STREAM.fullmatch(text) is not None


def is_origin(text: object) -> bool:
    """Tell whether `text` has the form host/slug/ and 32 hex digits."""
    return type(text) is str and _ORIGIN.fullmatch(text) is not None


def _check_edition(body: Dict[str, Any]) -> None:
    edition = body.get("catalogue")
    if type(edition) is int and edition > CATALOGUE:
        raise Newer(f"catalogue {edition} is newer than this verifier, which knows {CATALOGUE}")


def _check_data(data: Dict[str, Any], in_keyring: bool, signed: bool) -> None:
    allowed = {"fields", "sealed", "rules", "irregular"} | ({"approvals"} if in_keyring else set())
    allowed |= {"intent"} if signed else set()
    for name in data.keys() - allowed:
        raise Malformed(f"data with member {name}")
    for name in {"fields", "sealed", "rules"} - data.keys():
        raise Malformed(f"data without {name}")
    if type(data["fields"]) is not dict:
        raise Malformed("fields are not an object")
    _check_sealed(data["sealed"])
    _check_rules(data["rules"])
    if not _is_list_of(data.get("irregular", []), _is_word):
        raise Malformed("irregular is not a list of refusal codes")
    if "approvals" in data:
        _check_approvals(data["approvals"])


def _check_assurance(body: Dict[str, Any]) -> None:
    """The actor's signature, and the word that it is there; a refusal would show what was tried."""
    signed = "intent" in body["data"]
    if signed:
        parse_intent(body["data"]["intent"])
    if signed is not (body["assurance"] == ACTOR_SIGNED):
        raise Malformed("assurance that does not go with the intent")
    if signed and (body["actor"] == "system" or body["type"] == "CommandRefused"):
        raise Malformed("intent where nobody decided")


def _check_sealed(sealed: Any) -> None:
    if type(sealed) is not dict:
        raise Malformed("sealed is not an object")
    for path, item in sealed.items():
        if type(item) is not dict or item.keys() != {"ciphertext", "commitment"}:
            raise Malformed(f"sealed {path} is not ciphertext and commitment")
        if not all(map(_is_hex64, item.values())):
            raise Malformed(f"sealed {path} holds what is no sha-256 in hex")


def _check_rules(rules: Any) -> None:
    if type(rules) is not dict or rules.keys() != {"calendar", "keyring", "policy", "rules"}:
        raise Malformed("rules are not calendar, keyring, policy and rules")
    if not all(_is_count(rules[name]) for name in ("calendar", "keyring", "rules")):
        raise Malformed("rules with a version that is no count")
    if rules["policy"] is not None and not is_id(rules["policy"]):
        raise Malformed("rules with a policy that is no id")


def _check_approvals(approvals: Any) -> None:
    if type(approvals) is not list or not approvals:
        raise Malformed("approvals are not a list of root statements")
    envelopes = [envelope_from_value(value, ROOT_TYPE, 1) for value in approvals]
    _check_ascending("approvals", [envelope.signatures[0].keyid for envelope in envelopes])


def _check_refusal(body: Dict[str, Any]) -> None:
    if not _all_or_none(
        body["type"] == "CommandRefused", body["subject"] == "refusal", body["action"] == "refuse"
    ):
        return
    fields, sealed = body["data"]["fields"], body["data"]["sealed"]
    # Data without one canonical spelling has no hash either.
    hashed = "payload_hash" in fields
    if hashed and fields.get("code") == "secret_in_payload":
        raise Malformed("refusal of a secret that keeps a hash of it")
    if fields.keys() != {"action", "code", "reference_ids"} | (
        {"payload_hash"} if hashed else set()
    ):
        raise Malformed("refusal whose fields are not those of a refusal")
    if sealed.keys() != ({"payload_salt"} if hashed else set()):
        raise Malformed("refusal that seals other than the salt of its payload hash")
    if not (_is_word(fields["action"]) and _is_word(fields["code"])):
        raise Malformed("refusal whose action or code is no word")
    if hashed and not _is_hex64(fields["payload_hash"]):
        raise Malformed("refusal whose payload_hash is no sha-256 in hex")
    if not _is_list_of(fields["reference_ids"], is_id):
        raise Malformed("refusal whose reference_ids are not ids")
    _check_ascending("reference_ids", fields["reference_ids"])


def _check_sealed_act(body: Dict[str, Any]) -> None:
    if not _all_or_none(
        body["type"] == "Sealed", body["subject"].startswith("sealed/"), body["action"] == "seal"
    ):
        return
    for name in ("actoroffices", "doneby", "causedby"):
        if name in body:
            raise Malformed(f"sealed act with attribute {name}")
    if body["actor"] != "system" or body["streamversion"] != 1:
        raise Malformed("sealed act not by system, or not the first of its stream")
    if body["occurredat"] != body["time"]:
        raise Malformed("sealed act that occurred at another time than it was recorded")
    data = body["data"]
    if data["fields"] or "irregular" in data or data["sealed"].keys() != {"act"}:
        raise Malformed("sealed act that holds more than one sealed blob")


def _check_heads(body: Dict[str, Any]) -> None:
    if body["type"] != "StreamHeadsPublished" and body["action"] != "publish_heads":
        return
    _all_or_none(
        body["type"] == "StreamHeadsPublished",
        body["subject"] == "ledger",
        body["action"] == "publish_heads",
        body["actor"] == "system",
    )
    data = body["data"]
    if data["fields"].keys() != {"root"} or not _is_hex64(data["fields"]["root"]):
        raise Malformed("heads whose fields are not a root")
    if data["sealed"] or "irregular" in data or "doneby" in body:
        raise Malformed("heads that say more than a root")


def _check_replaced(body: Dict[str, Any]) -> None:
    if not _all_or_none(body["type"] == REPLACED_TYPE, body["action"] == "replace_wrapping_key"):
        return
    data, fields = body["data"], body["data"]["fields"]
    if (body["subject"], body["actor"]) != ("ledger", "system"):
        raise Malformed("wrapping key replaced in another stream, or not by system")
    if fields.keys() != {"epoch", "keys"} or not all(map(_is_count, fields.values())):
        raise Malformed("wrapping key replaced whose fields are not an epoch and a count")
    if fields["epoch"] < 2 or data["sealed"] or "irregular" in data or "doneby" in body:
        raise Malformed("wrapping key replaced that says more, or of the first epoch")


def _check_timestamp(body: Dict[str, Any]) -> None:
    if not _all_or_none(body["type"] == TIMESTAMP_TYPE, body["action"] == "timestamp_checkpoint"):
        return
    data, fields = body["data"], body["data"]["fields"]
    if (body["subject"], body["actor"]) != ("ledger", "system"):
        raise Malformed("timestamp that is not by system in stream ledger")
    if fields.keys() != {"at", "root", "size", "token"} or type(fields["size"]) is not int:
        raise Malformed("timestamp whose fields are not at, root, size and token")
    if not _is_hex64(fields["root"]) or not _is_hex64(fields["token"]):
        raise Malformed("timestamp whose root or token is no hash")
    if type(fields["at"]) is not str or parse_instant(fields["at"]) < 0 or fields["size"] < 1:
        raise Malformed("timestamp whose time or size is none")
    if data["sealed"] or "irregular" in data or "doneby" in body:
        raise Malformed("timestamp that says more than one")


def _check_destroyed(body: Dict[str, Any]) -> None:
    kind, ledger = body["type"] == DESTROYED_TYPE, body["subject"] == "ledger"
    if (kind or body["action"] == "destroy_records") and _all_or_none(
        kind, ledger, body["action"] == "destroy_records"
    ):
        positions = body["data"]["fields"].get("positions")
        if not are_ranges(positions):
            raise Malformed("destruction whose positions are not ranges, each after the other")


def are_ranges(value: Any) -> bool:
    """Tell whether that is `[[first, last]…]`, ascending, with a gap between each two."""
    if not _is_list_of(value, lambda pair: _is_list_of(pair, _is_count) and len(pair) == 2):
        return False
    ends = [end for first, last in value for end in (first - 1, last)]
    return bool(ends) and ends == sorted(set(ends))


def _all_or_none(*signs: bool) -> bool:
    """Tell whether a special form is there; raise Malformed when only some signs of it are."""
    if any(signs) and not all(signs):
        raise Malformed("type, subject and action do not belong together")
    return all(signs)


def _check_ascending(what: str, names: List[str]) -> None:
    if names != sorted(set(names)):
        raise Malformed(f"{what} not sorted, or one twice")


def _is_list_of(value: Any, check: Callable[[Any], bool]) -> bool:
    return type(value) is list and all(map(check, value))


def _is_doer(value: Any) -> bool:
    """A person or subject id, or an organisation: `org:` and its code."""
    return is_id(value[4:] if type(value) is str and value.startswith("org:") else value)


def _is_word(value: Any) -> bool:
    return type(value) is str and _WORD.fullmatch(value) is not None


def _is_hex64(value: Any) -> bool:
    return type(value) is str and _HEX64.fullmatch(value) is not None


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value <= MAX_INTEGER


def _is_positive(value: Any) -> bool:
    return type(value) is int and 0 < value <= MAX_INTEGER


def _is_instant(value: Any) -> bool:
    return type(value) is str and parse_instant(value) >= 0


def _is_type(value: Any) -> bool:
    return type(value) is str and _TYPE.fullmatch(value) is not None


def _are_offices(value: Any) -> bool:
    if type(value) is not str:
        return False
    offices = value.split(" ")
    return all(map(is_id, offices)) and offices == sorted(set(offices))


def _is(text: str) -> Callable[[Any], bool]:
    return lambda value: type(value) is str and value == text


_Check = Callable[[Any], bool]
_ATTRIBUTES: Dict[str, _Check] = {
    "specversion": _is("1.0"),
    "datacontenttype": _is("application/json"),
    "id": is_id,
    "source": is_origin,
    "type": _is_type,
    "subject": is_stream,
    "time": _is_instant,
    "streamversion": _is_positive,
    "action": _is_word,
    "actor": is_id,
    "actoroffices": _are_offices,
    "doneby": _is_doer,
    "assurance": lambda value: value in ("service-attested", ACTOR_SIGNED),
    "occurredat": _is_instant,
    "catalogue": _is_positive,
    "causedby": _is_hex64,
    "data": lambda value: type(value) is dict,
}
_OPTIONAL = {"actoroffices", "doneby", "causedby"}
_REQUIRED = _ATTRIBUTES.keys() - _OPTIONAL
