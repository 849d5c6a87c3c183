"""The second factor: a code of the moment from an app (RFC 6238), or a recovery code, once each."""

from __future__ import annotations

import base64
import io
import secrets

import pyotp
import segno

from api.door.store import Door, tell

STEP = 30  # seconds
APART = (-1, 0, 1)  # clocks of telephones are half a minute off
CODES = 10
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is read two ways


def new_key() -> str:
    """A key to enrol, in the base 32 that apps take."""
    return pyotp.random_base32()


def address(key: str, person: str, school: str) -> str:
    """The `otpauth:` address of a key, for an app."""
    return pyotp.TOTP(key).provisioning_uri(name=person, issuer_name=school)


def picture(text: str, title: str) -> str:
    """A QR code as inline SVG, black on white whatever the page looks like; `title` says what."""
    drawn = io.BytesIO()
    made = segno.make(text, error="m", micro=False)
    made.save(drawn, kind="svg", xmldecl=False, nl=False, scale=5, light="#fff", title=title)
    return drawn.getvalue().decode()


def seal(door: Door, key: str, person: str) -> bytes:
    """The key as it is kept: useless without the vault."""
    plain, nonce = base64.b32decode(key), secrets.token_bytes(16)
    return nonce + _mixed(plain, door.tag("factor", person, nonce.hex()))


def unseal(door: Door, kept: bytes, person: str) -> str:
    """The key that was sealed."""
    pad = door.tag("factor", person, kept[:16].hex())
    return base64.b32encode(_mixed(kept[16:], pad)).decode()


def enrol(door: Door, person: str, key: str, code: str) -> list[str] | None:
    """Take the key as the person's second factor where the code is of it.

    The recovery codes, told once; None where the code is wrong.
    """
    step = _step(door, key, code, -1)
    if step is None:
        return None
    now = door.now()
    with door.database() as db:
        db.execute(
            "INSERT INTO door_people (person, changed, factor, step) VALUES (?,?,?,?) ON CONFLICT "
            "(person) DO UPDATE SET factor = excluded.factor, step = excluded.step",
            (person, now, seal(door, key, person), step),
        )
        tell(db, now, person, "factor_enrolled", person)
    return new_codes(door, person)


def accept(door: Door, person: str, code: str) -> bool:
    """Whether the code is right at the moment. A code, and any older one, is good once."""
    with door.database() as db:
        db.execute("BEGIN IMMEDIATE")
        asked = "SELECT factor, step FROM door_people WHERE person = ?"
        row = db.execute(asked, (person,)).fetchone()
        if row is None or row["factor"] is None:
            return False
        step = _step(door, unseal(door, row["factor"], person), code, row["step"])
        if step is not None:
            db.execute("UPDATE door_people SET step = ? WHERE person = ?", (step, person))
    return step is not None


def enrolled(door: Door, person: str) -> bool:
    with door.database() as db:
        asked = "SELECT 1 FROM door_people WHERE person = ? AND factor IS NOT NULL"
        return db.execute(asked, (person,)).fetchone() is not None


def remove(door: Door, person: str, by: str) -> None:
    """Forget the second factor and its recovery codes; the next sign-in enrols anew."""
    now = door.now()
    with door.database() as db:
        db.execute("UPDATE door_people SET factor = NULL, step = 0 WHERE person = ?", (person,))
        db.execute("DELETE FROM door_recovery WHERE person = ?", (person,))
        tell(db, now, person, "factor_removed", by)


def new_codes(door: Door, person: str) -> list[str]:
    """New recovery codes, told once; the old ones are good for nothing more."""
    codes = ["-".join(_letters(4) for _ in range(3)) for _ in range(CODES)]
    with door.database() as db:
        db.execute("DELETE FROM door_recovery WHERE person = ?", (person,))
        rows = [(person, _code(door, person, code)) for code in codes]
        db.executemany("INSERT INTO door_recovery VALUES (?,?)", rows)
    return codes


def recover(door: Door, person: str, code: str) -> bool:
    """Whether it is a recovery code of the person; it is used up."""
    with door.database() as db:
        asked = "DELETE FROM door_recovery WHERE person = ? AND code = ?"
        used = db.execute(asked, (person, _code(door, person, code))).rowcount == 1
        if used:
            tell(db, door.now(), person, "recovery_used", person)
    return used


def codes_left(door: Door, person: str) -> int:
    with door.database() as db:
        asked = "SELECT count(*) FROM door_recovery WHERE person = ?"
        return int(db.execute(asked, (person,)).fetchone()[0])


def _step(door: Door, key: str, code: str, after: int) -> int | None:
    """The step whose code it is, if that is later than `after`."""
    made, given, now = pyotp.TOTP(key), code.replace(" ", ""), door.now() // STEP
    steps = (now + apart for apart in APART if now + apart > after)
    return next((s for s in steps if pyotp.utils.strings_equal(made.generate_otp(s), given)), None)


def _code(door: Door, person: str, code: str) -> bytes:
    plain = "".join(letter for letter in code.lower() if letter in ALPHABET)
    return door.tag("recovery", person, plain)


def _letters(how_many: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(how_many))


def _mixed(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=False))
