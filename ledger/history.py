"""One serial history: a command is decided against a state that is still true when it is recorded.

One writer at a time takes the lock, reads what others have appended, decides every waiting command
in turn (each sees those before it), seals, signs, and appends them all in one transaction. Then
the checkpoint of exactly that size is signed and every caller gets a receipt.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from eventsourcing.application import Application
from eventsourcing.persistence import Mapper
from eventsourcing.utils import Environment, EnvType

from ledger import confidential, epochs, erasures, kept, signing, unasked
from ledger.batch import Batch
from ledger.confidential import Opener
from ledger.desk import Answer, Asked, Desk, objection
from ledger.domain.acts import Command, Refusal
from ledger.domain.entries import Entries
from ledger.domain.gone import DESTROYED, unexplained
from ledger.intents import ToSign
from ledger.known import Known
from ledger.making import Maker
from ledger.notary import StoreDiffers
from ledger.opening import Opening, open_act
from ledger.outcomes import Declined, NotAll, Outcome, Receipt, WritesRefused
from ledger.ports import Ports
from ledger.proof.checkpoint import parse_checkpoint
from ledger.proof.headtree import HeadTree
from ledger.proof.keyring import Keyring
from ledger.proof.note import parse_note
from ledger.proof.record import Record
from ledger.publishing import Publisher
from ledger.queue import Queue
from ledger.recent import Given, Recent
from ledger.recording import RecordMapper
from ledger.renewing import Renewal
from ledger.restricted import Restricted
from ledger.store import Recorder
from ledger.subject_keys import SubjectKeys
from ledger.timekeeping import Timekeeper
from ledger.tree import Tree

DATABASE = "ledger.db"
PUBLISHING = "publish.lock"
RECORDED = (
    "it was recorded, but its receipt cannot be signed; "
    "ask again with the same Idempotency-Key, or look for it in the records"
)


class Ledger(Application[str]):
    """The history of one school, over one database. Nothing is kept in a module global."""

    name = "ledger"

    def __init__(self, directory: Path, ports: Ports, origin: str, clock_ok: bool = False) -> None:
        """Open the ledger kept in `directory`. Never fails because of what the store holds: a
        store that disagrees with the kept checkpoint is served for reading only."""
        self.origin, self.ports, self.directory = origin, ports, directory
        super().__init__({"SQLITE_DBNAME": str(directory / DATABASE)})
        assert isinstance(self.recorder, Recorder)
        assert isinstance(self.mapper, RecordMapper)
        self.store, self.mapping = self.recorder, self.mapper
        self.tree = Tree(self.store)
        self._opening = Opening(ports.clock)
        self._recent = Recent()
        self._time = Timekeeper(ports.clock, clock_ok or origin.startswith("rehearsal/"))
        read = (origin, self.store, self.mapping, self.tree, ports.wrapper, self._opening)
        self._known = Known(*read, self._time.recorded)
        signed = (directory, ports, origin, self.store, self.tree)
        self._publisher = Publisher(*signed, self._known)
        self.key, self.kept = self._publisher.key, self._publisher.kept
        self._renewal = Renewal(directory, ports, self.store, self._known, self._wrap_anew)
        self._turn = threading.Lock()
        self._queue = Queue(self._turn, self._write)
        self.closed_because = self._gate()
        self.overdue = ""  # why an erasure was not followed by a new wrapping key yet
        self.erased_again = self._erase_again()
        if not self.closed_because:
            self._renew_if_due()

    def construct_env(self, name: str, env: EnvType | None = None) -> Environment:
        """Only what is handed in: nothing below `api/` reads the environment of the process."""
        given = {"PERSISTENCE_MODULE": "ledger.store:Factory", "ORIGINATOR_ID_TYPE": "text"}
        return Environment(name, {**given, **(env or {})})

    def construct_mapper(self) -> Mapper[str]:
        return RecordMapper()

    # -- writing ---------------------------------------------------------------------------

    def submit(self, asked: Sequence[Asked]) -> list[Outcome | Exception]:
        """Decide and record commands in this order; one outcome each.

        Returns for each a Receipt, a Declined, or the exception that kept it out (too large, an
        idempotency key with another body). Raises WritesRefused, ClockBehind or ClockAhead for all
        of them together.
        """
        return self._queue.submit(asked)

    def record(self, asked: Asked) -> Outcome:
        """Decide and record one command. Raises what `submit` returns or raises."""
        outcome = self.submit([asked])[0]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def record_all(self, asked: Iterable[Asked]) -> list[Receipt]:
        """Decide commands as one and record them in one transaction: all of them, or nothing.

        Where one of them is refused not even the refusal is recorded. Raises NotAll with what each
        came to, and WritesRefused, ClockBehind or ClockAhead.
        """
        with self._turn:
            try:
                with self._writing() as desk:
                    answers = [desk.decide(a) for a in asked]
                    if any(map(objection, answers)):
                        raise NotAll(answers)
                    self._append(desk)
            except BaseException:
                self._forget()
                raise
            self._after_commit(desk)
            outcomes = [self._outcome(a) for a in answers if isinstance(a, int)]
            return [o for o in outcomes if isinstance(o, Receipt)]

    def try_out(self, asked: Iterable[Asked]) -> list[Answer]:
        """What each command would come to, were those before it recorded that are accepted.

        Nothing is recorded and nothing signed; a position is the one it would have, or has where
        it was recorded before. Raises as `record_all` does, but never NotAll.
        """
        with self._turn:
            self._must_be_open()
            try:
                self._known.catch_up()
                maker = replace(self._maker(self._time.now()), sign=lambda record: b"")
                desk = Desk(maker, self._recent)
                return [desk.decide(a) for a in asked]
            finally:
                self._forget()

    def to_sign(self, command: Command) -> ToSign:
        """What the actor of a command signs of it, were it recorded now; nothing is recorded.

        Raises Refused for its form, WritesRefused, ClockBehind or ClockAhead.
        """
        with self._turn:
            self._must_be_open()
            self._known.catch_up()
            return self._desk(self._time.now()).to_sign(command)

    def open_keyring(self, record_for: Callable[[int, str], Record]) -> None:
        """Write the first record. `record_for(time, event_id)` makes it (see `ledger.genesis`)."""
        assert self.store.size() == 0, "a keyring is opened once"
        self._alone(lambda maker: maker.add(record_for(maker.now, maker.new_id())))

    def seal_act(self, act: Mapping[str, Any]) -> None:
        """Record a restricted act in its sealed form (docs/format.md 4)."""
        self._alone(lambda maker: unasked.seal_act(maker, act))

    def record_timestamp(self, size: int, root: bytes, token: bytes, at: int) -> None:
        """Record the hash of a timestamp token over an earlier checkpoint (docs/format.md 4)."""
        self._alone(lambda maker: unasked.timestamp(maker, size, root, token, at))

    def publish_heads(self, choose: Callable[[Entries], Collection[str]]) -> tuple[bytes, HeadTree]:
        """Record how far every stream has gone: the checkpoint that ends there, and the heads.

        Evidence of a part of the log is taken of the size that ends there (docs/format.md 11).
        `choose` is asked, while nobody else writes, of which streams the heads may have to be
        shown, be it that they have no record.
        """
        made: list[tuple[int, HeadTree]] = []

        def publish(maker: Maker) -> None:
            tree = unasked.publish_heads(maker, choose)
            made.append((maker.batch.edge.size, tree))

        with self._publishing():
            self._alone(publish)
            [(size, tree)] = made
            note = self._checkpoint(size)
            self.kept.sync()
            return self._cosigned(note, size), tree

    def replace_wrapping_key(self) -> int:
        """Begin a new epoch, and destroy the wrapping key before; returns the epoch in force.

        Whatever an earlier try left unfinished is finished. Raises KeyMissing, KeysDiffer,
        ValueError for a key that does not open, WritesRefused, ClockBehind or ClockAhead: then
        nothing is destroyed.
        """
        with self._turn:
            self._must_be_open()
            try:
                self._renewal.go_on(anyway=True)
            except BaseException:
                self._forget()
                raise
            self.overdue = ""
            return epochs.in_force(self._known.entries)

    def _wrap_anew(self, epoch: int) -> None:
        with self._writing() as desk:
            unasked.replace_wrapping_key(desk.maker, epoch)
            self._append(desk)
        self._after_commit(desk)

    def _renew_if_due(self) -> None:
        """What was recorded stays recorded: where this fails, the next start tries again."""
        try:
            self._renewal.go_on()
            self.overdue = ""
        except Exception as error:
            self._forget()
            self._known.catch_up()
            self.overdue = f"the wrapping key was not replaced: {error}"

    def _alone(self, work: Callable[[Maker], object]) -> None:
        """Do what no command asks for, in a transaction of its own."""
        with self._turn:
            try:
                with self._writing() as desk:
                    work(desk.maker)
                    self._append(desk)
                self._after_commit(desk)
            except BaseException:
                self._forget()
                raise

    @contextmanager
    def _writing(self) -> Iterator[Desk]:
        """A desk in a transaction of the one writer, up to date with what others appended."""
        self._must_be_open()
        with self.store.writing():
            self._known.catch_up()
            yield self._desk(self._time.now())

    def _must_be_open(self) -> None:
        if self.closed_because:
            raise WritesRefused(self.closed_because)

    def _write(self, asked: Sequence[Asked]) -> list[Outcome | Exception]:
        """Decide and record a batch in one transaction; what each came to."""
        try:
            with self._writing() as desk:
                answers = [desk.decide(a) for a in asked]
                self._append(desk)
            # Committed. A crash from here on loses answers, never records: whoever asks again
            # with the same idempotency key gets them.
            self._after_commit(desk)
            return [a if isinstance(a, Exception) else self._outcome(a) for a in answers]
        except Exception:
            self._forget()
            raise

    def _desk(self, now: int) -> Desk:
        return Desk(self._maker(now), self._recent)

    def _maker(self, now: int) -> Maker:
        known, find = self._known, self.ports.record_signer
        batch, keyring = Batch(known.edge.copy()), known.keyring

        def sign(record: Record) -> bytes:
            keys = signing.signers(keyring, find, record, batch.edge.size)
            with signing.answering("nothing was recorded"):
                return self.mapping.sign(record, keys)

        state = (known.entries, known.restricted, keyring)
        maker = Maker(*state, self.ports, self.origin, now, batch, sign, self.store)
        lent, by = self._opening.opener, self._opening.person
        return replace(maker, opener=lent, lent_by=by)

    def _append(self, desk: Desk) -> None:
        if desk.batch.records:
            self.events.put([new.event for new in desk.batch.records], batch=desk.batch)

    def _after_commit(self, desk: Desk) -> None:
        self._known.edge = desk.batch.edge
        self._time.recorded(desk.maker.now)
        keys = desk.maker.keys
        # Before the receipt is signed: where that fails, whoever asks again is answered by it.
        self._recent.keep(desk.inner.given, self.ports.clock.running())
        emptied = any(new.record.type == DESTROYED for new in desk.batch.records)
        if keys.erased or keys.renewed or emptied:
            self.store.truncate_log()
        try:
            if desk.batch.records:
                with signing.answering(RECORDED):
                    note = self._signed(desk.batch.edge.size)
                self.kept.keep(note, desk.batch.edge.size)
        finally:  # what was destroyed is gone, whether a receipt can be given or not
            self._follow_up(keys, emptied)

    def _follow_up(self, keys: SubjectKeys, emptied: bool) -> None:
        """See to it that nothing shows again what a batch destroyed or gave away."""
        if keys.renewed or emptied:
            self._forget()  # what was read so far, and cannot be any more
            self._known.catch_up()
        if keys.erased or keys.renewed or emptied:
            self._renew_if_due()
        if keys.erased:
            self.ports.forget(erasures.erased(self._known.entries))

    # -- what is known ---------------------------------------------------------------------

    def _forget(self) -> None:
        """Start again from what is stored: what was decided and not stored never happened."""
        self._known.forget()
        self._publisher.look_again()

    def open_confidential(self, opener: Opener, person: str) -> None:
        """Read what is sealed to a private key, until nobody used it for a while or it is closed.

        The key stays in memory alone. Raises ValueError for one that no record ever named.
        """
        with self._turn:
            self._known.catch_up()
            confidential.must_be_named(self._known.entries, opener)
            self._opening.begin(opener, person)
            self._forget()

    def close_confidential(self) -> None:
        """Forget the private key and everything that it opened."""
        with self._turn:
            self._opening.end()
            self._forget()

    def opened_by(self, uses: str = "") -> str | None:
        """Who opened the sealed acts, while they are; where `uses` is that person, they go on."""
        with self._turn:
            self._known.catch_up()
            return self._opening.used(uses)

    def what_lies_in(self, position: int) -> Any:
        """What lies in the sealed act at a position, where it is open; for whoever may see it."""
        record = self.entries().all[position].record
        opener = self._opening.opener
        return open_act(self.store, self.ports.wrapper, record, position, opener)

    def seal_reading(self, incident: str, person: str) -> None:
        """Record, inside, that somebody read a restricted incident."""
        self._alone(lambda maker: unasked.seal_reading(maker, incident, person))

    def seal_cover(self) -> None:
        """Record a sealed act that says nothing."""
        self._alone(unasked.seal_cover)

    def receipt_of(self, position: int) -> Given | None:
        """To whom the receipt of a sealed act was given within the last hour, if it was here."""
        with self._turn:
            self._recent.forget_old(self.ports.clock.running())
            return self._recent.of(position)

    def entries(self) -> Entries:
        """Everything known, up to now. For reading; do not keep it across calls."""
        with self._turn:
            self._known.catch_up()
            return self._known.entries

    def keyring(self) -> Keyring:
        """The keys of the log, up to now. For reading; do not keep it across calls."""
        with self._turn:
            self._known.catch_up()
            return self._known.keyring

    def restricted(self) -> Restricted:
        """What lies inside the sealed acts, up to now. For reading, by whoever may see it."""
        with self._turn:
            self._known.catch_up()
            return self._known.restricted

    # -- checkpoints and receipts ----------------------------------------------------------

    def checkpoint(self, size: int | None = None) -> bytes:
        """The signed checkpoint (a note) of everything recorded, or of an earlier `size`.

        With a post-quantum line where the log has such a key. While its own key cannot be had, of
        everything that was signed last. Raises WritesRefused where that will not do, and while the
        store disagrees with the kept one.
        """
        return self._with_lines(self._checkpoint(size))

    def _checkpoint(self, size: int | None = None) -> bytes:
        with self._turn:
            self._known.catch_up()
            self._must_be_open()
            with self._closing():
                return self._publisher.checkpoint(size)

    def _signed(self, size: int) -> bytes:
        with self._closing():
            return self._publisher.sign(size)

    @contextmanager
    def _closing(self) -> Iterator[None]:
        """A store that is not what was decided is read from then on, and written no more."""
        try:
            yield
        except StoreDiffers as differs:
            self.closed_because = str(differs)
            raise WritesRefused(self.closed_because) from differs

    def publish(self) -> bytes:
        """The checkpoint for handing out, with the cosignatures there are.

        Kept on the disk before it leaves. Nobody who records waits for a witness.
        """
        with self._publishing():
            note = self._checkpoint()
            size = parse_checkpoint(parse_note(note).text).size
            self.kept.keep(note, size, now=True)
            return self._cosigned(note, size)

    @contextmanager
    def _publishing(self) -> Iterator[None]:
        """One at a time, between processes too: a witness cosigns nothing smaller than it saw."""
        with kept.locked(self.directory / PUBLISHING):
            yield

    def _cosigned(self, note: bytes, size: int) -> bytes:
        return self._with_lines(self._publisher.cosigned(note, size))

    def _with_lines(self, note: bytes) -> bytes:
        return self._publisher.with_lines(note, self.keyring())

    def proof(self, position: int) -> str:
        """The receipt's proof: a tlog-proof under a checkpoint that covers the position."""
        with self._turn:
            return self._publisher.proof(position)

    def _outcome(self, answer: int | tuple[int, Refusal]) -> Outcome:
        position, refusal = answer if isinstance(answer, tuple) else (answer, None)
        record = self._known.entries.all[position].record
        if refusal:
            return Declined(refusal.code, dict(refusal.details), position, record.id)
        with signing.answering(RECORDED):
            proof = self._publisher.receipt(position)
        return Receipt(
            position=position,
            event_id=record.id,
            type=record.type,
            stream=record.subject,
            stream_version=record.streamversion,
            recorded_at=record.time,
            proof=proof,
            incident=self._reported_at(position),
        )

    def _reported_at(self, position: int) -> str | None:
        given = self._recent.of(position)
        return given.incident if given else self._known.restricted.reported_at(position)

    def _gate(self) -> str:
        """Why nothing may be written, or nothing: the store against the kept checkpoint."""
        # First what was kept: another process may be writing, and keeps what it has stored before.
        held = self.kept.octets()
        try:
            self._known.catch_up()
        except Exception as error:
            return f"the store cannot be read: {error}"
        if lost := unexplained(self._known.entries):
            return f"record {lost[0]} has no bytes, and no record says that it was destroyed"
        objection, keys = self._publisher.objection(held), self.ports.wrapping_keys
        if objection or keys is None:
            return objection
        return epochs.objection(self._known.entries, keys.held())

    def _erase_again(self) -> list[str]:
        """Carry out every erasure again, before anything is read: whose keys or values were there.

        Records are not touched by it, so a store that is open for reading only is no exception.
        """
        try:
            return erasures.again(self.store, self._known.entries, self.ports.forget)
        except Exception as error:
            self.closed_because = f"erasures could not be carried out again: {error}"
            return []

    def raw(self, start: int, stop: int) -> Iterator[bytes]:
        """The bytes of the records at positions start … stop-1; empty where they were destroyed."""
        return self.store.states(start, stop)

    def leaf(self, position: int) -> bytes:
        """The leaf hash of a record, destroyed or not."""
        return next(self.store.leaves(position, position + 1))

    def close(self) -> None:
        with suppress(AttributeError):
            self.kept.sync()
        super().close()
