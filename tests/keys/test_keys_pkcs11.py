"""Keys in a token: SoftHSM2 signs the sample term; gone, it is waited for; nothing gets out."""

import itertools

import pkcs11
import pytest
from small import SAMPLE
from softhsm import PIN

from api import rehearsal, wiring
from api.app import create_app
from api.config import ConfigError, read_config
from api.key_change import rotate
from api.tokens import Tokens
from keys.pkcs11 import Token, point_of
from keys.places import VaultError
from ledger.evidence import export_complete
from ledger.outcomes import WritesRefused
from ledger.proof.dsse import SignerGone, keyid
from ledger.proof.ed25519 import verify as check_signature
from ledger.proof.errors import Malformed
from ledger.proof.policy import parse_policy
from ledger.proof.verify import verify

NUMBERS = itertools.count()
PERSON = {"person": "stf-{}", "name": "Nobody", "kind": "staff", "offices": []}


@pytest.fixture(name="label")
def _label(drawer):
    label = f"school {next(NUMBERS)}"
    drawer.put(label)
    yield label
    drawer.bring_back()


@pytest.fixture(name="token")
def _token(drawer, label):
    return Token(drawer.module, label, PIN)


@pytest.fixture(name="settings")
def _settings(drawer, label, tmp_path):
    """The settings of a ledger whose keys are in the token."""
    pin = tmp_path / "pin"
    pin.write_bytes(PIN + b"\n")
    pin.chmod(0o600)
    return {
        "HANDLEDGER_PKCS11_MODULE": str(drawer.module),
        "HANDLEDGER_PKCS11_TOKEN": label,
        "HANDLEDGER_PKCS11_PIN_FILE": str(pin),
    }


@pytest.fixture(name="config")
def _config(settings, tmp_path):
    return read_config(str(tmp_path / "term"), settings)


@pytest.fixture(name="played")
def _played(config):
    """The first lines of the sample term, in a ledger whose keys are in the token."""
    lines = rehearsal.read_lines(SAMPLE)[:20]
    ledger, clock = rehearsal.start(config, lines)
    with ledger:
        list(rehearsal.play(ledger, clock, lines))
    return config


def registering(client, number, headers):
    body = {"data": {**PERSON, "person": f"stf-{number}"}}
    return client.post("/v1/actions/register_person", json=body, headers=headers)


def served(ledger, config):
    tokens = Tokens(config.data / "access.db")
    headers = {"Authorization": f"Bearer {tokens.issue('stf-011')}"}
    return create_app(ledger, tokens).test_client(), headers


def in_token(token, kind=pkcs11.ObjectClass.PRIVATE_KEY):
    """The objects of that kind, as anybody with the PIN sees them."""
    token.held("nothing")  # opens it
    wanted = {pkcs11.Attribute.CLASS: kind}
    return {(o.label, o.id.hex()): o for o in list(token._session.get_objects(wanted))}


# -- the sample term --------------------------------------------------------------------------


def test_a_token_signs_every_record_of_the_sample_term_and_it_verifies(config, token, tmp_path):
    lines = rehearsal.read_lines(SAMPLE)
    ledger, clock = rehearsal.start(config, lines)
    with ledger:
        assert all(p.as_expected for p in rehearsal.play(ledger, clock, lines))
        size = export_complete(ledger, tmp_path / "e.zip", lambda records: {})
    trust = parse_policy((config.data / "trust.policy").read_text("utf-8"))
    report = verify(tmp_path / "e.zip", trust)
    assert ("VALID", size) == (report.verdict, report.size)
    assert size > len(lines)
    # And nothing else could have signed them: the vault holds neither key.
    vault = wiring.vault.open_vault(config.data / "keys/vault.json", wiring.passphrase(config))
    assert {"mac", "wrap"} == {name.split("-")[0] for name in vault.secrets}
    assert {"handledger record", "handledger checkpoint"} == {label for label, _ in in_token(token)}


def test_a_new_record_key_is_made_in_the_token_and_signs_from_then_on(played, token):
    before = token.held("record")
    accepted, receipt = rotate(played, "stf-021", "A year has passed")
    assert accepted, receipt
    made = [key for key in token.held("record") if key not in before]
    assert 1 == len(made)
    with wiring.open_ledger(played) as ledger:
        client, headers = served(ledger, played)
        assert 201 == registering(client, 900, headers).status_code
        [record] = ledger.raw(receipt["position"] + 1, receipt["position"] + 2)
        assert keyid("record", made[0].public_key).encode() in record


# -- the keys themselves ----------------------------------------------------------------------


def test_a_signature_of_the_token_verifies_with_the_public_key_alone(token):
    signer = token.make("record")
    check_signature(signer.public_key, signer.sign(b"words"), b"words")
    assert [signer] == token.held("record")


