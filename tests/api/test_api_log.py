"""The log over HTTP, read by a client that shares no line with us."""

import base64
import gzip
import hashlib
import json
import random

import pytest
from click.testing import CliRunner
from small import SAMPLE, asked
from tlog_client import Client, open_checkpoint, root_by_path, roots_by_consistency

from api.app import create_app
from api.cli import cli
from api.config import Config, ConfigError, read_config
from api.tokens import Tokens

A_YEAR = "max-age=31536000, immutable"


@pytest.fixture(name="log")
def _log(service):
    """What reads the log as the head teacher, and how the ledger grows."""
    client, headers, ledger = service
    vkey = client.get("/log/trust.policy").get_data(as_text=True).split("\n")[0][4:]

    def fetch(path):
        answer = client.get(f"/log/{path}", headers=headers)
        assert answer.status_code == 200, path
        return answer.get_data()

    def head():
        return open_checkpoint(fetch("checkpoint"), vkey)

    return fetch, head, ledger


def mentions(ledger, count):
    """So many refusals more: nothing is quicker to record."""
    for begin in range(0, count, 400):
        step = min(400, count - begin)
        ledger.submit([asked("record_public_mention", {}, key=None)] * step)


def grow_to(ledger, size):
    mentions(ledger, size - len(ledger.entries().all))
    assert size == len(ledger.entries().all)


def test_the_tree_can_be_read_from_its_tiles_at_every_kind_of_size(log):
    fetch, head, ledger = log
    heads = [head()]
    for size in (13, 255, 256, 257, 511, 512, 700):
        grow_to(ledger, size)
        now = head()
        client = Client(fetch, now)
        assert (size, client.mth(0, size)) == (now.size, now.root)
        heads.append(now)
    consistent(Client(fetch, heads[-1]), heads)
    included(Client(fetch, heads[-1]))


def consistent(client, heads):
    """Each published checkpoint is a prefix of every later one."""
    for place, old in enumerate(heads):
        for new in heads[place + 1 :]:
            proof = client.subproof(old.size, 0, new.size, True)
            roots = roots_by_consistency(old.size, new.size, old.root, proof)
            assert (old.root, new.root) == roots


def included(client):
    size = client.head.size
    for index in random.Random(3).sample(range(size), 40):
        path = client.path(index, 0, size)
        assert client.head.root == root_by_path(client.hash(0, index), index, size, path)
        other = root_by_path(client.hash(0, index ^ 1), index, size, path)
        assert client.head.root != other


def test_an_older_checkpoint_can_be_read_after_the_log_grew(log):
    """Partial tiles of every checkpoint stay, also once they are full."""
    fetch, head, ledger = log
    grow_to(ledger, 250)
    old = head()
    before = Client(fetch, old)
    assert old.root == before.mth(0, old.size)
    grow_to(ledger, 600)
    after = Client(fetch, old)
    assert old.root == after.mth(0, old.size)
    assert before.tiles == after.tiles
    assert before.entries() == after.entries()


def test_entries_are_the_records_octet_by_octet(log):
    fetch, head, ledger = log
    grow_to(ledger, 300)
    entries = Client(fetch, head()).entries()
    assert list(ledger.raw(0, 300)) == entries


@pytest.mark.parametrize(
    "path",
    [
        "0/000", "0/001", "0/000.p/0", "0/000.p/13", "0/000.p/256", "0/000.p/012", "0/000.p/",
        "0/000.p/12/", "0/000/", "0/000.p/-1", "0/000.p/1x", "0/000.P/12", "0/0", "0/00", "0/0000",
        "0/x000/000", "0/x000/000.p/12", "0/x001", "0/x001/", "00/000.p/12", "01/000.p/1",
        "-1/000.p/1", "1/000.p/1", "1/000", "8/000.p/1", "63/000", "64/000", "100/000", "7/000",
        "entries/000", "entries/001.p/1", "entries/000.p/13", "entries/000.p/0", "Entries/000.p/1",
        "data/000.p/1", "0/999", "0/x999/x999/x999/999", "0/x999/x999/x999/x999/x999/x999/999",
        "0/٠٠٠", "0/000.p/١", "0/000 ", " 0/000.p/1", "0/000.p/1%00", "0/../0/000.p/1", "", "0",
    ],
)  # fmt: skip
def test_other_paths_are_not_found(service, path):
    client, headers, ledger = service
    grow_to(ledger, 13)
    answer = client.get(f"/log/tile/{path}", headers=headers)
    found = path in ("0/000.p/13", "entries/000.p/13")
    assert (200 if found else 404) == answer.status_code
    if not found:
        assert "no-store" == answer.headers["Cache-Control"]


