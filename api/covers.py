"""Sealed acts that say nothing, written at random times, so that one that does tells nothing.

How many a day is in the record that names the confidential keys. Times are those of a process
without memory: how long ago the last one was says nothing about the next, and a service started
anew goes on as if it had never stopped.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from math import log

from ledger.confidential import in_force
from ledger.history import Ledger

DAY = 86_400
LOOK = 600.0  # seconds after which the number a day is looked up again


def a_day(ledger: Ledger) -> int:
    """How many covers a day there are to be, on average; 0 without confidential keys."""
    keys = in_force(ledger.entries())
    return keys.covers if keys else 0


def wait(covers: int, chance: Callable[[int], bytes]) -> float:
    """Seconds until the next cover, drawn anew; endless for none a day."""
    share = (int.from_bytes(chance(7), "big") + 1) / 2**56
    return -log(share) * DAY / covers if covers else float("inf")


def look(ledger: Ledger, pause: Callable[[float], object]) -> bool:
    """Wait for the next cover and write it, or look at the number anew; whether one was written."""
    seconds = wait(a_day(ledger), ledger.ports.chance)
    pause(min(seconds, LOOK))
    if seconds > LOOK or not a_day(ledger):
        return False
    ledger.seal_cover()
    return True


def with_a_slip(ledger: Ledger) -> None:
    """A cover before a checkpoint is handed out: there is never none between two of them."""
    if a_day(ledger):
        ledger.seal_cover()


def always(ledger: Ledger, say: Callable[[str], None]) -> Callable[[], None]:
    """Do so beside whatever else is done; returns what ends it."""
    ended = threading.Event()

    def pause(seconds: float) -> None:
        if ended.wait(seconds):
            raise _Over

    def run() -> None:
        while not ended.is_set():
            try:
                look(ledger, pause)
            except _Over:
                return
            except Exception as error:  # the service goes on; the next look tries again
                say(f"no cover: {type(error).__name__}")
                ended.wait(LOOK)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()

    def end() -> None:
        ended.set()
        thread.join()

    return end


class _Over(Exception):
    """The service ends: nothing more is written."""
