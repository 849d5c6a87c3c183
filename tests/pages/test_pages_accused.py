"""The story of the accused head teacher: two ledgers, and nobody but the chair can tell them apart.

In one the teacher reports the head, adds to it, and the chair of governors opens and deals with it;
in the other there is a cover wherever the first has a sealed act. Then everything there is to ask
is asked of both, as everybody.
"""

import re
import zipfile
from io import BytesIO

import pytest
from cast import CHAIR, HEAD, TEACHER
from coming import ADDED, COMES, IDS, path_of, signed_in
from confiding import CHAIRS, named
from served import opened
from simulator import VALID
from small import asked

from api import may
from api.pages import calendar
from api.tokens import FEED
from keys.confidential import ConfidentialKey
from keys.vault import reread
from ledger.domain.catalogue import ACTIONS
from ledger.opening import ACT
from ledger.outcomes import Receipt
from ledger.ports import KeyMissing
from ledger.rows import SealedRow, SubjectKey
from ledger.sealing import Place, unseal
from projections.routes import ROUTES

SECRETS = ("Messages at night", "LADO-77", "I need support")
OTHERS = [role for role in may.ROLES if role != may.CHAIR]
# What two ledgers differ in that say the same: hashes, ids and keys drawn at random, and what is
# made of them: signatures, fingerprints in words, codes to scan, marks of forms.
DRAWN = (
    r"[0-9a-f]{12,}",
    r"[A-Za-z0-9+/_-]{40,}={0,2}",
    r'name="(csrf|key)" value="[^"]*"',
    r'<dd lang="en">[^<]*</dd>',
    r"— \S+ \S+",
)


def accuse(ledger, clock):
    """The story; returns the number of the incident."""
    report = {"kind": "staff_pupil_contact", "summary": "Messages at night to a pupil"}
    report |= {"about": [HEAD], "protect_reporter": True}
    case = {"incident": said(ledger, "report_incident", TEACHER, **report).incident}
    union = {"agency": "union", "reason": "I need support"}
    said(ledger, "notify_agency", TEACHER, **case, **union)
    ledger.open_confidential(CHAIRS, CHAIR)
    clock.at += 3600
    said(ledger, "assess_incident", CHAIR, **case, severity="high", classification="illegal")
    told = {"agency": "la_designated_officer", "reason": "Duty", "reference": "LADO-77"}
    said(ledger, "notify_agency", CHAIR, **case, **told)
    ledger.seal_reading(case["incident"], CHAIR)
    return case["incident"]


def cover(ledger, clock):
    """The same number of covers, at the same times."""
    ledger.seal_cover()
    ledger.seal_cover()
    clock.at += 3600
    for _ in range(3):
        ledger.seal_cover()
    return "00ab" + "7" * 28


def said(ledger, action, actor, **data):
    receipt = ledger.record(asked(action, data, actor))
    assert isinstance(receipt, Receipt), receipt
    return receipt


class Told:
    """One of the two: a client, its ledger, and the number that there is or might be."""

    def __init__(self, app, ledger, tokens, story):
        app.extensions["handledger"].public_log = True
        self.client, self.ledger, self.tokens = app.test_client(), ledger, tokens
        clock = ledger.ports.clock
        clock.at, clock.since = ledger.entries().all[-1].record.time + 60, None
        for office, who in ADDED.items():
            kind = "governor" if office == "governor" else "external"
            data = {"person": who, "name": f"A {office}", "kind": kind}
            said(ledger, "register_person", HEAD, **data, offices=[office] if office else [])
        said(ledger, "adopt_confidential_keys", CHAIR, **named())
        self.before = ledger.store.size()
        self.incident = story(ledger, clock)

    def ids(self, role):
        last = self.ledger.store.size() - 1
        return {**IDS, "incident": self.incident, "position": str(self.before), "name": "report",
                "subject": HEAD, "last": str(last)}  # fmt: skip

    def get(self, role, path, accept="text/html"):
        headers = {**signed_in(self.client, role)["headers"], "Accept": accept}
        return plain(self.client.get(path, headers=headers), self.incident)

    def post(self, role, path, **form):
        with_ = signed_in(self.client, role)
        got = self.client.post(path, headers=with_["headers"], data={**with_["data"], **form})
        return plain(got, self.incident)

    def act(self, role, action, data):
        secret = self.tokens.issue(COMES[role])
        headers = {"Authorization": f"Bearer {secret}"}
        self.client.delete_cookie("handledger-session")
        path = f"/v1/actions/{action}"
        return plain(self.client.post(path, json={"data": data}, headers=headers), self.incident)


