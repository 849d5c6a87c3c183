"""What is due and what was destroyed: the questions, the page, the records, in both languages."""

import pytest
from cast import CHAIR, DEPUTY, HEAD, MODERATOR
from small import asked

from ledger.outcomes import Receipt

TEACHER = "stf-041"
YEARS = 11 * 366 * 86400


@pytest.fixture(name="due")
def _due(term):
    """due() -> what is due eleven years after the term, as the API says it."""
    client, bearer, ledger = term
    ledger.ports.clock.at += YEARS
    given = {"person": "stf-090", "name": "Nia", "kind": "staff", "offices": []}
    assert isinstance(ledger.record(asked("register_person", given, HEAD)), Receipt)
    return lambda who=HEAD: client.get("/v1/retention/due", headers=bearer(who))


def destroyed(ledger, due):
    """Both steps, as the answers word them; the receipt of the second."""
    said = due().get_json()["answer"]["run_retention"]
    assert isinstance(ledger.record(asked("run_retention", said, MODERATOR)), Receipt)
    said = due().get_json()["answer"]["destroy_records"]
    return ledger.record(asked("destroy_records", said, HEAD))


def test_what_is_due_says_why_and_only_to_who_handles_personal_data(due):
    said = due().get_json()["answer"]
    kinds = {row["kind"] for row in said["keys"]}
    assert {"incident", "enquiry"} <= kinds
    row = next(r for r in said["records"] if r["stream"] == "incident/case-2026-001")
    assert (row["months"], row["since"][:4], row["until"][:4]) == (120, "2026", "2036")
    assert said["run_retention"]["keys_destroyed"] == len(said["keys"])
    assert due(TEACHER).status_code == 403
    assert due(CHAIR).status_code == 200


@pytest.mark.parametrize(
    ("language", "heading", "none"),
    [("en", "How long things are kept", "None are due."),
     ("cy", "Pa mor hir y cedwir pethau", "Nid yw amser dim un wedi dod.")],
)  # fmt: skip
def test_the_page_shows_it_and_afterwards_what_was_destroyed(
    look, term, due, language, heading, none
):
    _, _, ledger = term
    status, text = look("/audit/retention", HEAD, language)
    assert (status, heading in text, "incident/case-2026-001" in text) == (200, True, True)
    assert "/record/destroy_records" in text or "destroy_records" in text
    gone = destroyed(ledger, due)
    status, text = look("/audit/retention", HEAD, language)
    assert (none in text, f'href="/records/{gone.position}"' in text) == (True, True)
    assert look("/audit/retention", TEACHER)[0] == 403


def test_a_destroyed_record_says_so_and_still_has_its_hash_and_proof(look, term, due):
    client, bearer, ledger = term
    gone = destroyed(ledger, due)
    first = ledger.entries().all[gone.position].fields["positions"][0][0]
    got = client.get(f"/v1/records/{first}", headers=bearer(HEAD))
    said = got.get_json()
    assert (got.status_code, said["code"], said["destroyed_by"]) == (
        410, "record_destroyed", gone.position,
    )  # fmt: skip
    assert f"Record {gone.position} destroyed it on 20" in said["detail"]
    assert (said["leaf"], said["proof"][:18]) == (ledger.leaf(first).hex(), "c2sp.org/tlog-proo")
    listed = client.get(f"/v1/records?after={first - 1}&limit=1", headers=bearer(HEAD)).get_json()
    [row] = listed["answer"]
    assert (row["position"], row["destroyed_by"]) == (first, gone.position)
    assert "fields" not in row
    for language, words in (("en", "destroyed under retention"), ("cy", "dinistriwyd yn ôl")):
        status, text = look(f"/records/{first}", HEAD, language)
        assert (status, words in text, f"/records/{gone.position}" in text) == (410, True, True)
    assert look(f"/records/{first}/raw", HEAD)[0] == 410
    assert look(f"/records/{first}/proof", HEAD)[0] == 200
    tile = client.get("/log/tile/entries/000.p/100", headers=bearer(HEAD))
    assert (tile.status_code, tile.get_json()["code"]) == (410, "record_destroyed")
    assert client.get("/log/tile/0/000.p/100", headers=bearer(HEAD)).status_code == 200
    assert client.get("/health/ready").status_code == 200
    assert look("/records", HEAD)[0] == look("/today", HEAD)[0] == look("/audit", HEAD)[0] == 200


def test_a_file_of_everything_is_then_redacted_and_says_why(term, due):
    client, bearer, ledger = term
    gone = destroyed(ledger, due)
    got = client.post("/v1/evidence", headers=bearer(HEAD), json={})
    assert got.status_code == 201
    words = got.headers["X-Handledger-Not-Complete"]
    assert f"destroyed by record {gone.position} under retention" in words
    assert ledger.entries().all[-1].type == "EvidenceExported"
    case = client.post("/v1/evidence", headers=bearer(HEAD), json={"incident": "case-2026-001"})
    assert (case.status_code, case.get_json()["code"]) == (422, "unknown_reference")


def test_the_form_fills_in_what_is_due_and_reads_it_back(look, term, due):
    status, text = look("/record/destroy_records", DEPUTY)
    positions = due().get_json()["answer"]["destroy_records"]["positions"]
    first = positions[0]
    said = f"{first[0]}" if first[0] == first[1] else f"{first[0]}-{first[1]}"
    assert (status, said in text) == (200, True)
