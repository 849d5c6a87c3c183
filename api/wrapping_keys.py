"""The keys that wrap the keys of data subjects: those of the vault, found by epoch."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

from api.record_keys import LOCK
from keys import vault
from keys.places import VaultError
from keys.vault import Vault
from keys.wrapping import Wrapper
from ledger.kept import locked
from ledger.ports import KeyMissing


class WrappingKeys:
    """Satisfies `ledger.ports.Wrappers` and `WrappingKeys`.

    A key made by another process is found; one destroyed by another is forgotten with that.
    """

    def __init__(self, opened: Vault) -> None:
        self.vault = opened
        self._found = opened.wrappers()

    def __call__(self, epoch: int) -> Wrapper:
        """The wrapper of that epoch. Raises KeyMissing when the vault does not hold it."""
        if epoch not in self._found:
            with _told(f"the wrapping key of epoch {epoch} is looked for"):
                self._found = vault.reread(self.vault).wrappers()
        if epoch not in self._found:
            raise KeyMissing(f"{self.vault.path.name} holds no wrapping key of epoch {epoch}")
        return self._found[epoch]

    def held(self) -> Collection[int]:
        return tuple(self._found)

    def make(self, epoch: int) -> None:
        self._change(lambda: vault.add_wrapping_key(self.vault, epoch))

    def destroy_before(self, epoch: int) -> None:
        self._change(lambda: vault.destroy_wrapping_keys(self.vault, epoch))

    def _change(self, change: Callable[[], None]) -> None:
        with _told("the wrapping keys are changed"), locked(self.vault.path.with_name(LOCK)):
            change()
            self._found = vault.reread(self.vault).wrappers()


@contextmanager
def _told(doing: str) -> Iterator[None]:
    try:
        yield
    except (VaultError, OSError) as error:
        raise KeyMissing(f"{doing}: {error}") from error
