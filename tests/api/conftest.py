import pytest
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
