import pytest
from calling import run
from small import World

from api.app import create_app
from api.tokens import Tokens


@pytest.fixture(name="world")
def _world(tmp_path):
    return World(tmp_path)


@pytest.fixture(name="service")
def _service(world):
    """(client, headers of the head teacher, ledger)."""
    with world.open_school() as ledger:
        tokens = Tokens(world.directory / "access.db")
        secret = tokens.issue("stf-011")
        client = create_app(ledger, tokens).test_client()
        yield client, {"Authorization": f"Bearer {secret}"}, ledger


@pytest.fixture(name="school")
def _school(tmp_path, monkeypatch, capsys):
    """The directory of a real ledger."""
    secret = tmp_path / "secret"
    secret.write_bytes(b"correct horse")
    secret.chmod(0o600)
    monkeypatch.setenv("HANDLEDGER_PASSPHRASE_FILE", str(secret))
    directory = tmp_path / "school"
    run(
        "--data", directory, "init", "--school", "Ysgol Fach",
        "--origin", "ledger.example.org/fach",
        "--person", "stf-011", "--name", "Lowri Gittins",
        "--offices", "slt,headteacher,moderator,dsp",
    )  # fmt: skip
    capsys.readouterr()
    return directory