def test_every_width_up_to_the_tree_is_cut_from_the_same_octets(log):
    fetch, _, ledger = log
    grow_to(ledger, 300)
    whole = fetch("tile/0/000")
    for width in (1, 12, 255):
        assert whole[: 32 * width] == fetch(f"tile/0/000.p/{width}")
        assert fetch("tile/entries/000").startswith(fetch(f"tile/entries/000.p/{width}"))
    assert whole[:32] != fetch("tile/1/000.p/1")


def test_headers_say_what_it_is_and_for_how_long(service):
    client, headers, ledger = service
    grow_to(ledger, 300)
    expected = {
        "checkpoint": ("text/plain; charset=utf-8", "private, max-age=2"),
        "tile/0/000": ("application/octet-stream", f"private, {A_YEAR}"),
        "tile/0/001.p/44": ("application/octet-stream", f"private, {A_YEAR}"),
        "tile/entries/000": ("application/octet-stream", f"private, {A_YEAR}"),
    }
    for path, (kind, cached) in expected.items():
        answer = client.get(f"/log/{path}", headers=headers)
        assert (kind, cached) == (answer.content_type, answer.headers["Cache-Control"])
        assert "Authorization" in answer.headers["Vary"]
        assert client.head(f"/log/{path}", headers=headers).status_code == 200
        assert client.post(f"/log/{path}", headers=headers).status_code == 405


def test_entries_are_packed_for_whoever_takes_it(service):
    client, headers, _ = service
    plain = client.get("/log/tile/entries/000.p/2", headers=headers)
    packed = client.get(
        "/log/tile/entries/000.p/2", headers={**headers, "Accept-Encoding": "gzip, identity"}
    )
    assert "Content-Encoding" not in plain.headers
    assert "gzip" == packed.headers["Content-Encoding"]
    assert plain.get_data() == gzip.decompress(packed.get_data())
    assert "Accept-Encoding" in plain.headers["Vary"]


# Who may see it

PATHS = ("checkpoint", "tile/0/000.p/2", "tile/entries/000.p/2")


def statuses(client, headers=None):
    return [client.get(f"/log/{path}", headers=headers or {}).status_code for path in PATHS]


def test_without_a_token_nothing_is_shown_unless_the_log_is_public(service, world):
    client, headers, ledger = service
    assert [401, 401, 401] == statuses(client)
    public = create_app(ledger, Tokens(world.directory / "access.db"), public_log=True)
    assert [200, 200, 401] == statuses(public.test_client())
    assert [200, 200, 200] == statuses(public.test_client(), headers)
    answer = public.test_client().get("/log/tile/0/000.p/2")
    assert f"public, {A_YEAR}" == answer.headers["Cache-Control"]
    answer = public.test_client().get("/log/tile/entries/000.p/2", headers=headers)
    assert f"private, {A_YEAR}" == answer.headers["Cache-Control"]


def test_entries_are_for_auditors_alone(service, world):
    """Who may export evidence may read entries: they hold the same."""
    client, _, ledger = service
    tokens = Tokens(world.directory / "access.db")
    person = {"person": "stf-700", "name": "N", "kind": "staff", "offices": []}
    ledger.record(asked("register_person", person))
    auditor = {"person": "gov-700", "name": "N", "kind": "governor", "offices": ["auditor"]}
    ledger.record(asked("register_person", auditor))
    for who, status in (("stf-700", 403), ("gov-700", 200), ("stf-011", 200)):
        headers = {"Authorization": f"Bearer {tokens.issue(who)}"}
        assert [200, 200, status] == statuses(client, headers)


def test_the_setting_is_yes_or_no(tmp_path):
    assert not Config(tmp_path, None).public_log
    for text, public in (("yes", True), ("no", False)):
        environment = {"HANDLEDGER_PUBLIC_LOG": text}
        assert public is read_config(str(tmp_path), environment).public_log
    for text in ("", "YES", "true", "1", "maybe"):
        with pytest.raises(ConfigError, match="HANDLEDGER_PUBLIC_LOG"):
            read_config(str(tmp_path), {"HANDLEDGER_PUBLIC_LOG": text})


def test_the_command_line_gives_octets_in_base64(tmp_path):
    def told(*words):
        return CliRunner().invoke(cli, ["--data", str(tmp_path / "ledger"), *words])

    assert 0 == told("rehearse", str(SAMPLE)).exit_code
    given = told("get", "/log/tile/0/000.p/2", "/log/tile/entries/000.p/1", "/log/tile/0/001")
    hashes, entries, missing = map(json.loads, given.stdout.splitlines())
    assert 64 == len(base64.b64decode(hashes))
    entry = base64.b64decode(entries)[2:]
    assert hashlib.sha256(b"\x00" + entry).digest() == base64.b64decode(hashes)[:32]
    assert (1, "not_found") == (given.exit_code, missing["code"])
