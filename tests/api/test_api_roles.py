"""The table of roles: it names every route there is, and nothing else."""

from small import World

from api import may
from api.app import create_app
from api.tokens import Tokens
from projections.routes import ROUTES


def test_every_route_and_every_question_has_its_row(tmp_path):
    world = World(tmp_path)
    with world.open_school() as ledger:
        app = create_app(ledger, Tokens(world.directory / "access.db"))
        assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(may.PLACES)
    assert {route.path for route in ROUTES} == set(may.QUESTIONS)
    for roles in (*may.PLACES.values(), *may.QUESTIONS.values()):
        assert roles
        assert roles <= set(may.ROLES)
