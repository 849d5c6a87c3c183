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

from ledger import confidential, epochs, erasures, kept, signing
from ledger.batch import Batch
from ledger.confidential import Opener
from ledger.desk import Answer, Asked, Desk, objection
from ledger.domain.acts import Command, Refusal
from ledger.domain.entries import Entries, is_gone
from ledger.domain.gone import DESTROYED, placeholder, unexplained
from ledger.domain.signing_keys import checkpoint_keys
from ledger.intents import ToSign
from ledger.notary import Notary, StoreDiffers
from ledger.opening import Opening, open_act
from ledger.outcomes import Declined, NotAll, Outcome, Receipt, WritesRefused
from ledger.ports import Ports, WrappingKeys
from ledger.proof.checkpoint import Checkpoint, parse_checkpoint
from ledger.proof.dsse import SignerGone
from ledger.proof.headtree import HeadTree
from ledger.proof.keyring import Keyring
from ledger.proof.merkle import Frontier, leaf_hash
from ledger.proof.note import parse_note, verifier_key
from ledger.proof.record import KEYRING, Record, open_record
from ledger.queue import Queue
from ledger.recent import Given, Recent
from ledger.recording import RecordMapper
from ledger.restricted import Restricted
from ledger.rows import Emptied
from ledger.store import Recorder
from ledger.timekeeping import Timekeeper
from ledger.tree import Tree

