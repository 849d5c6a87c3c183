"""The chair brings the key to the pages, reads and decides, and takes it away again."""

from html import unescape
from io import BytesIO

import pytest
from cast import CHAIR, HEAD, MODERATOR, TEACHER
from coming import signed_in
from small import asked

from api import may
from keys import confidential, vault
from ledger.confidential import ADOPTED
from ledger.fsck import fsck
from ledger.outcomes import Receipt
from ledger.proof.encoding import b64encode

SECRET = "a passphrase of the chair"
REPORT = {"kind": "bullying", "summary": "In the staff room, again", "about": [HEAD]}


@pytest.fixture(name="key")
def _key(tmp_path):
    """(octets of the chair's key file, its public key)."""
    path = tmp_path / "chair" / "chair.json"
    made = confidential.make(path, SECRET.encode(), vault.REHEARSAL_COST)
    return path.read_bytes(), b64encode(made.public_key)


@pytest.fixture(name="site")
def _site(term, key):
    """(client, ledger): the term, with the chair's key and another adopted."""
    client, _, ledger = term
    other = confidential.ConfidentialKey(b"A" * 32)
    data = {"version": 1, "chair_key": key[1], "authority_key": b64encode(other.public_key)}
    data |= {"authority": "Powys County Council"}
    assert isinstance(ledger.record(asked("adopt_confidential_keys", data, CHAIR)), Receipt)
    return client, ledger


def page(client, role, path="/restricted", language="en"):
    headers = {**signed_in(client, role)["headers"], "Accept": "text/html"}
    got = client.get(path, headers={**headers, "Accept-Language": language})
    return got.status_code, unescape(got.text)


def bring(client, role, data, secret=SECRET):
    with_ = signed_in(client, role)
    form = {**with_["data"], "key": (BytesIO(data), "chair.json"), "passphrase": secret}
    headers = {"Accept": "text/html"}
    return client.post("/restricted/open", data=form, headers=headers)


def report(ledger):
    receipt = ledger.record(asked("report_incident", REPORT, TEACHER))
    assert isinstance(receipt, Receipt)
    return receipt


def test_without_a_key_adopted_the_pages_say_who_can_read(term):
    client, _, _ = term
    for path, role in (
        ("/restricted", may.CHAIR),
        ("/audit", may.MODERATOR),
        ("/today", may.CHAIR),
    ):
        assert "Whoever runs the machine of this ledger can read" in page(client, role, path)[1]
    assert "adopt_confidential_keys" in page(client, may.CHAIR)[1]
    assert page(client, may.MODERATOR)[0] == 403


def test_a_change_of_keys_is_told(site):
    client, ledger = site
    assert (
        "The keys that open restricted reports were changed" in page(client, may.SLT, "/today")[1]
    )
    said = page(client, may.MODERATOR, "/audit")[1]
    [adopted] = [e.fields for e in ledger.entries().of(ADOPTED)]
    assert adopted["chair_key"] in said
    assert adopted["authority_key"] in said
    assert "Whoever runs the machine" not in said
    assert "Powys County Council" in page(client, may.CHAIR, language="cy")[1]


def test_the_chair_opens_reads_decides_and_closes(site, key):
    client, ledger = site
    case = report(ledger).incident
    assert case not in page(client, may.CHAIR, "/investigate")[1]
    got = bring(client, may.CHAIR, key[0])
    assert (got.status_code, got.location) == (303, "/restricted")
    assert "What your key opens is open" in page(client, may.CHAIR)[1]
    assert case in page(client, may.CHAIR, "/investigate")[1]
    size = ledger.store.size()
    assert "In the staff room, again" in page(client, may.CHAIR, f"/incidents/{case}")[1]
    page(client, may.CHAIR, f"/incidents/{case}")
    assert ledger.store.size() == size + 1  # that it was read, once an hour
    assert "Glenys Harcourt" in page(client, may.CHAIR)[1].split("Who read which incident")[1]

    # Whoever is of the leadership cannot tell that it is open.
    assert "Your key file" in page(client, may.SLT)[1]
    assert page(client, may.SLT, f"/incidents/{case}")[0] == 404
    client.post("/restricted/close", data=signed_in(client, may.SLT)["data"])
    assert ledger.opened_by() == CHAIR

    client.post("/restricted/close", data=signed_in(client, may.CHAIR)["data"])
    assert ledger.opened_by() is None
    assert page(client, may.CHAIR, f"/incidents/{case}")[0] == 404


def test_what_fits_nothing_is_shown_without_its_sender(site, key):
    client, ledger = site
    report(ledger)
    data = {"incident": "0" * 32, "agency": "union", "reason": "I mistyped it"}
    assert isinstance(ledger.record(asked("notify_agency", data, TEACHER)), Receipt)
    bring(client, may.CHAIR, key[0])
    said = page(client, may.CHAIR)[1].split("Sent, but fitting nothing")[1]
    assert "I mistyped it" in said
    assert TEACHER not in said


