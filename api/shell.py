"""What the command line does with a ledger: the same checks and answers as the API."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from api import exporting, own_key, requests, wiring
from api.access import ACCESS
from api.config import Config
from api.tokens import SCOPES, Tokens
from ledger.desk import KeyReused, TooLarge
from ledger.domain import standing
from ledger.domain.acts import Refused
from ledger.domain.catalogue import ACTIONS
from ledger.domain.school_time import in_london
from ledger.genesis import REHEARSAL
from ledger.outcomes import Declined, Receipt
from ledger.proof.dsse import Signer
from ledger.proof.encoding import b64encode, read_json
from ledger.proof.errors import Malformed
from ledger.retaining import proposal
from ledger.sealing import TooLong
from projections import following

if TYPE_CHECKING:
    from werkzeug.test import TestResponse


class ShellError(Exception):
    """An argument that cannot be meant."""


class BadReport(ShellError):
    """A report over a period, or of a moment, that is none."""


def fields(text: str) -> dict[str, Any]:
    """The JSON object of `--fields`, read strictly. Raises ShellError."""
    try:
        value = read_json(text.encode("utf-8", "surrogateescape"))
    except Malformed as error:
        raise ShellError(f"--fields: {error}") from None
    if not isinstance(value, dict):
        raise ShellError("--fields is not a JSON object")
    return value


def record(
    config: Config,
    action: str,
    actor: str,
    body: dict[str, Any],
    clock_ok: bool,
    key: Signer | None = None,
) -> tuple[bool, dict[str, Any]]:
    """Record one action, signed with the actor's own `key` where there is one.

    Returns whether it was accepted, and the receipt or problem.
    """
    if action not in ACTIONS:
        raise ShellError(f"there is no action {action[:80]!r}")
    with wiring.open_ledger(config, clock_ok) as ledger:
        try:
            asked = requests.asked(action, actor, body)
            if key is not None:
                made = requests.to_sign(asked.command, ledger.to_sign(asked.command))
                asked = requests.asked(action, actor, own_key.signed(made, key))
            outcome = ledger.record(asked)
        except Refused as no:
            return False, requests.not_recorded(action, no)
        except (TooLarge, TooLong, KeyReused) as error:
            return False, requests.problem(413, "too_large", str(error))
    if isinstance(outcome, Receipt):
        return True, requests.receipt(outcome)
    return False, requests.refusal(action, outcome)


def get(config: Config, paths: Sequence[str]) -> Iterator[tuple[bool, str]]:
    """Whether each path was answered, and its line of JSON; as the auditor role."""
    for answer in _asked(config, paths):
        yield answer.status_code == 200, _one_line(_text(answer))


def _text(answer: TestResponse) -> str:
    """What was answered, octets that are no text in base64."""
    octets = answer.mimetype == "application/octet-stream"
    return b64encode(answer.get_data()) if octets else answer.get_data(as_text=True)


def _asked(config: Config, paths: Iterable[str]) -> Iterator[TestResponse]:
    """The answer to each path; as the auditor role."""
    from api.app import create_app
    from api.context import LOCAL
    from api.tokens import Token

    with wiring.open_ledger(config) as ledger:
        client = create_app(ledger, Tokens(config.data / ACCESS)).test_client()
        auditor = Token("local", "auditor", ("read",), local=True)
        for path in paths:
            yield client.get(path, environ_overrides={LOCAL: auditor})


def report(config: Config, form: str, params: Mapping[str, str | None]) -> bytes:
    """The governors' report as `json`, `csv` or `html`. Raises BadReport for a bad parameter."""
    ending = "" if form == "json" else f".{form}"
    wanted = urlencode({name: value for name, value in params.items() if value is not None})
    (answer,) = _asked(config, [f"/v1/report{ending}?{wanted}"])
    if answer.status_code != 200:
        problem = json.loads(answer.get_data())
        option = problem.get("detail", "").replace("_", "-")
        raise BadReport(f"--{option}: {problem['title']}" if option else problem["title"])
    return answer.get_data()


def retention(config: Config) -> dict[str, Any]:
    """What is due by the retention schedule, in the words of `GET /v1/retention/due`."""
    from api.retention import as_json

    with wiring.open_ledger(config) as ledger:
        return as_json(ledger, proposal(ledger, ledger.ports.clock.now()))


def rebuild(config: Config) -> dict[str, Any]:
    """Make the read models anew from the log; what was made, and which views stopped and why."""
    with wiring.open_ledger(config) as ledger:
        records = [entry.record for entry in ledger.entries().all]
        path = ledger.directory / following.TABLES
        stopped = following.rebuild(path, records)
    digest = sha256(path.read_bytes()).hexdigest()
    return {"file": str(path), "size": len(records), "sha256": digest, "stopped": stopped}


def _one_line(text: str) -> str:
    try:
        return json.dumps(json.loads(text), ensure_ascii=False)
    except ValueError:
        return json.dumps(text, ensure_ascii=False)


def export(
    config: Config,
    out: Path,
    want: exporting.Wanted,
    actor: str | None,
    given_to: Sequence[str],
    clock_ok: bool = False,
) -> dict[str, Any]:
    """Write the evidence file that is wanted, and record that where an actor is named."""
    with wiring.open_ledger(config, clock_ok) as ledger:
        practice = ledger.origin.startswith(f"{REHEARSAL}/")
        if want.disclose and actor is None and not practice:
            raise ShellError("--actor: what is disclosed is recorded, so say who takes it")
        taken = exporting.take(ledger, want, out, actor, given_to)
        if isinstance(taken, Declined):
            raise ShellError(f"{exporting.ACTION} was refused: {taken.code}")
        said: dict[str, Any] = {"file": str(out), "size": taken.size, "origin": ledger.origin}
        if taken.receipt is not None:
            said["recorded"] = taken.receipt.position
        if taken.why_not_complete:
            said["not_complete"] = taken.why_not_complete
        if taken.kept_back:
            said["kept_back"] = taken.kept_back
    return said


def papers(config: Config, directory: Path, language: str) -> list[Path]:
    """Write the papers about personal data. Raises FileExistsError."""
    from api.app import create_app
    from api.papers import facts, writing

    with wiring.open_ledger(config) as ledger:
        app = create_app(ledger, Tokens(config.data / ACCESS))
        with app.test_request_context("/"):
            now = app.extensions["handledger"].now()
            return writing.write(directory, facts.gather(ledger, config, now), language)


def issue(config: Config, person: str, scopes: Sequence[str], days: int) -> str:
    """A new token of a person who is registered. Raises ShellError."""
    with wiring.open_ledger(config) as ledger:
        if not standing.registered(ledger.entries(), person):
            raise ShellError(f"{person[:64]} is not registered")
    return Tokens(config.data / ACCESS).issue(person, tuple(scopes) or SCOPES, days)


def tokens(config: Config) -> list[dict[str, Any]]:
    wiring.trust_key(config.data)
    return [
        {
            "id": t.id,
            "person": t.person,
            "scopes": list(t.scopes),
            "expires": in_london(t.expires),
            "used": None if t.used is None else in_london(t.used),
            "revoked": t.revoked,
        }
        for t in Tokens(config.data / ACCESS).all()
    ]


def revoke(config: Config, token_id: str) -> bool:
    wiring.trust_key(config.data)
    return Tokens(config.data / ACCESS).revoke(token_id)