DATABASE = "ledger.db"
PUBLISHING = "publish.lock"
RENEWING = "epoch.lock"
PAGE = 1000  # records read at a time
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
        self.key = verifier_key(origin, ports.checkpoint_signer.public_key)
        self.kept = kept.KeptCheckpoint(directory, (self.key,))
        self._opening = Opening(ports.clock)
        self._recent = Recent()
        self._time = Timekeeper(ports.clock, clock_ok or origin.startswith("rehearsal/"))
        self._turn = threading.Lock()
        self._queue = Queue(self._turn, self._write)
        self._lines = ("", b"")  # of the checkpoint published last: its text, post-quantum lines
        self._forget()
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
                self._catch_up()
                desk = replace(self._desk(self._time.now()), sign=lambda record: b"")
                return [desk.decide(a) for a in asked]
            finally:
                self._forget()

    def to_sign(self, command: Command) -> ToSign:
        """What the actor of a command signs of it, were it recorded now; nothing is recorded.

        Raises Refused for its form, WritesRefused, ClockBehind or ClockAhead.
        """
        with self._turn:
            self._must_be_open()
            self._catch_up()
            return self._desk(self._time.now()).to_sign(command)

    def open_keyring(self, record_for: Callable[[int, str], Record]) -> None:
        """Write the first record. `record_for(time, event_id)` makes it (see `ledger.genesis`)."""
        assert self.store.size() == 0, "a keyring is opened once"
        self._alone(lambda desk: desk.found(record_for(desk.now, desk.new_id())))

    def seal_act(self, act: Mapping[str, Any]) -> None:
        """Record a restricted act in its sealed form (docs/format.md 4)."""
        self._alone(lambda desk: desk.seal_act(act))

    def record_timestamp(self, size: int, root: bytes, token: bytes, at: int) -> None:
        """Record the hash of a timestamp token over an earlier checkpoint (docs/format.md 4)."""
        self._alone(lambda desk: desk.timestamp(size, root, token, at))

    def publish_heads(self, choose: Callable[[Entries], Collection[str]]) -> tuple[bytes, HeadTree]:
        """Record how far every stream has gone: the checkpoint that ends there, and the heads.

        Evidence of a part of the log is taken of the size that ends there (docs/format.md 11).
        `choose` is asked, while nobody else writes, of which streams the heads may have to be
        shown, be it that they have no record.
        """
        made: list[tuple[int, HeadTree]] = []

        def publish(desk: Desk) -> None:
            tree = desk.publish_heads(choose)
            made.append((desk.batch.edge.size, tree))

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
                self._renew(anyway=True)
            except BaseException:
                self._forget()
                raise
            self.overdue = ""
            return epochs.in_force(self._known)

    def _renew(self, anyway: bool = False) -> None:
        keys = self.ports.wrapping_keys
        if keys is None:
            return
        with kept.locked(self.directory / RENEWING):
            self._catch_up()
            if anyway or epochs.is_due(self._known):
                self._wrap_anew(keys)
            epoch = epochs.in_force(self._known)
            if min(keys.held(), default=epoch) < epoch:
                self.store.truncate_log()
                epochs.check(self.store, self.ports.wrapper, epoch)
                keys.destroy_before(epoch)

    def _wrap_anew(self, keys: WrappingKeys) -> None:
        epoch = epochs.in_force(self._known) + 1
        keys.make(epoch)
        with self._writing() as desk:
            desk.replace_wrapping_key(epoch)
            self._append(desk)
        self._after_commit(desk)

    def _renew_if_due(self) -> None:
        """What was recorded stays recorded: where this fails, the next start tries again."""
        try:
            self._renew()
            self.overdue = ""
        except Exception as error:
            self._forget()
            self._catch_up()
            self.overdue = f"the wrapping key was not replaced: {error}"

    def _alone(self, work: Callable[[Desk], object]) -> None:
        """Do what no command asks for, in a transaction of its own."""
        with self._turn:
            try:
                with self._writing() as desk:
                    work(desk)
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
            self._catch_up()
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
        batch = Batch(self._edge.copy())
        known, keyring, find = self._known, self._keyring, self.ports.record_signer

        def sign(record: Record) -> bytes:
            keys = signing.signers(keyring, find, record, batch.edge.size)
            with signing.answering("nothing was recorded"):
                return self.mapping.sign(record, keys)

        state = (known, self._restricted, keyring)
        desk = Desk(*state, self.ports, self.origin, now, batch, sign, self.store)
        return replace(desk, recent=self._recent, opener=self._opening.opener)

    def _append(self, desk: Desk) -> None:
        if desk.batch.records:
            self.events.put([new.event for new in desk.batch.records], batch=desk.batch)

    def _after_commit(self, desk: Desk) -> None:
        self._edge = desk.batch.edge
        self._time.recorded(desk.now)
        emptied = any(new.record.type == DESTROYED for new in desk.batch.records)
        if desk.keys.erased or desk.keys.renewed or emptied:
            self.store.truncate_log()
        if desk.batch.records:
            with signing.answering(RECORDED):
                note = self._notarised(self._edge.size)
            self.kept.keep(note, self._edge.size)
        self._recent.keep(desk.given, self.ports.clock.running())
        if desk.keys.renewed or emptied:
            self._forget()  # what was read so far, and cannot be any more
            self._catch_up()
        if desk.keys.erased or desk.keys.renewed or emptied:
            self._renew_if_due()
        if desk.keys.erased:
            self.ports.forget(erasures.erased(self._known))

    # -- what is known ---------------------------------------------------------------------

    def _forget(self) -> None:
        """Start again from what is stored: what was decided and not stored never happened."""
        self.mapping.forget()
        self._known = Entries()
        self._restricted = Restricted(self._known)
        self._keyring = Keyring()
        self._edge = self.tree.edge(0)
        self._notary = Notary(self.origin, self._sign, self.store, self.tree)

    def _sign(self, checkpoint: Checkpoint) -> bytes:
        find = self.ports.checkpoint_key
        self.kept.keys = (self.key, *checkpoint_keys(self._keyring))
        return signing.checkpoint_note(self._keyring, find, checkpoint)

    def open_confidential(self, opener: Opener, person: str) -> None:
        """Read what is sealed to a private key, until nobody used it for a while or it is closed.

        The key stays in memory alone. Raises ValueError for one that no record ever named.
        """
        with self._turn:
            self._catch_up()
            confidential.must_be_named(self._known, opener)
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
            self._catch_up()
            return self._opening.used(uses)

    def what_lies_in(self, position: int) -> Any:
        """What lies in the sealed act at a position, where it is open; for whoever may see it."""
        record = self.entries().all[position].record
        opener = self._opening.opener
        return open_act(self.store, self.ports.wrapper, record, position, opener)

    def seal_reading(self, incident: str, person: str) -> None:
        """Record, inside, that somebody read a restricted incident."""
        self._alone(lambda desk: desk.seal_reading(incident, person))

    def seal_cover(self) -> None:
        """Record a sealed act that says nothing."""
        self._alone(lambda desk: desk.seal_act({}))

    def receipt_of(self, position: int) -> Given | None:
        """To whom the receipt of a sealed act was given within the last hour, if it was here."""
        with self._turn:
            self._recent.forget_old(self.ports.clock.running())
            return self._recent.of(position)

    def _catch_up(self) -> None:
        """Take in what was appended since, by others or before this process started."""
        if self._opening.is_over():
            self._opening.end()
            self._forget()
        opener = self._opening.opener
        while page := self.store.select_notifications(self._edge.size + 1, PAGE):
            for row in page:
                if not row.state:
                    self._pass_over()
                    continue
                record = self.mapping.to_domain_event(row).record
                act = open_act(self.store, self.ports.wrapper, record, self._edge.size, opener)
                self._restricted.see(record, act)
                self._known.see(record)
                self._fold(record, row.state)
                self._edge.append(leaf_hash(row.state))
                self._time.recorded(record.time)
                if record.type == DESTROYED and self._knows_more(record):
                    self._forget()  # what others destroyed is nothing that may be known here
                    break

    def _pass_over(self) -> None:
        """Take in what is left of a record whose bytes were destroyed."""
        left = self.store.row(Emptied, (self._edge.size,))
        time = self._known.all[-1].record.time if self._known.all else 0
        record = placeholder(self.origin, left.event_id, left.stream, left.version, time)
        self._restricted.see(record, None)
        self._known.see(record)
        self._edge.append(left.leaf)

    def _knows_more(self, destroyed: Record) -> bool:
        """Whether records are known here whose bytes are gone from the store."""
        firsts = (first for first, _ in destroyed.fields["positions"])
        known = (p for p in firsts if not is_gone(self._known.all[p].record))
        return any(self.store.row(Emptied, (p,)) is not None for p in known)

    def entries(self) -> Entries:
        """Everything known, up to now. For reading; do not keep it across calls."""
        with self._turn:
            self._catch_up()
            return self._known

    def _fold(self, record: Record, state: bytes) -> None:
        """Take a record into the keyring; whether a stored one may stand there is for `verify`."""
        if record.subject == KEYRING:
            with suppress(ValueError):
                signed_by = [one.keyid for one in open_record(state).signatures]
                self._keyring.admit(self._edge.size, record, signed_by)

    def keyring(self) -> Keyring:
        """The keys of the log, up to now. For reading; do not keep it across calls."""
        with self._turn:
            self._catch_up()
            return self._keyring

    def restricted(self) -> Restricted:
        """What lies inside the sealed acts, up to now. For reading, by whoever may see it."""
        with self._turn:
            self._catch_up()
            return self._restricted

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
            self._catch_up()
            self._must_be_open()
            try:
                return self._notarised(self._edge.size if size is None else size)
            except SignerGone as gone:
                return self._last_signed(gone, size)

    def _last_signed(self, gone: SignerGone, size: int | None = None, least: int = 0) -> bytes:
        """The kept checkpoint, if it is of what is stored, of that size or at least so large."""
        last = self.kept.last()
        why = kept.objection(last, self.origin, self._edge.size, self.tree.root)
        if last is None or why or last.size < least or size not in (None, last.size):
            raise WritesRefused(f"no checkpoint can be signed: {gone}") from gone
        return self.kept.note()

    def _notarised(self, size: int) -> bytes:
        try:
            return self._notary.checkpoint(self._frontier(size))
        except StoreDiffers as differs:
            self.closed_because = str(differs)
            raise WritesRefused(self.closed_because) from differs

    def _frontier(self, size: int) -> Frontier:
        return self._edge.frontier if size == self._edge.size else self.tree.frontier(size)

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
        # Witnesses are not sent the post-quantum line: it is three kilobytes, and none of theirs.
        made = self.ports.cosign(note, lambda old: self.tree.consistency(old, size))
        return self._with_lines(made)

    def _with_lines(self, note: bytes) -> bytes:
        """With the post-quantum lines; those of one checkpoint are the same octets each time."""
        text = parse_note(note).text
        if self._lines[0] != text:
            find, checkpoint = self.ports.post_quantum_signer, parse_checkpoint(text)
            self._lines = (text, signing.post_quantum_lines(self.keyring(), find, checkpoint))
        return note + self._lines[1]

    def proof(self, position: int) -> str:
        """The receipt's proof: a tlog-proof under a checkpoint that covers the position."""
        with self._turn:
            size = max(self._notary.size, position + 1)
            try:
                return self._notary.proof(position, self._frontier(size))
            except SignerGone as gone:
                note = self._last_signed(gone, least=position + 1)
                return self._notary.proof_under(note, position)

    def _outcome(self, answer: int | tuple[int, Refusal]) -> Outcome:
        position, refusal = answer if isinstance(answer, tuple) else (answer, None)
        record = self._known.all[position].record
        if refusal:
            return Declined(refusal.code, dict(refusal.details), position, record.id)
        with signing.answering(RECORDED):
            proof = self._notary.proof(position, self._edge.frontier)
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
        return given.incident if given else self._restricted.reported_at(position)

    def _gate(self) -> str:
        """Why nothing may be written, or nothing: the store against the kept checkpoint."""
        # First what was kept: another process may be writing, and keeps what it has stored before.
        held = self.kept.octets()
        try:
            self._catch_up()
        except Exception as error:
            return f"the store cannot be read: {error}"
        if lost := unexplained(self._known):
            return f"record {lost[0]} has no bytes, and no record says that it was destroyed"
        self.kept.keys = (self.key, *checkpoint_keys(self._keyring))
        last, keys = self.kept.last(held), self.ports.wrapping_keys
        objection = kept.objection(last, self.origin, self._edge.size, self.tree.root)
        if objection or keys is None:
            return objection
        return epochs.objection(self._known, keys.held())

    def _erase_again(self) -> list[str]:
        """Carry out every erasure again, before anything is read: whose keys or values were there.

        Records are not touched by it, so a store that is open for reading only is no exception.
        """
        try:
            left = erasures.left_over(self.store, self._known)
            if left:
                erasures.destroy(self.store, left)
            self.ports.forget(erasures.erased(self._known))
        except Exception as error:
            self.closed_because = f"erasures could not be carried out again: {error}"
            return []
        return [erasure.subject for erasure in left]

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
