"""A door that tests may walk through: cheap hashes, a clock that is set, codes of the moment."""

import re
from dataclasses import dataclass, field

import pyotp
from small import TEACHER, World, asked

from api.app import create_app
from api.door import second_factor
from api.door.passwords import take
from api.door.sessions import INSIDE, begin
from api.door.store import Door
from api.tokens import Tokens

CHEAP = "scrypt:1024:8:2"
PASSWORD = "three grey herons at low tide"
START = 1_780_000_000


@dataclass
class Service:
    """The service of a school with two members of the SLT, and a door whose clock is `at`."""

    world: World
    at: float = START
    address: str = ""
    provider: object = None
    keys: dict = field(default_factory=dict)

    def open(self):
        self.ledger = self.world.open_school()
        self.ledger.record(asked("register_person", TEACHER))
        path = self.world.directory / "access.db"
        self.door = Door(
            path, self.ledger.ports.mac, self.address, self.provider, lambda: self.at, CHEAP
        )
        self.app = create_app(self.ledger, Tokens(path), door=self.door)
        return self

    def browser(self):
        """Another browser, that knows nothing yet."""
        return self.app.test_client()

    def inside(self, person="stf-011", client=None):
        """A browser of somebody who is signed in."""
        client = client or self.browser()
        secret = begin(self.door, person, INSIDE, "password")
        client.set_cookie("handledger-session", secret)
        return client

    def enrol(self, person="stf-011", password=PASSWORD):
        """Give the person a password and a second factor; their recovery codes."""
        take(self.door, person, password, "password_set", person)
        self.keys[person] = second_factor.new_key()
        codes = second_factor.enrol(self.door, person, self.keys[person], self.code(person))
        self.at += second_factor.STEP
        return codes

    def code(self, person="stf-011"):
        return pyotp.TOTP(self.keys[person]).at(int(self.at))

    def half(self, person="stf-011", password=PASSWORD, client=None, after="/"):
        """A browser of somebody who gave their password, and the answer to it."""
        client = client or self.browser()
        form = {"person": person, "password": password, "next": after}
        return client, send(client, "/sign-in", **form)

    def signed_in(self, person="stf-011", client=None, after="/"):
        """A browser that came in by the pages, and the last answer."""
        client, _ = self.half(person, client=client, after=after)
        code = self.code(person)
        self.at += second_factor.STEP
        return client, send(client, "/sign-in/second", code=code, next=after)


def send(client, path, page=None, **form):
    """Open the page (the path itself, if none is named) and send its form."""
    shown = client.get(page or path)
    return client.post(path, data={"csrf": csrf_in(shown), **form})


def csrf_in(answer) -> str:
    """The token in the first form of a page."""
    found = re.search(r'name="csrf" value="([^"]+)"', answer.get_data(as_text=True))
    return found.group(1)
