"""A public key that proves nothing is refused at every door at which one comes in.

Each door is one line of `DOORS`: it takes a key and must raise. All are first tried with a good
key, so that none of them refuses for another reason. Whoever opens a new door adds a line; that
every field of an action that holds a key is among them is found out here.
"""

import json
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest
import weak
from calling import run
from small import SAMPLE, World

from api import rehearsal, wiring, witness
from api.app import create_app
from api.config import read_config
from api.tokens import Tokens
from keys.pkcs11 import TokenSigner, point_of
from ledger.domain import schemas
from ledger.domain.catalogue import ACTIONS
from ledger.proof import curve, der, dsse, ed25519, intent, keyrecords, note, policy, publickey
from ledger.proof.errors import Malformed
from ledger.proof.template import template

GOLDEN = Path(__file__).parent / "golden/edition-1"
GOOD = [
    bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"),
    bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"),
]
BAD = sorted({*weak.SMALL_ORDER, *weak.NOT_CANONICAL})
FIELDS = [(a.name, f.name) for a in ACTIONS.values() for f in a.fields if f.kind == "public_key"]
# A key that is of Ed25519 or of another kind, and is read where it is known of which.
ELSEWHERE = {("enrol_actor_key", "public_key")}
KEY_FIELD = dict([*FIELDS, *ELSEWHERE])
# What else an action asks for, so that the key is all that is wrong.
ASKED = {
    "rotate_signing_key": {"reason": "A year has passed"},
    "admit_key": {"purpose": "record"},
    "change_roots": {"threshold": 1},
    "enrol_actor_key": {
        "person": "stf-011",
        "kind": "file",
        "algorithm": "ed25519",
        "signature": b64encode(bytes(64)).decode(),
    },
}
TRIED = sorted(ASKED.keys() & ACTIONS.keys())


def text(key):
    return b64encode(key).decode()


def vkey(key, algorithm):
    """The text of a verifier key, as somebody else's program writes it."""
    raw = bytes([algorithm]) + key
    ident = sha256(b"school.example/log\n" + raw).hexdigest()[:8]
    return f"school.example/log+{ident}+{text(raw)}"


def certificate_key(key):
    """The key as a certificate holds it: of Ed25519 there is no certificate that is read here."""
    oid = b"\x06\x03\x2b\x65\x70"
    inside = b"\x30\x05" + oid + b"\x03\x21\x00" + key
    publickey.read_key(der.Reader(b"\x30" + bytes([len(inside)]) + inside))


def opened(key, role):
    others = {
        p: bytes([n]) + bytes(31) for n, p in ((9, "root"), (10, "record"), (11, "checkpoint"))
    }
    keys = {**others, role: key}
    admitted = [
        {"public_key": text(keys[p]), "purpose": p} for p in ("checkpoint", "record")
    ]  # fmt: skip
    roots = {"keys": [text(keys["root"])], "threshold": 1}
    return keyrecords.read_opened({"admitted": admitted, "rehearsal": True, "roots": roots})


def actors(key, kind):
    """A key of Ed25519 that a person enrols: in a file, or a passkey's."""
    named = {"rp": "school.example", "passkey_id": text(b"one")} if kind == "passkey" else {}
    return intent.actor_key({
        "person": "stf-011", "kind": kind, "algorithm": "ed25519", "public_key": text(key),
        "key_id": dsse.keyid("actor", key), **named,
    })  # fmt: skip