def test_signing_out_closes_it(site, key):
    client, ledger = site
    bring(client, may.CHAIR, key[0])
    held = client.get_cookie("handledger-session").value
    assert ledger.opened_by() == CHAIR
    from api.door import csrf

    client.post("/sign-out", data={"csrf": csrf.token_of(held)})
    assert ledger.opened_by() is None


def test_a_wrong_key_or_passphrase_opens_nothing(site, key, tmp_path):
    client, ledger = site
    stranger = tmp_path / "other" / "k.json"
    confidential.make(stranger, SECRET.encode(), vault.REHEARSAL_COST)
    for data, secret in (
        (key[0], "wrong"),
        (b"", SECRET),
        (b"x" * 5000, SECRET),
        (stranger.read_bytes(), SECRET),
    ):
        got = bring(client, may.CHAIR, data, secret)
        assert (got.status_code, ledger.opened_by()) == (400, None)
        assert "This does not open anything" in unescape(got.text)
        assert SECRET not in got.text
    assert bring(client, may.MODERATOR, key[0]).status_code == 403


def test_a_token_is_not_enough(site, key):
    client, ledger = site
    tokens = client.application.extensions["handledger"].tokens
    client.delete_cookie("handledger-session")
    headers = {"Authorization": f"Bearer {tokens.issue(CHAIR)}"}
    form = {"key": (BytesIO(key[0]), "chair.json"), "passphrase": SECRET}
    assert client.post("/restricted/open", data=form, headers=headers).status_code == 403
    assert ledger.opened_by() is None


def test_the_key_is_written_nowhere(site, key):
    client, ledger = site
    report(ledger)
    bring(client, may.CHAIR, key[0])
    secret = confidential.from_bytes(key[0], SECRET.encode()).secret
    for path in ledger.directory.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert secret not in data, path
            assert secret.hex().encode() not in data, path
            assert SECRET.encode() not in data, path
    assert fsck(ledger.directory, ledger.key) == []


def test_the_reporter_is_told_who_will_read_it_and_gets_the_receipt(site):
    client, ledger = site
    made = report(ledger)
    headers = {"Accept": "text/html"}
    tokens = client.application.extensions["handledger"].tokens
    client.delete_cookie("handledger-session")
    own = {**headers, "Authorization": f"Bearer {tokens.issue(TEACHER)}"}
    got = client.get(f"/record/done/{made.position}", headers=own)
    assert got.status_code == 200
    assert made.incident in got.text
    other = {**headers, "Authorization": f"Bearer {tokens.issue(MODERATOR)}"}
    assert client.get(f"/record/done/{made.position}", headers=other).status_code == 404


def test_the_receipt_page_does_not_tell_whether_it_is_open(site, key):
    """Not to whoever made the record: the accused can make one too, and look again and again."""
    client, ledger = site
    made = report(ledger)
    tokens = client.application.extensions["handledger"].tokens
    client.delete_cookie("handledger-session")
    own = {"Accept": "text/html", "Authorization": f"Bearer {tokens.issue(TEACHER)}"}
    path = f"/record/done/{made.position}"
    closed = client.get(path, headers=own)
    bring(client, may.CHAIR, key[0])
    client.delete_cookie("handledger-session")
    assert (closed.status_code, client.get(path, headers=own).text) == (200, closed.text)
    ledger._recent._kept.clear()  # an hour later
    assert client.get(path, headers=own).status_code == 404


def test_reading_a_single_record_of_it_is_recorded_too(site, key):
    client, ledger = site
    made = report(ledger)
    bring(client, may.CHAIR, key[0])
    size = ledger.store.size()
    assert "In the staff room, again" in page(client, may.CHAIR, f"/records/{made.position}")[1]
    page(client, may.CHAIR, f"/records/{made.position}")
    assert ledger.store.size() == size + 1
    assert "Glenys Harcourt" in page(client, may.CHAIR)[1].split("Who read which incident")[1]


def test_what_was_meant_for_the_authority_alone_is_not_shown_to_the_chair(site, key):
    """Mistyped, or of another: the authority's key is lent, and the chair looks in."""
    client, ledger = site
    data = {"incident": "ffff" + "0" * 28, "agency": "union", "reason": "it is about the chair"}
    assert isinstance(ledger.record(asked("notify_agency", data, TEACHER)), Receipt)
    ledger.open_confidential(confidential.ConfidentialKey(b"A" * 32), HEAD)
    assert "it is about the chair" not in page(client, may.CHAIR)[1]
