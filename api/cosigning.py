"""Asking the witnesses that the trust file names to cosign a checkpoint (C2SP tlog-witness).

A witness that is away costs a publication at most two waits, and a record nothing.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import click

from ledger.proof.checkpoint import Checkpoint, parse_checkpoint
from ledger.proof.encoding import b64encode, decimal
from ledger.proof.note import VerifierKey, cosigned_at, parse_note
from ledger.proof.policy import Policy

COSIGNED = "cosigned"  # the last checkpoint that was cosigned, with its cosignatures
TIMEOUT = 2.0  # seconds for one answer
REST = 30.0  # seconds in which a witness that gave nothing is not asked again
MOST = 65_536  # octets of an answer

Answer = tuple[int, bytes] | None
Paths = Callable[[int], list[bytes]]


class BadAddress(Exception):
    """The trust file says of a witness what is no http address."""


class Witnesses:
    """The witnesses of one ledger; satisfies `ledger.ports.Cosigner` by its shape."""

    def __init__(
        self,
        directory: Path,
        policy: Policy,
        say: Callable[[str], None] = lambda line: click.echo(line, err=True),
    ) -> None:
        """Whom to ask is what the policy says; `say` is told what a witness refuses, once."""
        for url in policy.urls.values():
            if not url.startswith(("http://", "https://")):
                raise BadAddress(f"{url[:80]!r} is no address of a witness")
        self._keys = {
            policy.urls[n]: key for n, key in policy.witnesses.items() if n in policy.urls
        }
        self._file, self._say = directory / COSIGNED, say
        self._text, self._lines = "", dict[str, bytes]()  # by address
        self._sizes = dict[str, int]()  # what each saw last
        self._resting, self._said = dict[str, float](), dict[str, str]()
        self._guard = threading.Lock()

    def __call__(self, note: bytes, consistency: Paths) -> bytes:
        """The note with the cosignatures there are; those that are missing are asked for."""
        if not self._keys:
            return note
        with self._guard:
            text = parse_note(note).text
            self._turn_to(text)
            self._ask(note, parse_checkpoint(text), consistency)
            return note + b"".join(self._lines[u] for u in self._keys if u in self._lines)

    def _turn_to(self, text: str) -> None:
        """Know the cosignatures that another process, or one before this, kept of this text."""
        kept = self._kept()
        for url, key in self._keys.items():
            line = _line_of(kept, key)
            if line is not None:
                self._sizes[url] = max(self._sizes.get(url, 0), _size(kept))
        if self._text != text:
            self._text, self._lines = text, {}
        if kept and parse_note(kept).text == text:
            found = {url: _line_of(kept, key) for url, key in self._keys.items()}
            self._lines |= {url: line for url, line in found.items() if line is not None}

    def _ask(self, note: bytes, point: Checkpoint, consistency: Paths) -> None:
        now = time.monotonic()
        wanted = [u for u in self._keys if u not in self._lines and self._resting.get(u, 0) <= now]
        had = len(self._lines)
        for _ in range(2):  # the second time from the size that the witness says it knows
            olds = {url: self._sizes.get(url, 0) for url in wanted}
            bodies = {
                url: _body(old, consistency(old), note)
                for url, old in olds.items()
                if old <= point.size
            }
            answers = _post_all(bodies)
            wanted = [url for url in bodies if self._take(url, olds[url], answers[url], point)]
        if len(self._lines) > had:
            _replace(self._file, note + b"".join(self._lines.values()))

    def _take(self, url: str, old: int, answer: Answer, point: Checkpoint) -> bool:
        """Take in an answer; whether it is worth asking once more."""
        status, body = answer or (0, b"")
        if status == 200:
            line = _line_of(f"{self._text}\n".encode() + body, self._keys[url])
            if line is not None:
                self._lines[url], self._sizes[url] = line, point.size
                self._said.pop(url, None)
                return False
        if status == 409:
            knows = _number(body)
            if knows is not None and knows != old and knows <= point.size:
                self._sizes[url] = knows
                return True
        self._resting[url] = time.monotonic() + REST
        self._complain(url, _why(status, body, point))
        return False

    def _complain(self, url: str, why: str) -> None:
        if self._said.get(url) != why:
            self._said[url] = why
            self._say(f"witness {self._keys[url].name}: {why}")

    def _kept(self) -> bytes:
        try:
            data = self._file.read_bytes()
            parse_checkpoint(parse_note(data).text)
        except (OSError, ValueError):
            return b""
        return data


def _why(status: int, body: bytes, point: Checkpoint) -> str:
    if status == 409 and (knows := _number(body)) is not None:
        if knows > point.size:
            return f"it has seen {knows} records of this ledger, which has {point.size}"
        return f"REFUSED: it has seen another history of {knows} records"
    words = {
        0: "not reached; going on without it",
        200: "its answer holds no cosignature by its key",
        403: "it knows this ledger by another key",
        404: "it does not watch this ledger",
        422: "REFUSED: what it has seen is not the beginning of this history",
    }
    return words.get(status, f"it answered {status}")


def _body(old: int, path: Iterable[bytes], note: bytes) -> bytes:
    lines = [f"old {old}", *map(b64encode, path)]
    return "".join(f"{line}\n" for line in lines).encode() + b"\n" + note


def _post_all(bodies: Mapping[str, bytes]) -> dict[str, Answer]:
    """Ask all at once; who has not answered in time counts as away."""
    answers: dict[str, Answer] = dict.fromkeys(bodies)
    threads = [
        threading.Thread(target=_post, args=(url, body, answers), daemon=True)
        for url, body in bodies.items()
    ]
    for thread in threads:
        thread.start()
    until = time.monotonic() + TIMEOUT
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    return dict(answers)


def _post(url: str, body: bytes, answers: dict[str, Answer]) -> None:
    try:
        answers[url] = _answer(url, body)
    except (OSError, HTTPException, ValueError):
        return  # it counts as away


def _answer(url: str, body: bytes) -> tuple[int, bytes]:
    asked = Request(f"{url.rstrip('/')}/add-checkpoint", body, {"Content-Type": "text/plain"})
    try:
        with urlopen(asked, timeout=TIMEOUT) as answer:
            return answer.status, answer.read(MOST)
    except HTTPError as error:
        with error:
            return error.code, error.read(MOST)


def _line_of(note: bytes, key: VerifierKey) -> bytes | None:
    """The line of a note by which this key cosigned it."""
    text, blank, lines = note.rpartition(b"\n\n")
    for line in lines.splitlines(keepends=True) if blank else ():
        try:
            cosigned_at(parse_note(text + blank + line), key)
        except ValueError:
            continue
        return line
    return None


def _size(note: bytes) -> int:
    return parse_checkpoint(parse_note(note).text).size


def _number(body: bytes) -> int | None:
    try:
        return decimal(body.decode("ascii").removesuffix("\n"))
    except ValueError:
        return None


def _replace(path: Path, data: bytes) -> None:
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    unfinished.write_bytes(data)
    unfinished.replace(path)
