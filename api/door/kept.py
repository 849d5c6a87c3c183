"""What somebody typed into a form whose session had ended, until they have signed in again.

It is in memory only: never on the disk, never in a page before they are in, gone after half an
hour.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock

AT_MOST = 64 * 1024  # characters of one form
FORMS = 200
SECONDS = 30 * 60
SECRET = ("csrf", "code")
Fields = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Form:
    """What was typed, by whom, on which page."""

    person: str
    path: str
    fields: Fields
    until: int


@dataclass
class Kept:
    """The forms that wait, by the browser they were typed in."""

    forms: dict[str, Form] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def keep(self, browser: str, person: str, path: str, typed: Fields, now: int) -> bool:
        """Keep a form, never its secrets; False where it is too large."""
        fields = {name: tuple(v) for name, v in typed.items() if not _secret(name)}
        if sum(len(n) + sum(map(len, v)) for n, v in fields.items()) > AT_MOST:
            return False
        with self.lock:
            self._forget(now)
            self.forms.pop(browser, None)
            self.forms[browser] = Form(person, path, fields, now + SECONDS)
        return True

    def waits(self, browser: str, person: str, now: int) -> str | None:
        """The page on which something of the person's waits; another person's is dropped."""
        with self.lock:
            self._forget(now)
            form = self.forms.get(browser)
            if form is not None and form.person != person:
                del self.forms[browser]
                return None
            return form.path if form else None

    def take(self, browser: str, person: str, path: str, now: int) -> Fields | None:
        """What the person had typed on that page; it is given once."""
        if self.waits(browser, person, now) != path:
            return None
        with self.lock:
            form = self.forms.pop(browser, None)
        return form.fields if form else None

    def _forget(self, now: int) -> None:
        late = [browser for browser, form in self.forms.items() if form.until <= now]
        for browser in (*late, *list(self.forms)[: max(0, len(self.forms) - FORMS + 1)]):
            self.forms.pop(browser, None)


def _secret(name: str) -> bool:
    return name in SECRET or "password" in name.lower() or "secret" in name.lower()