def test_no_private_key_can_be_taken_out_of_the_token(token):
    token.make("record")
    [key] = in_token(token).values()
    assert key[pkcs11.Attribute.SENSITIVE]
    assert not key[pkcs11.Attribute.EXTRACTABLE]
    with pytest.raises(pkcs11.exceptions.AttributeSensitive):
        key[pkcs11.Attribute.VALUE]


def test_a_key_that_could_be_taken_out_does_not_sign(token):
    signer = token.make("record")
    [(_, ident)] = in_token(token)
    loose = planted(token, "record", {pkcs11.Attribute.EXTRACTABLE: True})
    assert signer.sign(b"words")
    assert ident != keyid("record", loose)
    [signer] = [key for key in token.held("record") if key.public_key == loose]
    with pytest.raises(SignerGone, match="can be taken out of its token"):
        signer.sign(b"words")


def test_a_key_of_another_purpose_is_not_found_for_this_one(token):
    checkpoint = token.make("checkpoint")
    assert [] == token.held("record")
    with pytest.raises(SignerGone, match="no record key"):
        token.sign("record", checkpoint.public_key, b"words")


def test_a_key_that_was_given_another_purpose_is_refused(token):
    token.make("checkpoint")
    for kind in (pkcs11.ObjectClass.PUBLIC_KEY, pkcs11.ObjectClass.PRIVATE_KEY):
        [key] = in_token(token, kind).values()
        key[pkcs11.Attribute.LABEL] = "handledger record"
    with pytest.raises(SignerGone, match="is of another use"):
        token.held("record")


def test_a_pair_whose_halves_do_not_belong_together_signs_nothing(token):
    """The private half of another key under the id of this one: what it signs does not verify."""
    signer, other = token.make("record"), token.make("record")
    halves = in_token(token)
    ident = keyid("record", signer.public_key)
    halves["handledger record", ident].destroy()
    wrong = halves["handledger record", keyid("record", other.public_key)]
    wrong[pkcs11.Attribute.ID] = bytes.fromhex(ident)
    with pytest.raises(SignerGone, match=f"what key {ident} signed does not verify"):
        signer.sign(b"words")


def test_a_pair_left_by_a_crash_is_no_key(token):
    planted(token, "x", label="handledger, unfinished")
    assert [] == token.held("record")


def test_a_public_point_comes_alone_or_in_an_octet_string():
    point = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    assert point == point_of(point) == point_of(b"\x04\x20" + point)
    for bad in (b"", point[1:], b"\x04\x21" + point, b"\x04\x20" + point + b"\x00"):
        with pytest.raises(Malformed):
            point_of(bad)


def test_neither_pin_nor_key_is_ever_shown(token):
    assert PIN.decode() not in repr(token) + repr(token.make("record"))


# -- a token that goes away -------------------------------------------------------------------


def test_a_lost_session_goes_unnoticed(token):
    signer = token.make("record")
    token._session.close()
    assert signer.sign(b"words")
    pkcs11.lib(str(token._module)).reinitialize()  # as where another ledger's token was lost
    assert signer.sign(b"words")


def test_while_the_token_is_away_nothing_is_written_and_reads_go_on(drawer, played):
    with wiring.open_ledger(played) as ledger:
        client, headers = served(ledger, played)
        assert 201 == registering(client, 900, headers).status_code
        drawer.take_away()
        size = ledger.store.size()
        for number in (901, 902):
            answer = registering(client, number, headers)
            assert (503, "writes_refused") == (answer.status_code, answer.json["code"])
            assert "nothing was recorded: token school" in answer.json["detail"]
            assert "plug it in or start it" in answer.json["detail"]
        assert size == ledger.store.size()
        for path in ("/v1/records/0", "/v1/accounts", "/v1/exposures", "/log/checkpoint"):
            assert 200 == client.get(path, headers=headers).status_code, path
        drawer.bring_back()
        assert 201 == registering(client, 901, headers).status_code
        assert size + 1 == ledger.store.size()


def test_a_service_started_without_its_token_serves_reads_and_finds_it_later(drawer, played):
    drawer.take_away()
    with wiring.open_ledger(played) as ledger:
        assert "plug it in or start it" in wiring.away(ledger)
        client, headers = served(ledger, played)
        assert 200 == client.get("/v1/records/0", headers=headers).status_code
        assert 503 == registering(client, 900, headers).status_code
        drawer.bring_back()
        assert "" == wiring.away(ledger)
        assert 201 == registering(client, 900, headers).status_code


