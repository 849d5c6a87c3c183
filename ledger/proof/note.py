"""Signed notes and their keys (C2SP signed-note), with cosignatures (C2SP tlog-cosignature)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Iterable, List, Sequence, Tuple

from . import ed25519
from .dsse import Signer
from .encoding import b64decode, b64encode
from .errors import Invalid, Malformed

ED25519 = 1
COSIGNATURE = 4
MAX_NOTE = 65_536
MAX_SIGNATURES = 100

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_LINE = re.compile(r"— (\S+) ([A-Za-z0-9+/]+={0,2})")
_KEY = re.compile(r"([^+]+)\+([0-9a-f]{8})\+(.+)")


@dataclass(frozen=True)
class VerifierKey:
    """A key that may sign notes: its name is part of what it is."""

    name: str
    key_id: bytes
    algorithm: int
    public_key: bytes


@dataclass(frozen=True)
class NoteSignature:
    """One signature line: whose key it says it is, and what follows the key id."""

    name: str
    key_id: bytes
    sig: bytes


@dataclass(frozen=True)
class Note:
    """A text, which ends in a line feed, and its signatures, none of them checked yet."""

    text: str
    signatures: Tuple[NoteSignature, ...]


def key_id(name: str, public_key: bytes, algorithm: int = ED25519) -> bytes:
    """Return the four octets by which a key is looked up."""
    return sha256(name.encode() + b"\n" + bytes([algorithm]) + public_key).digest()[:4]


def verifier_key(name: str, public_key: bytes, algorithm: int = ED25519) -> VerifierKey:
    """Return the key of that name; raise Malformed for a bad name, algorithm or key."""
    check_name(name)
    if algorithm not in (ED25519, COSIGNATURE):
        raise Malformed(f"verifier key of unknown algorithm {algorithm}")
    ed25519.check_public_key(public_key)
    return VerifierKey(name, key_id(name, public_key, algorithm), algorithm, public_key)


def parse_vkey(text: str) -> VerifierKey:
    """Return the key in `name+id+base64`; raise Malformed unless all three agree."""
    match = _KEY.fullmatch(text)
    if match is None:
        raise Malformed(f"not a verifier key: {ascii(text)[:80]}")
    name, ident, encoded = match.groups()
    raw = b64decode(encoded)
    key = verifier_key(name, raw[1:], raw[0])
    if key.key_id.hex() != ident:
        raise Malformed(f"verifier key with id {ident} in place of {key.key_id.hex()}")
    return key


def format_vkey(name: str, public_key: bytes, algorithm: int = ED25519) -> str:
    """Return the text form of a key."""
    key = verifier_key(name, public_key, algorithm)
    return f"{name}+{key.key_id.hex()}+{b64encode(bytes([algorithm]) + public_key)}"


def parse_note(data: bytes) -> Note:
    """Return the note in `data`; raise Malformed unless it is one. Nothing is verified."""
    if len(data) > MAX_NOTE:
        raise Malformed(f"note of {len(data)} octets, at most {MAX_NOTE}")
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed("note that is not utf-8") from None
    if _CONTROL.search(whole):
        raise Malformed("note with a control character")
    # The last blank line divides: the text may have blank lines of its own.
    text, blank, tail = whole.rpartition("\n\n")
    if not blank or not tail.endswith("\n"):
        raise Malformed("note without a blank line and signature lines after it")
    lines = tail[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise Malformed(f"note with {len(lines)} signatures, at most {MAX_SIGNATURES}")
    return Note(text + "\n", tuple(map(_signature, lines)))


def open_note(data: bytes, keys: Iterable[VerifierKey]) -> Tuple[str, Tuple[VerifierKey, ...]]:
    """Return the text of a note and those of `keys` that signed it.

    Signatures by other keys are ignored. Raises Malformed for what is no note, Invalid when a
    signature by one of `keys` fails or none of them signed.
    """
    note = parse_note(data)
    verified: List[VerifierKey] = []
    known = list(keys)
    for signature in note.signatures:
        same = [k for k in known if (k.name, k.key_id) == (signature.name, signature.key_id)]
        if same:
            key = _signing_key(note.text, signature, same)
            if key not in verified:
                verified.append(key)
    if not verified:
        raise Invalid("note signed by none of the known keys")
    return note.text, tuple(verified)


def cosigned_at(note: Note, key: VerifierKey) -> int:
    """Return the seconds since 1970 at which a witness says it saw the note's text.

    Raises Invalid unless `key` cosigned it.
    """
    for signature in note.signatures:
        if (signature.name, signature.key_id) == (key.name, key.key_id):
            _check(note.text, signature, key)
            return int.from_bytes(signature.sig[:8], "big")
    raise Invalid(f"note not cosigned by {key.name}")


def sign_note(text: str, name: str, signer: Signer) -> bytes:
    """Return the note of `text`, signed under that key name."""
    line = signature_line(text, name, signer)
    return text.encode("utf-8") + b"\n" + line


def signature_line(text: str, name: str, signer: Signer) -> bytes:
    """Return one more signature line for a note of `text`, to be put after its others."""
    if not text.endswith("\n") or _CONTROL.search(text):
        raise Malformed("note text with a control character or without a last line feed")
    ident = verifier_key(name, signer.public_key).key_id
    return signature_of(name, ident + signer.sign(text.encode("utf-8")))


def cosignature_line(text: str, name: str, signer: Signer, seconds: int) -> bytes:
    """Return a witness's line for a checkpoint's text, seen at so many seconds since 1970."""
    ident = verifier_key(name, signer.public_key, COSIGNATURE).key_id
    sig = signer.sign(_cosigned(text, seconds))
    return signature_of(name, ident + seconds.to_bytes(8, "big") + sig)


def signature_of(name: str, payload: bytes) -> bytes:
    """Return the line of a key's id and its signature."""
    return f"— {name} {b64encode(payload)}\n".encode()


def _cosigned(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def _signature(line: str) -> NoteSignature:
    match = _LINE.fullmatch(line)
    if match is None:
        raise Malformed(f"not a signature line: {ascii(line)[:80]}")
    name, encoded = match.groups()
    check_name(name)
    payload = b64decode(encoded)
    if len(payload) < 5:
        raise Malformed(f"signature line without a signature: {ascii(line)[:80]}")
    return NoteSignature(name, payload[:4], payload[4:])


def _signing_key(text: str, signature: NoteSignature, keys: Sequence[VerifierKey]) -> VerifierKey:
    """Return which of the keys of one name and id signed; they differ only if ids collide."""
    failure = Invalid("no key")
    for key in keys:
        try:
            _check(text, signature, key)
        except Invalid as error:
            failure = error
        else:
            return key
    raise Invalid(f"note signature by {signature.name}: {failure}")


def _check(text: str, signature: NoteSignature, key: VerifierKey) -> None:
    if key.algorithm == ED25519:
        ed25519.verify(key.public_key, signature.sig, text.encode("utf-8"))
    elif len(signature.sig) != 72:
        raise Invalid(f"cosignature of {len(signature.sig)} octets")
    else:
        seconds = int.from_bytes(signature.sig[:8], "big")
        ed25519.verify(key.public_key, signature.sig[8:], _cosigned(text, seconds))


def check_name(name: str) -> None:
    """Raise Malformed unless a key may have this name."""
    if not name or "+" in name or any(c.isspace() for c in name) or _CONTROL.search(name):
        raise Malformed(f"not a key name: {ascii(name)[:80]}")
