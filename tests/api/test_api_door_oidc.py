"""Sign-in at an OpenID provider, a real one and one that lies; and forged ways back."""

import base64
import time
import urllib.parse
from dataclasses import replace
from hashlib import sha256

import pytest
from door import Service
from joserfc.jwk import RSAKey
from liar import location, lying, real_provider
from small import World

from api.config import ConfigError, read_config
from api.door import identities, oidc
from api.door.oidc import Identity, OidcRefused
from api.door.store import Provider

HERE, ELSEWHERE = "a" * 64, "b" * 64  # two browsers
ADDRESS = "http://localhost:8000"
CODE = "4/0AX-of-a-test"


@pytest.fixture(name="liar")
def _liar(monkeypatch):
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    with lying() as liar:
        yield liar


@pytest.fixture(name="service")
def _service(tmp_path, liar):
    provider = Provider(liar.issuer, "handledger", "between us")
    service = Service(World(tmp_path), time.time(), ADDRESS, provider).open()
    yield service
    service.ledger.close()


def query(url) -> dict[str, str]:
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))


def sent(service, liar, **claims):
    """The way back after a sign-in at the liar, who puts the right nonce into the token."""
    asked = query(oidc.begin(service.door, HERE, "/next"))
    liar.claims = {"nonce": asked["nonce"], **claims}
    return {"state": asked["state"], "code": CODE}


def test_what_is_asked_binds_the_answer_to_this_browser(service, liar):
    asked = query(oidc.begin(service.door, HERE, "/next"))
    assert ("code", "handledger") == (asked["response_type"], asked["client_id"])
    assert f"{ADDRESS}/sign-in/provider/back" == asked["redirect_uri"]
    assert ("S256", 43) == (asked["code_challenge_method"], len(asked["code_challenge"]))
    assert 3 == len({asked["state"], asked["nonce"], asked["code_challenge"]})
    liar.claims = {"nonce": asked["nonce"]}
    who, after = oidc.finish(service.door, HERE, {"state": asked["state"], "code": CODE})
    assert (Identity(liar.issuer, "subject-1", "Lowri Gittins"), "/next") == (who, after)
    verifier = liar.asked[-1]["code_verifier"].encode()
    challenge = base64.urlsafe_b64encode(sha256(verifier).digest()).decode().rstrip("=")
    assert asked["code_challenge"] == challenge


def refused(service, back, browser=HERE):
    with pytest.raises(OidcRefused) as error:
        oidc.finish(service.door, browser, back)
    assert CODE not in str(error.value)
    return str(error.value)


def test_a_way_back_is_good_once(service, liar):
    back = sent(service, liar)
    oidc.finish(service.door, HERE, back)
    assert "no such sign-in" in refused(service, back)


def test_a_way_back_that_failed_is_not_good_either(service, liar):
    back = sent(service, liar, aud="another")
    refused(service, back)
    liar.claims.pop("aud")
    assert "no such sign-in" in refused(service, back)


def test_a_way_back_in_another_browser_is_refused(service, liar):
    """Somebody is made to sign in as somebody else, by a link."""
    assert "no such sign-in" in refused(service, sent(service, liar), ELSEWHERE)


@pytest.mark.parametrize("state", ["", "wrong", "a" * 43])
def test_a_state_that_we_did_not_give_is_refused(service, liar, state):
    assert "no such sign-in" in refused(service, {**sent(service, liar), "state": state})


def test_a_way_back_after_ten_minutes_is_refused(service, liar):
    back = sent(service, liar)
    service.at += 10 * 60
    assert "no such sign-in" in refused(service, back)


def test_a_way_back_of_another_issuer_is_refused(service, liar):
    """Mix-up (RFC 9207)."""
    assert "another issuer" in refused(
        service, {**sent(service, liar), "iss": "https://evil.example"}
    )


def test_a_provider_that_says_no_is_no_sign_in(service, liar):
    back = {**sent(service, liar), "error": "access_denied"}
    assert "did not sign them in" in refused(service, back)


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"nonce": "another"}, "InvalidClaimError"),
        ({"nonce": None}, "MissingClaimError"),
        ({"iss": "https://evil.example"}, "InvalidClaimError"),
        ({"aud": "another"}, "InvalidClaimError"),
        ({"aud": ["handledger", "another"]}, "MissingClaimError"),
        ({"aud": ["handledger", "another"], "azp": "another"}, "InvalidClaimError"),
        ({"azp": "another"}, "InvalidClaimError"),
        ({"exp": int(time.time()) - 3600}, "ExpiredTokenError"),
        ({"exp": None}, "MissingClaimError"),
        ({"nbf": int(time.time()) + 3600}, "InvalidClaimError"),
        ({"iat": int(time.time()) + 3600}, "InvalidClaimError"),
        ({"sub": None}, "MissingClaimError"),
        ({"sub": ""}, "no subject"),
        ({"sub": 7}, "InvalidClaimError"),
        ({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}, "InvalidClaimError"),
    ],
)
def test_a_token_with_a_wrong_claim_is_refused(service, liar, claims, why):
    assert why in refused(service, sent(service, liar, **claims))


def test_an_unsigned_token_is_refused(service, liar):
    back = sent(service, liar)
    liar.unsigned()
    assert "not good" in refused(service, back)


def test_a_token_signed_with_the_public_key_as_a_secret_is_refused(service, liar):
    back = sent(service, liar)
    liar.with_public_key_as_secret()
    assert "not good" in refused(service, back)


