"""Timestamps over checkpoints, by an authority that signs times (RFC 3161).

The token is kept beside the log, and its hash becomes a record. So nobody, not even with all keys,
can say afterwards that the log was any other before that time.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from http.client import HTTPException
from pathlib import Path
from urllib.request import Request, urlopen

from api import tsp
from ledger.history import Ledger
from ledger.proof.checkpoint import parse_checkpoint
from ledger.proof.form import TIMESTAMP_TYPE
from ledger.proof.layout import timestamp_path
from ledger.proof.note import parse_note
from ledger.proof.timestamp import MAX_ANSWER, imprint

TIMEOUT = 15.0  # seconds
DAY = 86_400  # seconds between two timestamps
LOOK = 600.0  # seconds between two looks whether a day is over


class NotStamped(Exception):
    """There is no timestamp, and so no record of one."""


@dataclass(frozen=True)
class Stamped:
    """The size that was timestamped, what time the token says, and where it lies."""

    size: int
    time: int
    token: Path


def is_due(ledger: Ledger) -> bool:
    """Whether there is anything new, and the last timestamp is a day old."""
    known = ledger.entries().all
    last = next((e for e in reversed(known) if e.type == TIMESTAMP_TYPE), None)
    if last is None:
        return True
    old = ledger.ports.clock.now() - last.record.time >= DAY
    return old and last.position < len(known) - 1


def stamp(ledger: Ledger, url: str) -> Stamped:
    """Have the checkpoint of now timestamped, keep the token, record it. Raises NotStamped."""
    note = ledger.publish()
    text = parse_note(note).text
    point, digest = parse_checkpoint(text), imprint(text)
    nonce = int.from_bytes(ledger.ports.chance(8), "big")
    answer = _ask(url, tsp.request(digest, nonce))
    try:
        told = tsp.read_answer(answer, digest, nonce)
    except tsp.BadAnswer as error:
        raise NotStamped(str(error)) from None
    token = ledger.directory / timestamp_path(point.size)
    _keep(token.with_suffix(".checkpoint"), note)
    _keep(token, answer)
    ledger.record_timestamp(point.size, point.root, sha256(answer).digest(), told.time)
    return Stamped(point.size, told.time, token)


def daily(ledger: Ledger, url: str, say: Callable[[str], None]) -> Callable[[], None]:
    """Do so once a day, beside whatever else is done; returns what ends it."""
    ended = threading.Event()

    def look() -> None:
        while not ended.is_set():
            try:
                if is_due(ledger):
                    stamp(ledger, url)
            except Exception as error:  # the service goes on; the next look tries again
                say(f"no timestamp: {error if isinstance(error, NotStamped) else type(error)}")
            ended.wait(LOOK)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()

    def end() -> None:
        ended.set()
        thread.join(2 * TIMEOUT)

    return end


def _ask(url: str, query: bytes) -> bytes:
    asked = Request(url, query, {"Content-Type": "application/timestamp-query"})
    try:
        with urlopen(asked, timeout=TIMEOUT) as answer:
            data: bytes = answer.read(MAX_ANSWER + 1)
    except (OSError, HTTPException, ValueError) as error:
        raise NotStamped(f"the authority was not reached: {error}") from None
    if len(data) > MAX_ANSWER:
        raise NotStamped(f"the authority answered more than {MAX_ANSWER} octets")
    return data


def _keep(path: Path, data: bytes) -> None:
    """On the disk before it is recorded: a record whose token is lost proves nothing."""
    path.parent.mkdir(exist_ok=True)
    unfinished = path.with_name(f"{path.name}.part")
    with unfinished.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
