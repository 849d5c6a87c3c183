"""The envelope around everything that is signed (DSSE 1.0.2, format 3), in canonical JSON."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Dict, Iterable, List, Protocol, Tuple

from . import ed25519
from .encoding import b64decode, b64encode, canonical, hex_bytes, parse_canonical
from .errors import Malformed


@dataclass(frozen=True)
class Signature:
    """A signature and the hint by which its key is looked up; the hint proves nothing."""

    keyid: str
    sig: bytes


@dataclass(frozen=True)
class Envelope:
    """A body, what it is, and who signed it."""

    payload_type: str
    body: bytes
    signatures: Tuple[Signature, ...]


class SignerGone(Exception):
    """The private key cannot be had just now; the text says why, and what to do."""


class Signer(Protocol):
    """Something that holds a private key of one purpose: a file, a token, a device."""

    @property
    def public_key(self) -> bytes:
        """Return the 32 octets of the public key."""

    @property
    def purpose(self) -> str:
        """Return `root`, `record`, `checkpoint` or `actor`."""

    def sign(self, message: bytes) -> bytes:
        """Return the 64 octets of the Ed25519 signature over `message`. Raises SignerGone."""


def keyid(purpose: str, public_key: bytes) -> str:
    """Return the hint for a key of this purpose: 32 hex digits (format 2)."""
    text = b"handledger/key/v1\n" + purpose.encode("ascii") + b"\n"
    return sha256(text + public_key).hexdigest()[:32]


def pae(payload_type: str, body: bytes) -> bytes:
    """Return the octets that are signed: type and body, each after its length."""
    kind = payload_type.encode("utf-8")
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(body), body)


def envelope_value(
    payload_type: str, body: bytes, signatures: Iterable[Signature]
) -> Dict[str, Any]:
    """Return the envelope as a JSON value, signatures sorted by key id.

    Raises Malformed when there is none, or one key signed twice.
    """
    ordered = sorted(signatures, key=lambda signature: signature.keyid)
    _check_order([signature.keyid for signature in ordered])
    return {
        "payload": b64encode(body),
        "payloadType": payload_type,
        "signatures": [{"keyid": s.keyid, "sig": b64encode(s.sig)} for s in ordered],
    }


def envelope_bytes(payload_type: str, body: bytes, signatures: Iterable[Signature]) -> bytes:
    """Return the envelope in canonical JSON."""
    return canonical(envelope_value(payload_type, body, signatures))


def sign_envelope(payload_type: str, body: bytes, signers: Iterable[Signer]) -> bytes:
    """Return the envelope of `body`, signed by each of `signers`."""
    message = pae(payload_type, body)
    return envelope_bytes(payload_type, body, [sign(message, signer) for signer in signers])


def sign(message: bytes, signer: Signer) -> Signature:
    """Return the signer's signature over a message that `pae` made."""
    return Signature(keyid(signer.purpose, signer.public_key), signer.sign(message))


def parse_envelope(data: bytes, payload_type: str, max_signatures: int) -> Envelope:
    """Return the envelope in `data`; raise Malformed unless it is one, of that type."""
    return envelope_from_value(parse_canonical(data), payload_type, max_signatures)


def envelope_from_value(value: Any, payload_type: str, max_signatures: int) -> Envelope:
    """Return the envelope in a JSON value; raise Malformed unless it is one, of that type."""
    if type(value) is not dict or value.keys() != {"payload", "payloadType", "signatures"}:
        raise Malformed("not an envelope of payload, payloadType and signatures")
    if value["payloadType"] != payload_type:
        raise Malformed(f"envelope of type {ascii(value['payloadType'])[:60]}, not {payload_type}")
    if type(value["payload"]) is not str or type(value["signatures"]) is not list:
        raise Malformed("envelope whose payload is not text or whose signatures are no list")
    if len(value["signatures"]) > max_signatures:
        raise Malformed(f"{len(value['signatures'])} signatures, at most {max_signatures}")
    signatures = tuple(map(_signature, value["signatures"]))
    _check_order([signature.keyid for signature in signatures])
    return Envelope(payload_type, b64decode(value["payload"]), signatures)


def check_signature(envelope: Envelope, signature: Signature, public_key: bytes) -> None:
    """Raise Invalid unless `signature` is that key's over this type and body."""
    ed25519.verify(public_key, signature.sig, pae(envelope.payload_type, envelope.body))


def _signature(value: Any) -> Signature:
    if type(value) is not dict or value.keys() != {"keyid", "sig"}:
        raise Malformed("not a signature of keyid and sig")
    if type(value["keyid"]) is not str or type(value["sig"]) is not str:
        raise Malformed("signature whose keyid or sig is not text")
    hex_bytes(value["keyid"], 16)
    sig = b64decode(value["sig"])
    if len(sig) != 64:
        raise Malformed(f"signature of {len(sig)} octets")
    return Signature(value["keyid"], sig)


def _check_order(keyids: List[str]) -> None:
    if not keyids:
        raise Malformed("envelope without a signature")
    if keyids != sorted(set(keyids)):
        raise Malformed("signatures not sorted by keyid, or one key twice")
