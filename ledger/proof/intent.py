"""What an actor signed, and whether their key did: file keys and passkeys (format 14).

Which key is meant, and of what kind it is, the log says; a signature says nothing of itself that
is believed.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Dict, Optional, Tuple

from . import ed25519, publickey
from .dsse import keyid, pae
from .encoding import b64decode, hex_bytes, is_id
from .errors import Invalid, Malformed
from .weierstrass import P256

INTENT_TYPE = "application/vnd.handledger.intent+json"
POSSESSION_TYPE = "application/vnd.handledger.possession+json"
FILE, PASSKEY = "file", "passkey"
ED25519, ES256 = "ed25519", "es256"
MAX_CLIENT_DATA = 2_048

_RP = re.compile(r"(?=.{1,253}$)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*")
# What a browser writes begins so, member by member (WebAuthn 3, 5.8.1.1): nothing need be parsed.
_CLIENT = re.compile(
    rb'\{"type":"webauthn\.get","challenge":"([A-Za-z0-9_-]{43})",'
    rb'"origin":"(https?)://([a-z0-9.-]{1,253})(?::[0-9]{1,5})?"'
    rb'(?:\}|,(?!"crossOrigin")|,"crossOrigin":false[,}])'
)
_PRESENT_AND_VERIFIED = 0x05
_MORE_DATA = 0xC0  # attested data, extensions: an assertion that nobody asked for them has none


@dataclass(frozen=True)
class Signed:
    """A signature; of a passkey also what it signed in place of the message."""

    sig: bytes
    wa: Optional[Tuple[bytes, bytes]] = None  # authenticator data, client data


@dataclass(frozen=True)
class ActorKey:
    """A key as it was enrolled. `rp` is the host that a passkey is for, empty for a file key."""

    ident: str
    person: str
    kind: str
    algorithm: str
    key: bytes
    rp: str = ""


def parse_intent(value: Any) -> Tuple[bytes, str, Signed]:
    """Return the body of an intent, the id of its key, and the signature.

    Raises Malformed unless the JSON value is an envelope with one signature.
    """
    if type(value) is not dict or value.keys() != {"payload", "payloadType", "signatures"}:
        raise Malformed("intent is not payload, payloadType and signatures")
    if value["payloadType"] != INTENT_TYPE:
        raise Malformed("intent of another type")
    signatures: Any = value["signatures"]
    if type(signatures) is not list or len(signatures) != 1 or type(signatures[0]) is not dict:
        raise Malformed("intent without exactly one signature")
    rest: Dict[str, Any] = dict(signatures[0])
    ident = rest.pop("keyid", None)
    if type(ident) is not str:
        raise Malformed("intent without a keyid")
    hex_bytes(ident, 16)
    return _octets(value["payload"]), ident, parse_signed(rest)


def parse_signed(value: Any) -> Signed:
    """Return a signature: `sig`, and of a passkey `wa`. Raises Malformed for anything else."""
    if type(value) is not dict or not {"sig"} <= value.keys() <= {"sig", "wa"}:
        raise Malformed("actor's signature that is not sig, or sig and wa")
    if "wa" not in value:
        return Signed(_octets(value["sig"]))
    wa = value["wa"]
    if type(wa) is not dict or wa.keys() != {"ad", "cdj"}:
        raise Malformed("passkey's signature without authenticator and client data")
    sig, data, client = _octets(value["sig"]), _octets(wa["ad"]), _octets(wa["cdj"])
    if len(client) > MAX_CLIENT_DATA:
        raise Malformed("client data that is too long")
    return Signed(sig, (data, client))


def actor_key(fields: Dict[str, Any]) -> ActorKey:
    """Return the key that an enrolment is of; raise Malformed where it is none, naming the field.

    What else stands in `fields` is for others to judge.
    """
    kind, algorithm = fields.get("kind"), fields.get("algorithm")
    if kind not in (FILE, PASSKEY):
        raise Malformed("kind: neither file nor passkey")
    if algorithm not in (ED25519, ES256)[: 1 + (kind == PASSKEY)]:
        raise Malformed("algorithm: none for a key of this kind")
    key = _key(str(algorithm), fields.get("public_key"))
    rp, named = fields.get("rp"), fields.get("passkey_id")
    if (rp is None) != (kind == FILE) or (named is None) != (kind == FILE):
        raise Malformed("rp: a passkey names its host and itself, a file key does not")
    if kind == PASSKEY and (type(rp) is not str or not _RP.fullmatch(rp)):
        raise Malformed("rp: no host name")
    if kind == PASSKEY and not 1 <= len(_octets(named)) <= 1_023:
        raise Malformed("passkey_id: none")
    ident = keyid("actor", key)
    if fields.get("key_id") != ident:
        raise Malformed("key_id: not that of the key")
    if not is_id(fields.get("person")):
        raise Malformed("person: no id")
    return ActorKey(ident, fields["person"], str(kind), str(algorithm), key, rp or "")


def check_signed(key: ActorKey, signed: Signed, payload_type: str, body: bytes) -> None:
    """Raise Invalid unless `signed` is the key's over this type and body."""
    message = pae(payload_type, body)
    if key.kind == PASSKEY:
        authenticator, client = signed.wa or (b"", b"")
        _check_client(key.rp, client, sha256(message).digest())
        _check_authenticator(key.rp, authenticator)
        message = authenticator + sha256(client).digest()
    elif signed.wa is not None:
        raise Invalid("a passkey's signature by a file key")
    if key.algorithm == ED25519:
        ed25519.verify(key.key, signed.sig, message)
    else:
        publickey.check(publickey.point(P256, key.key), ("ec", "sha256"), signed.sig, message)


def _check_client(rp: str, data: bytes, said: bytes) -> None:
    match = _CLIENT.match(data)
    if match is None:
        raise Invalid("client data that is not of a signature given in a page of its own")
    if match[1] != urlsafe_b64encode(said).rstrip(b"="):
        raise Invalid("a passkey's signature of something else")
    host = match[3].decode()
    if host != rp and not host.endswith("." + rp):
        raise Invalid("a passkey's signature given to another host")
    if match[2] == b"http" and host.split(".")[-1] != "localhost":
        raise Invalid("a passkey's signature given without https")


def _check_authenticator(rp: str, data: bytes) -> None:
    if len(data) != 37 or data[32] & _MORE_DATA:
        raise Invalid("authenticator data that is not 37 octets of an assertion")
    if data[:32] != sha256(rp.encode()).digest():
        raise Invalid("a passkey's signature for another host")
    if data[32] & _PRESENT_AND_VERIFIED != _PRESENT_AND_VERIFIED:
        raise Invalid("a passkey's signature without somebody present and verified")


def _key(algorithm: str, text: Any) -> bytes:
    try:
        key = _octets(text)
        if algorithm == ED25519:
            ed25519.check_public_key(key)
        else:
            publickey.point(P256, key)
    except Malformed as error:
        raise Malformed(f"public_key: {error}") from None
    return key


def _octets(text: Any) -> bytes:
    if type(text) is not str:
        raise Malformed("base64 that is not text")
    return b64decode(text)