def plain(got, incident):
    """(status, type, text) of an answer, without what is drawn at random."""
    body = got.get_data()
    assert not [word for word in SECRETS if word.encode() in body]
    if got.mimetype == "application/zip":
        with zipfile.ZipFile(BytesIO(body)) as file:
            members = [(i.filename, i.file_size) for i in file.infolist()]
            text = b"".join(file.read(name) for name, _ in members if "tile/" not in name)
        assert not [word for word in SECRETS if word.encode() in text]
        sizes = [(name, size) for name, size in members if name != "report.html"]
        return got.status_code, got.mimetype, str(sorted(sizes))
    if got.mimetype == "application/octet-stream":
        return got.status_code, got.mimetype, str(len(body))
    text = body.decode("utf-8", "replace").replace(incident, "INCIDENT")
    for drawn in DRAWN:
        text = re.sub(drawn, "*", text)
    return got.status_code, got.mimetype, text


@pytest.fixture(name="two")
def _two(played, tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    with (
        opened(played, tmp_path / "one") as (app, ledger, tokens),
        opened(played, tmp_path / "other") as (app2, ledger2, tokens2),
    ):
        yield Told(app, ledger, tokens, accuse), Told(app2, ledger2, tokens2, cover)


def differing(two, ask):
    """What one of them says and the other does not; empty where they cannot be told apart."""
    one, other = (ask(told) for told in two)
    assert one.keys() == other.keys()
    return {name: apart(one[name], other[name]) for name in one if one[name] != other[name]}


def apart(one, other):
    """The two answers from shortly before where they begin to differ."""
    a, b = str(one), str(other)
    at = next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), 0)
    return a[max(at - 60, 0) : at + 60], b[max(at - 60, 0) : at + 60]


def routes(told, role):
    """Every route there is, asked with its method."""
    ids, answers = told.ids(role), {}
    for rule in told.client.application.url_map.iter_rules():
        if rule.endpoint in ("queries.ask", "restricted.ask"):
            continue
        path = path_of(rule, ids)
        if "GET" in rule.methods:
            answers["GET", rule.rule] = told.get(role, path)
            if role == may.SLT:  # the accused themself: as a program too
                answers["GET", rule.rule, "json"] = told.get(role, path, "application/json")
        if "POST" in rule.methods and not rule.rule.startswith("/sign-"):
            answers["POST", rule.rule] = told.post(role, path)
    # Sessions and tokens are kept by the door, which knows no record and has the machine's clock.
    return {k: v[:2] if k[1].startswith(("/me/", "/door/")) else v for k, v in answers.items()}


def questions(told, role):
    """Every question, of the log and of the log as the role reads it, with every id there is."""
    answers = {}
    for route in ROUTES:
        known = {**IDS, "person": HEAD, "subject": HEAD}
        for ids in (told.ids(role), known) if role == may.SLT else (told.ids(role),):
            path = route.path.format(**ids)
            for way in (path, path.replace("/v1", "/v1/restricted", 1)):
                answers[way.replace(told.incident, "INCIDENT")] = told.get(role, way)
    for position in range(told.before - 1, told.ledger.store.size()):
        for path in ("/v1/records/{}", "/records/{}", "/record/done/{}", "/records/{}/raw"):
            answers[path.format(position)] = told.get(role, path.format(position))
    for path in (
        "/v1/restricted",
        "/v1/records?limit=500",
        "/v1/records?type=Sealed",
        "/v1/records?after=120",
        f"/v1/sla?subject={told.incident}",
        f"/investigate/find?for={told.incident}",
        "/today?download=late&as=csv",
        "/records?for=head",
    ):
        answers[path.replace(told.incident, "INCIDENT")] = told.get(role, path)
    return answers


