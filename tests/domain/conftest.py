"""Schools for the tests of the rules: each lived through once, then copied for every test."""

import pytest
from simulator import School

from ledger.domain.entries import is_gone
from ledger.domain.replay import Duties


@pytest.fixture(scope="session")
def schools(tmp_path_factory):
    """Schools at three stages, by name. Not to be changed: tests get copies."""
    made = {}
    for stage in ("open", "staffed", "running"):
        made[stage] = School(tmp_path_factory.mktemp("schools") / stage)
        getattr(made[stage], stage)()
    yield made
    for school in made.values():
        school.close()


@pytest.fixture
def copy_of(schools, tmp_path):
    """Make a copy of a school at a stage."""
    copies = []

    def made(stage):
        copies.append(schools[stage].copied_to(tmp_path / f"{stage}-{len(copies)}"))
        return copies[-1]

    yield made
    for school in copies:
        try:
            assert replayed(school) == []
        finally:
            school.close()


def replayed(school):
    """What the auditor's replay of offices and duties finds in what the test recorded."""
    duties = Duties()
    duties.begin({"scope": "full"})
    records = [entry.record for entry in school.ledger.entries().all]
    found = []
    for position, record in enumerate(records):
        if is_gone(record):
            duties.skip(position)
        else:
            found += duties.see(position, record)
    return found


@pytest.fixture
def empty(tmp_path):
    """A ledger with its keys and nothing else."""
    school = School(tmp_path / "empty")
    yield school
    school.close()


@pytest.fixture
def opened(copy_of):
    """The head teacher, SLT, is the only person."""
    return copy_of("open")


@pytest.fixture
def staffed(copy_of):
    """Everybody is registered, a policy is in force, there is no account."""
    return copy_of("staffed")


@pytest.fixture
def school(copy_of):
    """An account with lead, runner and stored password."""
    return copy_of("running")