def test_evidence_waits_for_the_token_and_leaves_no_half_file(drawer, played, tmp_path):
    with wiring.open_ledger(played) as ledger:
        drawer.take_away()
        with pytest.raises(WritesRefused, match=r"can be signed: .*token school"):
            export_complete(ledger, tmp_path / "e.zip", lambda records: {})
        assert not list(tmp_path.glob("e.zip*"))
        drawer.bring_back()
        export_complete(ledger, tmp_path / "e.zip", lambda records: {})


def test_a_token_lost_between_record_and_receipt_loses_no_record(drawer, played):
    """The record is committed and says so; the next one brings the checkpoint over both."""
    with wiring.open_ledger(played) as ledger:
        client, headers = served(ledger, played)
        size, append = ledger.store.size(), ledger._append

        def append_and_pull_the_plug(desk):
            append(desk)
            drawer.take_away()

        ledger._append = append_and_pull_the_plug
        headers["Idempotency-Key"] = "once"
        answer = registering(client, 900, headers)
        assert 503 == answer.status_code
        assert "it was recorded, but its receipt cannot be signed" in answer.json["detail"]
        assert size + 1 == ledger.store.size()
        ledger._append = append
        drawer.bring_back()
        again = registering(client, 900, headers)
        assert (201, size) == (again.status_code, again.json["position"])
        assert size + 1 == ledger.store.size()


# -- what is set wrongly ----------------------------------------------------------------------


def test_a_wrong_pin_is_refused_and_never_tried_twice(drawer, label, token):
    signer = token.make("record")
    drawer_again = Token(drawer.module, label, b"9999")
    pkcs11.lib(str(drawer.module)).reinitialize()  # nobody is logged in
    for _ in range(2):
        with pytest.raises(SignerGone, match=r"refuses the PIN .*not tried again.* restart"):
            drawer_again.sign("record", signer.public_key, b"words")
    assert "PinIncorrect" in drawer_again._refused
    assert signer.sign(b"words")


def test_with_a_wrong_pin_nothing_is_made(config, settings, tmp_path):
    (tmp_path / "pin").write_bytes(b"0000")
    pkcs11.lib(settings["HANDLEDGER_PKCS11_MODULE"]).reinitialize()
    with pytest.raises(SignerGone, match="refuses the PIN"):
        rehearsal.start(config, rehearsal.read_lines(SAMPLE)[:1])
    assert not (config.data / "keys").exists()
    assert not (config.data / "ledger.db").exists()


def test_a_token_that_is_not_there_is_named(drawer):
    with pytest.raises(SignerGone, match="token nobodys: No token matching"):
        Token(drawer.module, "nobodys", PIN).make("record")


def test_a_library_that_is_none_is_named(tmp_path):
    (tmp_path / "module.so").write_bytes(b"none")
    with pytest.raises(SignerGone, match=r"module\.so: file too short"):
        Token(tmp_path / "module.so", "school", PIN).make("record")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PKCS11_MODULE", "/nowhere.so", "/nowhere.so is not a file"),
        ("PKCS11_PIN_FILE", "/nowhere", "/nowhere is not a file"),
        ("PKCS11_TOKEN", "", "HANDLEDGER_PKCS11_MODULE and HANDLEDGER_PKCS11_TOKEN go together"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused_by_name(settings, tmp_path, name, value, said):
    with pytest.raises(ConfigError, match=said):
        read_config(str(tmp_path), {**settings, f"HANDLEDGER_{name}": value})


def test_a_pin_that_others_may_read_is_not_used(config, tmp_path):
    (tmp_path / "pin").chmod(0o640)
    with pytest.raises(VaultError, match="others may read"):
        wiring.token_of(config)


def test_without_the_setting_the_ledger_says_where_its_key_may_be(played):
    """It can be read: nothing of that needs a key."""
    with wiring.open_ledger(read_config(str(played.data), {})) as ledger:
        assert "set HANDLEDGER_PKCS11_MODULE" in wiring.away(ledger)
        assert ledger.entries().all


def planted(token, purpose, more=None, label=""):
    """A pair that somebody else made in the token; returns its public key."""
    token.held("nothing")  # opens it
    attribute = pkcs11.Attribute
    curve = token._session.create_domain_parameters(
        pkcs11.KeyType.EC_EDWARDS,
        {attribute.EC_PARAMS: bytes.fromhex("06032b6570")},
        local=True,
    )
    public, private = curve.generate_keypair(
        mechanism=pkcs11.Mechanism.EC_EDWARDS_KEY_PAIR_GEN,
        store=True,
        label=label or f"handledger {purpose}",
        private_template={attribute.SENSITIVE: True, attribute.EXTRACTABLE: False, **(more or {})},
    )
    point = point_of(public[attribute.EC_POINT])
    for half in (public, private):
        half[attribute.ID] = bytes.fromhex(keyid(purpose, point))
    return point
