import pytest
from small import World


@pytest.fixture(name="world")
def _world(tmp_path):
    return World(tmp_path)


@pytest.fixture(name="term", scope="session")
def _term(tmp_path_factory):
    """The whole sample term, played once: (world, ledger, outcomes). Not to be written to."""
    world = World(tmp_path_factory.mktemp("term"))
    ledger = world.found()
    outcomes = world.play(ledger)
    yield world, ledger, outcomes
    ledger.close()
