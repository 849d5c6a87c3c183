"""A timestamp authority in a few lines, for any time and with any fault; `openssl ts` is in `tsa`.

What it writes is taken by `openssl ts -verify` too, where it has no fault (test_proof_timestamp).
"""

from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import new, sha256

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from ledger.proof.der import (
    INSIDE,
    INTEGER,
    NULL,
    OCTETS,
    OID,
    SEQUENCE,
    SET,
    TIME,
    encode,
)  # fmt: skip

HASHES = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}
SHA = {name: bytes.fromhex("6086480165030402") + bytes([n]) for n, name in enumerate(HASHES, 1)}
RSA, PKCS9 = bytes.fromhex("2a864886f70d010101"), bytes.fromhex("2a864886f70d0109")
ECDSA = {name: bytes.fromhex("2a8648ce3d0403") + bytes([n]) for n, name in enumerate(HASHES, 2)}
TST_INFO, SIGNED_DATA = PKCS9 + b"\x10\1\4", bytes.fromhex("2a864886f70d010702")
BEGIN, END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)
STAMPING = x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.TIME_STAMPING])


@cache
def key(kind, name=""):
    """A key: `rsa`, `p256`, `p384`; another for another name."""
    if kind == "rsa":
        return rsa.generate_private_key(65_537, 2_048)
    return ec.generate_private_key({"p256": ec.SECP256R1(), "p384": ec.SECP384R1()}[kind])


def usage(certifies):
    named = dict.fromkeys(
        ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
         "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"), False,
    )  # fmt: skip
    return x509.KeyUsage(
        **{**named, "key_cert_sign": certifies, "digital_signature": not certifies}
    )


class Holder:
    """A certificate and its key. Issued by itself unless there is an `issuer`."""

    def __init__(
        self, name="An authority", kind="rsa", issuer=None, *, ca=False, depth=None,
        purpose=STAMPING, critical=True, begin=BEGIN, end=END, digest="sha256", more=(),
    ):  # fmt: skip
        self.key, self.issuer = key(kind, name), issuer
        self.subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        by = issuer or self
        builder = (
            x509.CertificateBuilder()
            .subject_name(self.subject)
            .issuer_name(by.subject)
            .public_key(self.key.public_key())
            .serial_number(int.from_bytes(sha256(f"{name}{kind}".encode()).digest()[:8], "big") + 1)
            .not_valid_before(begin)
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca=ca, path_length=depth), critical=True)
            .add_extension(usage(ca), critical=True)
        )
        if purpose is not None and not ca:
            builder = builder.add_extension(purpose, critical=critical)
        for extension in more:
            builder = builder.add_extension(extension, critical=True)
        self.certificate = builder.sign(by.key, HASHES[digest])
        self.der = self.certificate.public_bytes(Encoding.DER)
        self.pem = self.certificate.public_bytes(Encoding.PEM)

    @property
    def name(self):
        return x509.Name(self.certificate.issuer).public_bytes()

    @property
    def serial(self):
        return number(self.certificate.serial_number)


def number(value):
    return encode(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def sequence(*parts):
    return encode(SEQUENCE, b"".join(parts))


def algorithm(oid, *parameters):
    return sequence(encode(OID, oid), *parameters)


def attribute(oid, *values):
    return sequence(encode(OID, oid), encode(SET, b"".join(values)))


def spelt(seconds):
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    return moment.strftime("%Y%m%d%H%M%SZ").encode()


def stamped(holder, digest, at, *, nonce=7, others=(), **fault):
    """A granted answer over a SHA-256 at so many seconds since 1970.

    A `fault` replaces a part by its name: `info`, `what`, `hashed` (what the message digest is
    of), `of_certificate` (which
    is named), `listed` (the certificates, in order), `signature`,
    `hash`, `status`, `attributes` (a function of the list), `time` (its spelling), `oid`.
    """
    name = fault.get("hash", "sha256")
    hashing = algorithm(SHA[name])
    info = fault.get("info") or sequence(
        number(1),
        encode(OID, b"\x2a\3\4"),
        sequence(algorithm(SHA["sha256"], encode(NULL, b"")), encode(OCTETS, digest)),
        number(1),
        encode(TIME, fault.get("time", spelt(at))),
        fault.get("more", b""),
        number(nonce),
    )
    identity = encode(OCTETS, sha256(fault.get("of_certificate", holder.der)).digest())
    attributes = [
        attribute(PKCS9 + b"\3", encode(OID, fault.get("what", TST_INFO))),
        attribute(PKCS9 + b"\4", encode(OCTETS, new(name, fault.get("hashed", info)).digest())),
        attribute(PKCS9 + b"\x10\2\x2f", sequence(sequence(sequence(identity)))),
    ]
    attributes = fault.get("attributes", list)(attributes)
    signer = sequence(
        number(1),
        sequence(holder.name, holder.serial),
        hashing,
        encode(INSIDE, b"".join(attributes)),
        fault.get("oid") or signing(holder, name),
        encode(
            OCTETS, fault.get("signature") or sign(holder, encode(SET, b"".join(attributes)), name)
        ),
    )
    listed = fault.get("listed", [holder.der, *(other.der for other in others)])
    signed = sequence(
        number(3),
        encode(SET, hashing),
        sequence(encode(OID, TST_INFO), encode(INSIDE, encode(OCTETS, info))),
        encode(INSIDE, b"".join(listed)),
        encode(SET, signer),
    )
    content = sequence(encode(OID, SIGNED_DATA), encode(INSIDE, signed))
    return sequence(sequence(number(fault.get("status", 0))), content)


def signing(holder, name):
    if isinstance(holder.key, rsa.RSAPrivateKey):
        return algorithm(RSA, encode(NULL, b""))
    return algorithm(ECDSA[name])


def sign(holder, message, name="sha256"):
    if isinstance(holder.key, rsa.RSAPrivateKey):
        return holder.key.sign(message, padding.PKCS1v15(), HASHES[name])
    return holder.key.sign(message, ec.ECDSA(HASHES[name]))