DOORS = {
    "the check itself": ed25519.check_public_key,
    "a key in a token": lambda key: TokenSigner(None, "record", key),
    "the public point of a token": point_of,
    "the public point of a token, in its string": lambda key: point_of(b"\x04\x20" + key),
    "a verifier key that is made": lambda key: note.format_vkey("school.example/log", key),
    "the verifier key of a log": lambda key: note.parse_vkey(vkey(key, 1)),
    "the verifier key of a witness": lambda key: note.parse_vkey(vkey(key, 4)),
    "the log of a trust file": lambda key: policy.parse_policy(
        f"log {vkey(key, 1)}\nquorum none\n"
    ),
    "a witness of a trust file": lambda key: policy.parse_policy(
        f"log {vkey(GOOD[0], 1)}\nwitness w {vkey(key, 4)}\nquorum w\n"
    ),
    "a log that a witness is told to watch": lambda key: witness._log_keys(vkey(key, 1)),
    "a root of the first record": lambda key: opened(key, "root"),
    "a record key of the first record": lambda key: opened(key, "record"),
    "a checkpoint key of the first record": lambda key: opened(key, "checkpoint"),
    "a key that roots admit": lambda key: keyrecords.read_admitted(
        {"public_key": text(key), "purpose": "record"}
    ),
    "a change of roots": lambda key: keyrecords.read_roots({"keys": [text(key)], "threshold": 1}),
    "a file key that a person enrols": lambda key: actors(key, "file"),
    "a passkey that a person enrols": lambda key: actors(key, "passkey"),
    "any key of a key record": lambda key: keyrecords.key_of(text(key)),
}
# Where a good key is refused as well, for what it is.
SHUT = {"an Ed25519 key in a certificate of a timestamp authority": certificate_key}


def test_the_lists_are_those_that_are_known():
    assert (14, 38) == (len(weak.SMALL_ORDER), len(weak.NOT_CANONICAL))
    assert 48 == len(BAD)  # four are on both


@pytest.mark.parametrize("door", DOORS)
def test_a_good_key_is_let_in(door):
    for key in GOOD:
        DOORS[door](key)


@pytest.mark.parametrize("door", [*DOORS, *SHUT])
def test_no_key_that_proves_nothing_is_let_in(door):
    for key in BAD:
        with pytest.raises((Malformed, wiring.SetupError)):
            {**DOORS, **SHUT}[door](key)


# -- what commands bring ----------------------------------------------------------------------


def test_the_keys_of_all_actions_are_tried():
    """A field that holds a key, by whatever name, is of the kind that is checked strictly."""
    named = {(a.name, f.name) for a in ACTIONS.values() for f in a.fields if "public_k" in f.name}
    assert named <= {*FIELDS, *ELSEWHERE}
    assert {action for action, _ in [*FIELDS, *ELSEWHERE]} & ACTIONS.keys() == set(TRIED)
    assert ("rotate_signing_key", "public_key") in FIELDS


@pytest.mark.parametrize(("action", "field"), FIELDS)
def test_no_action_takes_one(action, field):
    declared = next(f for f in ACTIONS[action].fields if f.name == field)
    for key in [*BAD, *GOOD]:
        value = [text(key)] if declared.many else text(key)
        if key in GOOD:
            assert value == schemas.load_one(declared, value)
        else:
            with pytest.raises(schemas.FieldsRefused) as refused:
                schemas.load_one(declared, value)
            assert ("invalid_field", [field]) == (refused.value.code, refused.value.where)


@pytest.mark.parametrize("action", TRIED)
def test_over_http_the_field_is_named_and_nothing_changes(tmp_path, action):
    with World(tmp_path).open_school() as ledger:
        tokens = Tokens(tmp_path / "access.db")
        headers = {"Authorization": f"Bearer {tokens.issue('stf-011')}"}
        client = create_app(ledger, tokens).test_client()
        for key in BAD:
            body = {"data": asked(action, key)}
            answer = client.post(f"/v1/actions/{action}", json=body, headers=headers)
            assert (422, "invalid_field") == (answer.status_code, answer.json["code"])
            assert [KEY_FIELD[action]] == answer.json["refused"]["details"]["fields"]
        assert 1 == ledger.entries().version("keyring")


def test_on_the_command_line_the_field_is_named(tmp_path, capsys):
    config = read_config(str(tmp_path / "d"), {})
    lines = rehearsal.read_lines(SAMPLE)[:2]
    ledger, clock = rehearsal.start(config, lines)
    with ledger:
        list(rehearsal.play(ledger, clock, lines))
    for action in TRIED:
        for key in (weak.SMALL_ORDER[0], weak.NOT_CANONICAL[-1]):
            given = ("--actor", "stf-011", "--fields", json.dumps(asked(action, key)))
            assert 1 == run("--data", config.data, "record", action, *given)
            assert f'"fields": ["{KEY_FIELD[action]}"]' in capsys.readouterr().out