def test_a_token_of_another_key_is_refused(service, liar):
    back = sent(service, liar)
    liar.key = RSAKey.generate_key(2048, {"kid": "one"})
    assert "BadSignatureError" in refused(service, back)


@pytest.mark.parametrize("raw", ["", "a.b.c", "e30.e30.", "\x00"])
def test_what_is_no_token_is_refused(service, liar, raw):
    back = sent(service, liar)
    liar.answers = {"id_token": raw}
    assert "not good" in refused(service, back)


def test_an_answer_without_an_id_token_is_refused(service, liar):
    back = sent(service, liar)
    liar.answers = {"id_token": None}
    assert "not good" in refused(service, back)


@pytest.mark.parametrize(
    "said",
    [
        {"issuer": "https://evil.example"},
        {"issuer": "https://login.example/{tenantid}/v2.0"},
        {"token_endpoint": None},
        {"token_endpoint": "ftp://localhost/token"},
    ],
)
def test_a_provider_that_calls_itself_otherwise_is_not_asked(service, liar, said):
    liar.said = said
    with pytest.raises(OidcRefused):
        oidc.begin(service.door, HERE, "/next")


def test_a_provider_that_does_not_answer_is_no_traceback(service, liar):
    away = Provider("http://localhost:9", "handledger", "between us")
    with pytest.raises(OidcRefused, match="does not answer"):
        oidc.begin(replace(service.door, provider=away), HERE, "/next")


def test_an_identity_is_whom_somebody_said_and_never_the_address(service, liar):
    who = Identity(liar.issuer, "subject-1", "lowri@school.example")
    identities.note(service.door, who)
    assert identities.person_of(service.door, who) is None
    assert [("subject-1", "lowri@school.example")] == [
        tuple(row)[1:3] for row in identities.strangers(service.door)
    ]
    assert identities.map_to(service.door, liar.issuer, "subject-1", "stf-011", "stf-014")
    assert "stf-011" == identities.person_of(service.door, who)
    assert [] == identities.strangers(service.door)
    for other in (
        Identity(liar.issuer, "subject-2", "lowri@school.example"),
        Identity("https://evil.example", "subject-1", "lowri@school.example"),
    ):
        assert identities.person_of(service.door, other) is None


def test_only_who_came_is_mapped_and_only_once(service, liar):
    assert not identities.map_to(service.door, liar.issuer, "subject-9", "stf-011", "stf-014")
    who = Identity(liar.issuer, "subject-1", "")
    identities.note(service.door, who)
    assert identities.map_to(service.door, liar.issuer, "subject-1", "stf-011", "stf-014")
    identities.note(service.door, who)
    assert not identities.map_to(service.door, liar.issuer, "subject-1", "stf-014", "stf-014")
    assert "stf-011" == identities.unmap(service.door, liar.issuer, "subject-1", "stf-014")
    assert identities.person_of(service.door, who) is None


def test_strangers_are_forgotten_and_bounded(service, liar):
    for number in range(identities.MOST + 5):
        identities.note(service.door, Identity(liar.issuer, f"s-{number}", ""))
        service.at += 1
    assert identities.MOST == len(identities.strangers(service.door))
    service.at += 31 * 86400
    identities.note(service.door, Identity(liar.issuer, "new", ""))
    assert ["new"] == [row["subject"] for row in identities.strangers(service.door)]


def test_somebody_signs_in_at_a_real_provider(service, liar):
    """With the provider's own form, over HTTP."""
    with real_provider() as issuer:
        door = replace(service.door, provider=Provider(issuer, "handledger", "between us"))
        back = query(location(oidc.begin(door, HERE, "/next"), sub="subject-7"))
        who, after = oidc.finish(door, HERE, back)
        assert (Identity(issuer, "subject-7", "Lowri, l@s.example"), "/next") == (who, after)
        url = oidc.begin(door, HERE, "/next")
        with pytest.raises(OidcRefused):
            oidc.finish(door, HERE, query(location(url, sub="subject-7", action="deny")))


OIDC = {
    "HANDLEDGER_OIDC_ISSUER": "https://login.example/tenant/v2.0",
    "HANDLEDGER_OIDC_CLIENT_ID": "handledger",
    "HANDLEDGER_ADDRESS": "https://ledger.example",
}


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("OIDC_ISSUER", "https://login.example/common/v2.0", "lets in everybody"),
        ("OIDC_ISSUER", "https://login.example/organizations/v2.0", "lets in everybody"),
        ("OIDC_ISSUER", "http://login.example", "no https address"),
        ("OIDC_CLIENT_ID", "", "OIDC_CLIENT_ID is missing"),
        ("ADDRESS", "", "ADDRESS is missing"),
        ("ADDRESS", "https://ledger.example/", "without a path"),
        ("ADDRESS", "http://ledger.example", "ADDRESS is not https"),
        ("OIDC_CLIENT_SECRET_FILE", "/nowhere", "is not a file"),
        ("PROXY", "localhost", "no IP address"),
    ],
)
def test_a_provider_that_is_set_wrongly_is_named(tmp_path, name, value, why):
    secret = tmp_path / "secret"
    secret.write_text("between us\n")
    given = {**OIDC, "HANDLEDGER_OIDC_CLIENT_SECRET_FILE": str(secret)}
    assert "https://ledger.example" == read_config(str(tmp_path), given).address
    with pytest.raises(ConfigError, match=why):
        read_config(str(tmp_path), {**given, f"HANDLEDGER_{name}": value})
