"""Signing keys in a PKCS#11 token: a card, a security module, SoftHSM2. Made there, and stay.

A key is two objects, public and private, both with the label `handledger PURPOSE` and with the
octets of its key id as their id: a key of one purpose is never found for another.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from ledger.proof.dsse import SignerGone, keyid
from ledger.proof.ed25519 import check_public_key, verify
from ledger.proof.errors import Invalid, Malformed

Session = Any  # of python-pkcs11, which need not be installed
_CURVE = bytes.fromhex("06032b6570")  # the object identifier 1.3.101.112, Ed25519
_LABEL = "handledger "
_UNFINISHED = "handledger, unfinished"
# A process has one connection to a library, whatever number of ledgers use it: starting it again
# ends everybody's sessions.
_TURN = threading.RLock()

T = TypeVar("T")


class Token:
    """One token; satisfies `keys.store.KeyStore`. It is opened when it is first needed.

    Whenever it does not answer it is looked for once more, so that a lost session goes unnoticed
    and a token that is back is used again. A refused PIN is never tried twice: three locks a card.
    """

    def __init__(self, module: Path, label: str, pin: bytes) -> None:
        self._module, self._label, self._pin = module, label, pin
        self._session: Session | None = None
        self._keys: dict[str, Callable[[bytes], bytes]] = {}
        self._refused = ""

    def __repr__(self) -> str:
        return f"Token({self._label!r})"  # the PIN is never shown

    @property
    def name(self) -> str:
        return f"token {self._label}"

    def held(self, purpose: str) -> Sequence[TokenSigner]:
        """The keys of that purpose, by key id. Raises SignerGone, also for one that must not be."""
        found = self._ask(lambda session: _public_keys(session, purpose))
        return [
            TokenSigner(self, purpose, _checked(self.name, purpose, *key)) for key in sorted(found)
        ]

    def make(self, purpose: str) -> TokenSigner:
        """A new key, sensitive and never extractable. Raises SignerGone."""
        return TokenSigner(self, purpose, self._ask(lambda session: _make(session, purpose)))

    def sign(self, purpose: str, public_key: bytes, message: bytes) -> bytes:
        """The signature, looked at again before anybody gets it. Raises SignerGone."""
        ident = keyid(purpose, public_key)
        signature = self._ask(lambda session: self._key(session, purpose, ident)(message))
        try:
            verify(public_key, signature, message)
        except Invalid:
            raise SignerGone(f"{self.name}: what key {ident} signed does not verify") from None
        return signature

    def _key(self, session: Session, purpose: str, ident: str) -> Callable[[bytes], bytes]:
        if ident not in self._keys:
            self._keys[ident] = _private_key(session, purpose, ident)
        return self._keys[ident]

    def _ask(self, question: Callable[[Session], T]) -> T:
        """What the token answers, asked a second time over a new connection."""
        pkcs11, words = _library(), ""
        with _TURN:
            for again in (False, True):
                try:
                    return question(self._opened(again))
                except pkcs11.exceptions.PKCS11Error as error:
                    words = f"{error}".strip() or type(error).__name__
                    self._session, self._keys = None, {}
        raise SignerGone(f"{self.name}: {words}; plug it in or start it, it is found by itself")

    def _opened(self, again: bool) -> Session:
        if self._refused:
            raise SignerGone(self._refused)
        if self._session is None:
            library = _library().lib(str(self._module))
            if again:
                library.reinitialize()
            self._session = self._logged_in(library.get_token(token_label=self._label))
        return self._session

    def _logged_in(self, token: Any) -> Session:
        exceptions = _library().exceptions
        try:
            return token.open(rw=True, user_pin=self._pin.decode("utf-8", "replace"))
        except exceptions.UserAlreadyLoggedIn:  # by this process, for another ledger
            return token.open(rw=True)
        except (
            exceptions.PinIncorrect,
            exceptions.PinInvalid,
            exceptions.PinLenRange,
            exceptions.PinExpired,
            exceptions.PinLocked,
        ) as error:
            self._refused = (
                f"{self.name} refuses the PIN ({type(error).__name__}), which is not tried again; "
                "put the right one into the file of HANDLEDGER_PKCS11_PIN_FILE, and restart"
            )
            raise SignerGone(self._refused) from None


@dataclass(frozen=True)
class TokenSigner:
    """A key in a token; satisfies `ledger.proof.dsse.Signer`. The token need not be there yet."""

    token: Token
    purpose: str
    public_key: bytes

    def __post_init__(self) -> None:
        check_public_key(self.public_key)

    def sign(self, message: bytes) -> bytes:
        """The 64 octets of the signature of `message`. Raises SignerGone."""
        return self.token.sign(self.purpose, self.public_key, message)


def point_of(value: bytes) -> bytes:
    """The 32 octets of a public key from CKA_EC_POINT: alone, or as an OCTET STRING (04 20 …).

    Raises Malformed for anything else, and for a key that `check_public_key` refuses.
    """
    raw = value[2:] if len(value) == 34 and value[:2] == b"\x04\x20" else value
    check_public_key(raw)
    return raw


def _library() -> Any:
    try:
        import pkcs11
    except ImportError as error:
        words = "python-pkcs11 is missing; install handledger with its extra `pkcs11`"
        raise SignerGone(f"{words} ({error})") from None
    return pkcs11


def _public_keys(session: Session, purpose: str) -> list[tuple[str, bytes]]:
    attribute, kind = _library().Attribute, _library().ObjectClass.PUBLIC_KEY
    wanted = {attribute.CLASS: kind, attribute.LABEL: _LABEL + purpose}
    return [(o[attribute.ID].hex(), o[attribute.EC_POINT]) for o in _search(session, wanted)]


def _search(session: Session, wanted: dict[Any, Any]) -> list[Any]:
    """Every object like that. A lost session is found out first: a search on it never ends."""
    session.generate_random(8)
    return list(session.get_objects(wanted))


def _checked(name: str, purpose: str, ident: str, value: bytes) -> bytes:
    """The public key of a pair in the token. Raises SignerGone for one that must not be there."""
    try:
        point = point_of(value)
    except Malformed as error:
        raise SignerGone(f"{name} holds a {purpose} key that is none: {error}") from None
    if keyid(purpose, point) != ident:
        raise SignerGone(f"{name} holds a key called {purpose} whose id {ident} is of another use")
    return point


def _make(session: Session, purpose: str) -> bytes:
    """A pair under a name of no use, until its id is known and it can be found by it."""
    pkcs11 = _library()
    attribute, kind = pkcs11.Attribute, pkcs11.KeyType.EC_EDWARDS
    curve = session.create_domain_parameters(kind, {attribute.EC_PARAMS: _CURVE}, local=True)
    public, private = curve.generate_keypair(
        mechanism=pkcs11.Mechanism.EC_EDWARDS_KEY_PAIR_GEN,
        store=True,
        label=_UNFINISHED,
        private_template={attribute.SENSITIVE: True, attribute.EXTRACTABLE: False},
    )
    point = point_of(public[attribute.EC_POINT])
    for half in (private, public):  # the public one is what is looked for: last
        half[attribute.ID] = bytes.fromhex(keyid(purpose, point))
        half[attribute.LABEL] = _LABEL + purpose
    return point


def _private_key(session: Session, purpose: str, ident: str) -> Callable[[bytes], bytes]:
    pkcs11 = _library()
    attribute, kind = pkcs11.Attribute, pkcs11.ObjectClass.PRIVATE_KEY
    named = {attribute.LABEL: _LABEL + purpose, attribute.ID: bytes.fromhex(ident)}
    found = _search(session, {attribute.CLASS: kind, **named})
    if not found:
        raise pkcs11.exceptions.NoSuchKey(f"no {purpose} key {ident}")
    key = found[0]
    if key[attribute.EXTRACTABLE] or not key[attribute.SENSITIVE]:
        raise SignerGone(f"key {ident} can be taken out of its token; rotate it, and destroy it")
    return lambda message: bytes(key.sign(message, mechanism=pkcs11.Mechanism.EDDSA))