def files(told, role):
    """Evidence of every kind, the report as a table, and the calendar feed."""
    every = {"scope": "all", "disclose": "all", "given_to": HEAD, "key": "k" * 20}
    answers = {
        "evidence": told.post(role, "/audit/evidence", **every),
        "page": told.post(role, "/audit/evidence", **every, how="page")[:2],
        "case": told.post(role, f"/incidents/{told.incident}/export", given_to=HEAD, key="c" * 20),
        "report": told.get(role, "/v1/report.csv?from=2026-09-01&to=2026-12-31"),
    }
    if role != may.NOBODY:
        secret = told.tokens.issue(COMES[role], (FEED,), 9)
        with told.client.application.test_request_context():
            address = calendar.address(secret)
        answers["feed"] = told.get(may.NOBODY, address[address.index("/", 8) :])
    return answers


def commands(told, role):
    """Every action that can name an incident, or the sealed record itself."""
    answers = {}
    target = told.ledger.entries().all[told.before].record.id
    for name, (_, data, _) in VALID.items() if role != may.NOBODY else ():
        for field in ACTIONS[name].fields:
            if field.refers in ("incident", "about", "anything", "hold"):
                given = {**data, field.name: told.incident}
                answers[name, field.name] = told.act(role, name, given)
            if field.refers == "entry":
                answers[name, field.name] = told.act(role, name, {**data, field.name: target})
    return answers


@pytest.mark.parametrize("role", OTHERS)
def test_nobody_else_can_tell(two, role):
    for ask in (routes, questions, files, commands):
        assert differing(two, lambda told, ask=ask: ask(told, role)) == {}, ask.__name__


def test_the_chair_can(two):
    """The same questions do show it to the chair: so they could have shown it to others."""
    told, _ = two
    body = told.client.get(
        f"/v1/restricted/incidents/{told.incident}/timeline",
        headers={"Authorization": f"Bearer {told.tokens.issue(CHAIR)}"},
    ).get_data(as_text=True)
    assert all(word in body for word in SECRETS)
    assert TEACHER not in body


def test_no_key_of_the_operators_opens_it(two):
    """Vault, passphrase and database: all that lies at the service is tried on everything."""
    told, _ = two
    held = told.ledger
    service = reread(held.ports.wrapping_keys.vault)
    assert len(service.secrets) >= 4
    with held.store.reading() as c:
        c.execute("SELECT subject, epoch, wrapped FROM subject_keys")
        others = [SubjectKey(*row) for row in c.fetchall()]
    known = [*service.secrets.values()]
    for row in others:
        try:
            known.append(held.ports.wrapper(row.epoch).unwrap(row.wrapped, row.subject))
        except KeyMissing:
            assert row.subject.startswith("stream:sealed/")
    assert len(known) > 20
    for position in range(told.before, told.before + 5):
        record = held.entries().all[position].record
        row = held.store.row(SealedRow, (position, ACT))
        wrapped = held.store.row(SubjectKey, (row.subject,)).wrapped
        for key in known:
            with pytest.raises(ValueError, match="act"):
                unseal(Place(record.source, record.id, ACT), row.ciphertext, key)
            for half in (wrapped[:81], wrapped[81:]):
                with pytest.raises(ValueError, match="does not open"):
                    ConfidentialKey(key).open(half, row.subject)