@pytest.mark.parametrize("key", [weak.SMALL_ORDER[0], weak.NOT_CANONICAL[0]], ids=bytes.hex)
def test_a_trust_file_and_a_witness_name_what_is_wrong(tmp_path, capsys, key):
    (tmp_path / "trust.policy").write_text(f"log {vkey(key, 1)}\nquorum none\n")
    evidence = GOLDEN / "evidence-4.zip"
    assert 2 == run("verify", evidence, "--trust", tmp_path / "trust.policy")
    assert "policy line 1: ed25519 key" in capsys.readouterr().err
    run("witness", "--data", tmp_path / "w", "init", "--name", "a/b", "--unattended")
    capsys.readouterr()
    assert 1 == run("witness", "--data", tmp_path / "w", "serve", "--log", vkey(key, 1))
    assert "ed25519 key" in capsys.readouterr().err


def asked(action, key):
    field = KEY_FIELD[action]
    declared = next(f for f in ACTIONS[action].fields if f.name == field)
    made = {**ASKED[action], field: [text(key)] if declared.many else text(key)}
    if action == "rotate_signing_key":
        made["new_key_id"] = dsse.keyid("record", key)
    if action == "enrol_actor_key":
        made["key_id"] = dsse.keyid("actor", key)
    return made


# -- what signatures are checked with ---------------------------------------------------------


@pytest.mark.parametrize("backend", [ed25519._openssl, ed25519._plain])
def test_neither_backend_is_ever_asked_about_one(monkeypatch, backend):
    monkeypatch.setattr(ed25519, "_holds", backend()[1])
    # With R = A and S = 0 the equation holds for a key of order 1, 2, 4 or 8 now and then.
    envelope = dsse.Envelope("x", b"body", ())
    for key in BAD:
        for first in (key, GOOD[0]):
            signature = dsse.Signature("0" * 32, first + bytes(32))
            with pytest.raises(ValueError, match=r"small order|y >= p"):
                dsse.check_signature(envelope, signature, key)


def test_they_would_be_taken_otherwise(monkeypatch):
    """The danger is real: OpenSSL takes a signature by nobody under a key of small order."""
    _, holds = ed25519._openssl()
    everything = [holds(key, key + bytes(32), b"%d" % n) for key in BAD for n in range(8)]
    assert any(everything)
    assert [curve.holds(k, k + bytes(32), b"0") for k in weak.SMALL_ORDER[:2]]


# -- the page of an evidence file -------------------------------------------------------------


def test_the_page_takes_none_either(browser, tmp_path):
    (tmp_path / "report.html").write_bytes(template())
    log = f"log {vkey(GOOD[0], 1)}\n"
    calls = {
        "checkPublicKey(Uint8Array.from(item))": [list(key) for key in [*BAD, *GOOD]],
        "keyOf(item)": list(map(text, [*BAD, *GOOD])),
        "parseVkey(item)": [vkey(key, 1) for key in [*BAD, *GOOD]],
        "parsePolicy(octetsOf(item))": [
            f"{log}witness w {vkey(key, 4)}\nquorum w\n" for key in [*BAD, *GOOD]
        ],
        "enrolledKey({ fields: item })": [
            {
                **ASKED["enrol_actor_key"],
                "public_key": text(key),
                "key_id": dsse.keyid("actor", key),
            }
            for key in [*BAD, *GOOD]
        ],
        "loadedKey(Uint8Array.from(item))": [list(key) for key in [*BAD, *GOOD]],
    }
    with browser.open(tmp_path / "report.html") as page:
        page.checked()
        for call, items in calls.items():
            wanted = ["refused"] * len(BAD) + ["taken"] * len(GOOD)
            assert wanted == page.outcomes(call, items), call
