"""A school for each journey, from its first day."""

import pytest
from simulator import School


@pytest.fixture
def school(tmp_path):
    made = School(tmp_path / "school")
    made.staffed()
    yield made
    made.close()
