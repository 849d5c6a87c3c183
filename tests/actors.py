"""People with keys of their own: a file key, and a passkey as a browser makes it."""

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ledger.proof.actors import intent_body, possession_body
from ledger.proof.dsse import keyid, pae
from ledger.proof.encoding import b64encode
from ledger.proof.intent import INTENT_TYPE, POSSESSION_TYPE, actor_key

HOST = "ledger.example.org"


@dataclass(frozen=True)
class FileKey:
    """A file key of the person; `seed` is any octet."""

    person: str
    seed: int = 7
    kind: str = "file"
    algorithm: str = "ed25519"

    @property
    def private(self):
        return ed25519.Ed25519PrivateKey.from_private_bytes(bytes([self.seed]) * 32)

    @property
    def public(self):
        return self.private.public_key().public_bytes_raw()

    @property
    def ident(self):
        return keyid("actor", self.public)

    def signed(self, kind, body):
        """The signature as a JSON value over this type and body."""
        return {"sig": b64encode(self.private.sign(pae(kind, body)))}

    def enrolment(self, source, **change):
        """The fields of the record that enrols it; what is changed is changed before it signs."""
        fields = {
            "algorithm": self.algorithm,
            "key_id": self.ident,
            "kind": self.kind,
            "person": self.person,
            "public_key": b64encode(self.public),
            **self.more(),
        }
        signed = self.signed(POSSESSION_TYPE, possession_body(source, actor_key(fields)))
        wa = signed.get("wa", {})
        more = {"authenticator_data": wa["ad"], "client_data": wa["cdj"]} if wa else {}
        return {**fields, "signature": signed["sig"], **more, **change}

    def more(self):
        return {}

    def envelope(self, body):
        """An intent with this body."""
        signature = {"keyid": self.ident, **self.signed(INTENT_TYPE, body)}
        return {"payload": b64encode(body), "payloadType": INTENT_TYPE, "signatures": [signature]}

    def intent(self, record):
        """The intent of a record."""
        return self.envelope(intent_body(record))


@dataclass(frozen=True)
class Passkey(FileKey):
    """A passkey on P-256, or with Ed25519, for a host; the rest is what may be wrong with it."""

    kind: str = "passkey"
    algorithm: str = "es256"
    rp: str = HOST
    origin: str = f"https://{HOST}"
    rp_signed: str = ""
    flags: int = 0x05
    type: str = "webauthn.get"
    rest: str = ',"crossOrigin":false}'
    behind: bytes = b""

    @property
    def private(self):
        if self.algorithm == "ed25519":
            return super().private
        return ec.derive_private_key(self.seed + 1, ec.SECP256R1())

    @property
    def public(self):
        if self.algorithm == "ed25519":
            return super().public
        kind = PublicFormat.UncompressedPoint
        return self.private.public_key().public_bytes(Encoding.X962, kind)

    def more(self):
        return {"passkey_id": b64encode(bytes([self.seed]) * 16), "rp": self.rp}

    def signed(self, kind, body):
        challenge = urlsafe_b64encode(sha256(pae(kind, body)).digest()).rstrip(b"=").decode()
        said = (
            f'{{"type":"{self.type}","challenge":"{challenge}","origin":"{self.origin}"{self.rest}'
        )
        host = sha256((self.rp_signed or self.rp).encode()).digest()
        data = host + bytes([self.flags]) + bytes(4) + self.behind
        message = data + sha256(said.encode()).digest()
        wa = {"ad": b64encode(data), "cdj": b64encode(said.encode())}
        return {"sig": b64encode(self._sign(message)), "wa": wa}

    def _sign(self, message):
        if self.algorithm == "ed25519":
            return self.private.sign(message)
        return self.private.sign(message, ec.ECDSA(SHA256(), deterministic_signing=True))
