"""A canary in every field that is sealed: it lies nowhere but under its key, and then nowhere.

The list of fields comes from the catalogue: a field that is added is looked for by itself.
"""

import base64
import html
import json
import logging
import tempfile
from urllib.parse import quote_plus

import pytest
from leaks import files_under, found_in, hits, spellings
from simulator import ENVELOPE, HEAD, MODERATOR, VALID

from api.app import create_app
from api.door.opening import open_door
from api.tokens import Tokens
from ledger.domain.catalogue import ACTIONS
from ledger.retaining import proposal
from ledger.rows import SealedRow, SubjectKey

WORDS = "Qzx{}yw <Mair Ŵyn/ap+Huw>"
FAR = "2070-01-05T09:00:00+00:00"  # long after every period of retention


def canaries(action):
    """The sealed texts of an action, each with a value of its own."""
    texts = [f for f in ACTIONS[action].fields if f.sealed and f.kind == "text"]
    made = {f.name: WORDS.format(n) for n, f in enumerate(texts)}
    return {f.name: [made[f.name]] if f.many else made[f.name] for f in texts}


CASES = [action for action in VALID if canaries(action) and VALID[action][0] != "system"]


def words_of(planted):
    return [v[0] if isinstance(v, list) else v for v in planted.values()]


@pytest.fixture(name="place")
def _place(school, tmp_path, monkeypatch, caplog):
    """A served school, all of whose files, logs and answers can be looked through."""
    for name in ("cwd", "tmp"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "cwd")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    caplog.set_level(logging.DEBUG)
    return Place(school, tmp_path, caplog)


class Place:
    def __init__(self, school, folder, caplog):
        self.school, self.folder, self.caplog = school, folder, caplog
        self.tokens = Tokens(school.directory / "access.db")
        door = open_door(school.office(), school.ledger)
        self.client = create_app(school.ledger, self.tokens, door=door).test_client()

    def ask(self, path, who, **more):
        headers = {"Authorization": f"Bearer {self.tokens.issue(who)}", **more.pop("headers", {})}
        return self.client.open(path, headers=headers, **more)

    def leaked(self, values):
        """Where one of the values lies, in whatever spelling."""
        logged = found_in(self.caplog.text.encode(), values)
        return [*hits(values, self.folder), *(("log", value) for value in logged)]

    def shown(self, position, who):
        """All that is shown of a record, to who may see most."""
        pages = (f"/records/{position}", f"/v1/records/{position}", "/v1/refusals", "/health/ready")
        accept = {"Accept": "text/html"}
        return b"".join(
            self.ask(p, who, headers=accept if "/v1" not in p else {}).data for p in pages
        )


def recorded(place, action, actor, given, planted):
    """Refuse it once, record it twice with one key; return the position."""
    body = {name: given.pop(name) for name in ENVELOPE if name in given}
    late = {"late_reason": WORDS.format("late")}
    data = {**given, **planted, **late}
    path, values = f"/v1/actions/{action}", [*words_of(planted), *late.values()]
    ahead = {**body, "occurred_at": place.school.ago(hours=-2), "data": data}
    refused = place.ask(path, actor, method="POST", json=ahead)
    assert refused.status_code == 422
    assert found_in(refused.data, values) == []
    odd = {**body, "data": {**data, "nothing_of_the_kind": values[0]}}
    assert found_in(place.ask(path, actor, method="POST", json=odd).data, values[:1]) == []
    key = {"Idempotency-Key": "a-key-of-this-test"}
    for _ in range(2):
        said = place.ask(path, actor, method="POST", json={**body, "data": data}, headers=key)
        assert said.status_code == 201, said.json
        assert found_in(said.data, values) == []
    return said.json["position"], values


def erase_everything(place, keep):
    """Erase every subject, and let every period of retention run out."""
    school = place.school
    with school.ledger.store.reading() as c:
        c.execute("SELECT subject FROM subject_keys WHERE subject LIKE 'subject:%'")
        names = {row[0].partition(":")[2] for row in c.fetchall()} - set(keep)
    for number, name in enumerate(sorted(names)):
        ask = {"request": f"rts-9{number}"}
        school.accept("receive_rights_request", HEAD, **ask, kind="erasure", subject=name)
        school.accept("decide_rights_request", HEAD, **ask, decision="granted")
        school.ask("erase_subject", MODERATOR, **ask, subject=name)
    school.at(FAR)
    due = proposal(school.ledger, school.clock.at)
    ran = {"schedule_version": due.schedule_version, "keys_destroyed": len(due.keys)}
    school.ask("run_retention", "system", **ran)


def lying(place, position):
    """The sealed rows of a record that are still there, and the octets they consist of."""
    store = place.school.ledger.store
    paths = place.school.ledger.entries().all[position].record.sealed
    rows = [store.row(SealedRow, (position, path)) for path in paths]
    there = [row for row in rows if row.subject is not None]
    keys = [store.row(SubjectKey, (row.subject,)) for row in there]
    return there, [*(row.ciphertext for row in there), *(key.wrapped for key in keys)]


@pytest.mark.parametrize("action", CASES)
def test_a_sealed_value_lies_nowhere_but_under_its_key_and_then_nowhere(place, action):
    actor, data, before = VALID[action]
    more = before(place.school)
    place.school.later(minutes=10)
    planted = canaries(action)
    given = {**data, **(more if isinstance(more, dict) else {})}
    position, values = recorded(place, action, actor, given, planted)
    place.shown(position, HEAD)
    assert place.leaked(values) == []
    _, octets = lying(place, position)
    assert octets

    erase_everything(place, keep=(HEAD, MODERATOR))
    left, kept = lying(place, position)
    gone = [o for o in octets if o not in kept and o not in rewrapped(place)]
    files = b"".join(path.read_bytes() for path in files_under(place.school.directory))
    assert not [o for o in gone if o in files]
    assert place.leaked(values) == []
    if not left:
        assert found_in(place.shown(position, HEAD), values) == []


def rewrapped(place):
    with place.school.ledger.store.reading() as c:
        c.execute("SELECT wrapped FROM subject_keys")
        return [row[0] for row in c.fetchall()]


def test_every_action_that_seals_a_text_is_tried():
    sealing = {name for name in ACTIONS if canaries(name)}
    assert len(CASES) > 60
    assert sealing - set(CASES) <= {"annul_entry", "correct_entry", "open_ledger"}


@pytest.mark.parametrize("spell", [
    lambda t: t.encode(), lambda t: json.dumps(t).encode(), lambda t: t.encode().hex().encode(),
    lambda t: b"ab" + base64.b64encode(b"x" + t.encode() + b"yz"),
    lambda t: quote_plus(t).encode(),
    lambda t: html.escape(t).encode(), lambda t: t.encode("utf-16-le"),
])  # fmt: skip
def test_a_leak_would_be_found_in_whatever_spelling(tmp_path, spell):
    value = WORDS.format(1)
    (tmp_path / "leak").write_bytes(b"before " + spell(value) + b" after")
    assert hits([value], tmp_path) == [("leak", value)]
    assert all(spellings(value))
