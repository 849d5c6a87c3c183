"""Where one batch is decided: each command becomes a record, accepted or refused.

A desk sees the state as it is inside the writer's transaction and adds to it as it goes. When
anything fails it is thrown away with everything it knew.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from ledger import confidential, epochs, heads, intents, unjudged
from ledger import inside as blobs
from ledger.again import Answers, Recorded
from ledger.again import Asked as Asked
from ledger.again import KeyReused as KeyReused
from ledger.batch import Batch
from ledger.confidential import Keys, Opener
from ledger.domain import fitness, references, retention, signing_keys, standing
from ledger.domain.acts import Command, Refusal, Refused, refuse_first
from ledger.domain.catalogue import ACTIONS, EDITION
from ledger.domain.decide import Decided, decide, turn_away, would_say
from ledger.domain.entries import Entries
from ledger.domain.events import event_of
from ledger.domain.gone import DESTROYED
from ledger.domain.past_retention import past_retention
from ledger.domain.placing import SealedValue, erased
from ledger.domain.school_time import format_instant
from ledger.domain.standing import SYSTEM
from ledger.domain.streams import shell
from ledger.inside import NOT_ASKED, Inside, Who, accepted, refused
from ledger.intents import Salts, ToSign
from ledger.opening import ACT
from ledger.ports import KeyMissing, Ports, RecordSigners
from ledger.proof.dsse import SignerGone
from ledger.proof.encoding import canonical
from ledger.proof.errors import Malformed
from ledger.proof.form import REPLACED_TYPE, TIMESTAMP_TYPE
from ledger.proof.heads import HEADS_TYPE
from ledger.proof.headtree import HeadTree
from ledger.proof.keyrecords import REATTESTED, ROTATED
from ledger.proof.keyring import Keyring
from ledger.proof.merkle import Frontier
from ledger.proof.record import KEYRING, MAX_RECORD, Record, open_record, record_body
from ledger.recent import Given, Recent
from ledger.restricted import Restricted
from ledger.rows import SealedRow
from ledger.sealing import SIZES, Place, TooLong, seal
from ledger.store import Recorder
from ledger.subject_keys import SubjectKeys

COUNTED = (
    "erase_subject",
    "run_retention",
    "destroy_records",
)  # the ledger adds how much they destroy
NO_SALTS: Salts = {}
ENVELOPE = 600  # octets of an envelope around a body in base64, with two signatures


class TooLarge(Exception):
    """The record would be larger than the format allows (48 KiB)."""


Answer = Recorded | Exception


def objection(answer: Answer) -> Refusal | Exception | None:
    """Why a command was not accepted; None where it was."""
    if isinstance(answer, int):
        return None
    return answer[1] if isinstance(answer, tuple) else answer


@dataclass
class Desk:
    """Decides the commands of one batch at one time."""

    known: Entries
    restricted: Restricted
    keyring: Keyring
    ports: Ports
    origin: str
    now: int
    batch: Batch
    sign: Callable[[Record], bytes]
    store: Recorder
    recent: Recent = field(default_factory=Recent)
    opener: Opener | None = None
    lent_by: str = ""  # who lent the opener
    keys: SubjectKeys = field(init=False)
    answers: Answers = field(init=False)
    given: dict[int, Given] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.keys = SubjectKeys(self.store, self.batch, self.ports, epochs.in_force(self.known))
        self.answers = Answers(self.ports, self.store, self.restricted, self.recent)

    def decide(self, asked: Asked) -> Answer:
        """Decide one command and add its record to the batch.

        Returns the position of the accepted record, the position and Refusal of a refused one, or
        the exception that keeps it out of the log altogether.
        """
        try:
            before = self.answers.before(asked)
            return self._decide(asked) if before is None else before
        except (TooLarge, TooLong, KeyReused) as error:
            return error

    @property
    def confidential(self) -> Keys | None:
        """The keys that alone open what is sealed now; None where the wrapping key does."""
        return confidential.in_force(self.known)

    def found(self, record: Record) -> None:
        """Add a record that was made elsewhere: the first of the keyring."""
        self._add(record)

    def seal_act(self, act: Mapping[str, Any], chair: bool = True) -> int:
        """Record a restricted act as a blob of one fixed size (docs/format.md 4, sealed act).

        Nothing of `act` shows in the record: neither its kind nor its size, persons or actor.
        Where there are confidential keys these alone open it, the chair's only if `chair`.
        """
        stream = f"sealed/{self.new_id()}"
        if keys := self.confidential:
            self.keys.confide(f"stream:{stream}", keys, chair)
        blank = self._blank(Asked(Command("", SYSTEM, {})), self.new_id(), stream)
        record = replace(blank, type="Sealed", action="seal", actor=SYSTEM)
        return self._add(record, (SealedValue(ACT, dict(act), f"stream:{stream}"),))

    def seal_reading(self, incident: str, person: str) -> None:
        """Record, inside, that somebody read a restricted incident."""
        self.seal_act(blobs.reading(incident, person), unjudged.of_chair(incident))

    def publish_heads(self, choose: Callable[[Entries], Collection[str]]) -> HeadTree:
        """Commit to how far every stream has gone, by one hash that shows none of them.

        `choose` names streams that have a place in the tree even where they have no record yet.
        """
        event_id = self.new_id()
        blank = self._blank(Asked(Command("", SYSTEM, {})), event_id, "ledger")
        size = len(self.known.all)
        tree = heads.tree(self.store, self.ports, size, event_id, choose(self.known))
        record = replace(
            blank,
            type=HEADS_TYPE,
            action="publish_heads",
            actor=SYSTEM,
            fields={"root": tree.root().hex()},
        )
        self._add(record)
        return tree

    def timestamp(self, size: int, root: bytes, token: bytes, at: int) -> None:
        """Record the hash of a token that says the checkpoint existed `at` that time."""
        blank = self._blank(Asked(Command("", SYSTEM, {})), self.new_id(), "ledger")
        fields = {
            "at": format_instant(at),
            "root": root.hex(),
            "size": size,
            "token": token.hex(),
        }
        action = "timestamp_checkpoint"
        self._add(replace(blank, type=TIMESTAMP_TYPE, action=action, actor=SYSTEM, fields=fields))

    def replace_wrapping_key(self, epoch: int) -> None:
        """Wrap every key anew, and say so; the record and the keys are one transaction."""
        blank = self._blank(Asked(Command("", SYSTEM, {})), self.new_id(), "ledger")
        rows = epochs.rewrapped(self.store, self.ports.wrapper, epoch)
        self.batch.beside.extend(rows)
        fields = {"epoch": epoch, "keys": len(rows)}
        action = "replace_wrapping_key"
        self._add(replace(blank, type=REPLACED_TYPE, action=action, actor=SYSTEM, fields=fields))

    def to_sign(self, command: Command) -> ToSign:
        """What the actor signs of a command, were it recorded now. Nothing is recorded.

        No rule is asked but where the ledger counts what is destroyed, so that nobody learns from
        it what may be recorded, or whether something is restricted. Raises Refused.
        """
        asked = Asked(replace(command, intent=NOT_ASKED))
        decided = would_say(self.known, asked.command, self.now)
        if command.action in COUNTED:
            decided = self._with_keys(decide(self.known, asked.command, self.now))
        salts = {value.path: self.ports.chance(32) for value in decided.sealed}
        record = self._record(decided, asked)
        return ToSign(intents.committed(record, decided.sealed, salts), salts)

    def new_id(self) -> str:
        return self.ports.chance(16).hex()

    def _decide(self, asked: Asked) -> Answer:
        command = asked.command
        inside = self.restricted.asked(command, self.now, self._dealing(command))
        if inside is not None:
            return self._decide_inside(asked, inside)
        try:
            decided = self._with_keys(decide(self.known, command, self.now))
            self._must_hold(decided, command.actor)
            self._must_be_due(decided)
            if decided.destroys and not self.confidential and (kept := self._kept_inside(command)):
                return self._seal_refusal(asked, Inside(command, ""), kept)
            return self._answered(asked, self._accept(decided, asked))
        except Refused as no:
            refusal = Refusal(no.code, no.details)
            return self._answered(asked, self._refuse(refusal, asked), refusal)

    def _answered(self, asked: Asked, position: int, refusal: Refusal | None = None) -> Answer:
        if asked.key is not None:
            self.batch.beside.append(self.answers.given(asked, position, refusal))
        return position if refusal is None else (position, refusal)

    # -- restricted incidents --------------------------------------------------------------

    def _decide_inside(self, asked: Asked, inside: Inside) -> Answer:
        """Decide a command about a restricted incident; accepted or refused, it is sealed."""
        whole, command = self.restricted.whole, inside.command
        if not inside.judged:
            return self._take_unjudged(asked, inside)
        if self.confidential and not (inside.admitted and inside.incident):
            whole = self.known  # whoever is turned away is told what anybody would be
        try:
            if not inside.admitted:
                turn_away(whole, command, self.now)
            # What lies inside shows nobody, and so is not signed; nor is a signature demanded.
            decided = decide(whole, replace(command, intent=NOT_ASKED), self.now)
        except Refused as no:
            return self._seal_refusal(asked, inside, Refusal(no.code, no.details))
        version = whole.version(decided.stream) + 1
        act = accepted(inside, decided, self._who(command), version)
        reported = inside.incident if command.action == "report_incident" else None
        return self._sealed(asked, inside, act, reported=reported)

    def _take_unjudged(self, asked: Asked, inside: Inside) -> Answer:
        """Take what nobody here can judge; its form alone is asked for."""
        command = inside.command
        try:
            act = unjudged.taken(self.known, command, self.now, inside.incident, self._who(command))
        except Refused as no:
            return self._seal_refusal(asked, inside, Refusal(no.code, no.details))
        return self._sealed(asked, inside, act)

    def _sealed(
        self,
        asked: Asked,
        inside: Inside,
        act: Mapping[str, Any],
        refusal: Refusal | None = None,
        reported: str | None = None,
    ) -> int:
        known = self.restricted.whole
        chair = unjudged.for_chair(known, inside.command, self.now, inside.incident)
        position = self.seal_act({**act, **self.answers.inside(asked, refusal)}, chair)
        if self.confidential:
            row = self.answers.kept(asked, position, refusal)
            self.given[position] = Given(asked.command.actor, reported, row)
        return position

    def _dealing(self, command: Command) -> Callable[[], str]:
        """How ids are dealt inside: at random, where keys are in force marked by who opens them."""
        if not self.confidential:
            return self.new_id
        chair = unjudged.for_chair(self.known, command, self.now)
        return lambda: unjudged.deal(self.new_id(), chair)

    def _kept_inside(self, command: Command) -> Refusal | None:
        """Why a restricted incident forbids to destroy: a hold, or that it is about the actor."""
        try:
            decide(self.restricted.whole, replace(command, intent=NOT_ASKED), self.now)
        except Refused as no:
            return Refusal(no.code, no.details)
        return None

    def _seal_refusal(self, asked: Asked, inside: Inside, refusal: Refusal) -> Answer:
        act = refused(inside, refusal, self._who(asked.command), self.now)
        return self._sealed(asked, inside, act, refusal), refusal

    def _who(self, command: Command) -> Who:
        return Who(command.actor, self._offices(command.actor))

    # -- records ---------------------------------------------------------------------------

    def _accept(self, decided: Decided, asked: Asked) -> int:
        record, command = self._record(decided, asked), asked.command
        salts = intents.salts_of(command, decided.sealed)
        if command.intent is not None:
            record = intents.signed(self.known, record, decided.sealed, salts, command.intent)
        if decided.action.approved:
            refuse_first(self._objections(record))
        position = self._add(record, decided.sealed, salts)
        self._seal_anew(decided)
        for name in decided.destroys or ():
            self.keys.destroy(name, position)
        if decided.type == DESTROYED:
            self.keys.destroy_records(record.fields["positions"], position)
        return position

    def _record(self, decided: Decided, asked: Asked) -> Record:
        """What is recorded of a decision, nothing sealed or signed yet."""
        fields = {**decided.fields, **asked.counted}
        if decided.destroys is not None:
            fields["values_destroyed"] = sum(map(self.keys.values_under, decided.destroys))
        if decided.type == DESTROYED:
            fields["values_destroyed"] = self.keys.values_in(fields["positions"])
        return replace(
            self._blank(asked, decided.event_id or self.new_id(), decided.stream),
            type=decided.type,
            action=decided.action.name,
            actor=asked.command.actor,
            actoroffices=self._offices(asked.command.actor),
            doneby=decided.done_by,
            occurredat=decided.occurred_at,
            fields=fields,
            irregular=decided.irregular,
            approvals=tuple(asked.command.approvals or ()),
        )

    def _seal_anew(self, decided: Decided) -> None:
        """Move the keys of sealed acts to the keys in force, when these are named and later."""
        if decided.type == confidential.RENEWED and self.confidential and self.opener:
            self.keys.renew(self.confidential, self.opener)
        if decided.type == confidential.ADOPTED and self.confidential:
            self.keys.give_away(self.confidential, self._hidden_from_the_chair())

    def _hidden_from_the_chair(self) -> frozenset[int]:
        """The positions of sealed acts about the chair of governors, of those that can be read."""
        whole = self.restricted.whole
        return frozenset(
            position
            for position, opened in self.restricted.opened.items()
            if unjudged.about_chair(whole, opened.incident, self.now)
        )

    def _must_hold(self, decided: Decided, actor: str) -> None:
        """What only who holds the private keys knows: that a new record key can sign, and that
        the actor opened what is to be sealed anew, or somebody did for the chair of governors.
        Anybody else is not told whether it is open."""
        lent = self.opener is not None
        lent = lent and (actor == self.lent_by or unjudged.CHAIR in self._offices(actor))
        if decided.type == confidential.RENEWED and not lent:
            raise Refused("confidential_key_needed")
        if decided.type == ROTATED:
            try:
                self.ports.record_signer(decided.fields["new_key_id"])
            except KeyMissing:
                raise Refused("unknown_reference", {"fields": ["public_key"]}) from None

    def _objections(self, record: Record) -> Iterator[Refusal]:
        """Why a record about keys may not stand here: none that `verify` would refuse is made."""
        fields, root = record.fields, ""
        if record.type == REATTESTED and fields["to"] <= self.store.size():
            leaves = self.store.leaves(fields["from"], fields["to"])
            root = Frontier().extend(leaves).root().hex()
        if self._leaves_none(record):
            yield Refusal(signing_keys.LAST, {"fields": ["key_id"]})
        yield from signing_keys.objections(self.keyring, record, len(self.known.all), root)

    def _leaves_none(self, record: Record) -> bool:
        """Whether a key ends, and of those in force beside it this service holds none."""
        purpose, ends = record.fields.get("purpose"), record.fields.get("key_id")
        alike = signing_keys.in_force(self.keyring, str(purpose), len(self.known.all))
        if ends not in alike or signing_keys.is_freeze(record):
            return False
        find = self.ports.record_signer if purpose == "record" else self.ports.checkpoint_key
        return not any(_is_there(find, key_id) for key_id in alike if key_id != ends)

    def _with_keys(self, decided: Decided) -> Decided:
        """Which keys a run of retention destroys: only the store knows which there are."""
        if decided.type != "RetentionApplied":
            return decided
        found = retention.due(self._judged_for_all(), self.keys.last_under(), self.now)
        due = tuple(each.name for each in found)
        if decided.fields["keys_destroyed"] != len(due):
            details = {"fields": ["keys_destroyed"], "expected": len(due)}
            raise Refused("invalid_field", details)
        return replace(decided, destroys=due)

    def _judged_for_all(self) -> Entries:
        """What counts for a run that everybody sees the size of: a hold that only some can see
        must not show in it, once the service itself cannot always see it."""
        return self.known if self.confidential else self.restricted.whole

    def _must_be_due(self, decided: Decided) -> None:
        """Exactly what is due is destroyed: who confirms it has seen all of it."""
        if decided.type == DESTROYED:
            due = past_retention(self.known, self._judged_for_all(), self.now).positions
            expected = [list(pair) for pair in due]
            if decided.fields["positions"] != expected:
                raise Refused("invalid_field", {"fields": ["positions"], "expected": expected})

    def _refuse(self, refusal: Refusal, asked: Asked) -> int:
        command, code = asked.command, refusal.code
        actor = "unknown" if code == "unknown_actor" else command.actor
        fields: dict[str, Any] = {"action": command.action, "code": code, "reference_ids": []}
        sealed: tuple[SealedValue, ...] = ()
        if code != "secret_in_payload":
            named = references.named_before(self.known, ACTIONS[command.action], command.data)
            fields["reference_ids"] = named
            fields, sealed = self._hash_of_payload(fields, command.data, actor)
        record = replace(
            self._blank(asked, self.new_id(), "refusal"),
            type="CommandRefused",
            action="refuse",
            actor=actor,
            actoroffices=self._offices(actor),
            fields=fields,
        )
        return self._add(record, sealed)

    def _hash_of_payload(
        self, fields: dict[str, Any], data: Mapping[str, Any], actor: str
    ) -> tuple[dict[str, Any], tuple[SealedValue, ...]]:
        """What was asked can be shown later by whoever has it; it cannot be guessed from here."""
        try:
            payload = canonical(dict(data))
        except Malformed:
            return fields, ()  # it has no one spelling, so no hash of it would prove anything
        salt = self.ports.chance(32)
        hashed = {**fields, "payload_hash": sha256(salt + payload).hexdigest()}
        person = actor not in ("unknown", SYSTEM) and not erased(self.known, actor)
        under = f"subject:{actor}" if person else "stream:refusal"
        return hashed, (SealedValue("payload_salt", salt.hex(), under),)

    def _blank(self, asked: Asked, event_id: str, stream: str) -> Record:
        return Record(
            id=event_id,
            source=self.origin,
            type="",
            subject=stream,
            time=self.now,
            streamversion=self.known.version(stream) + 1,
            action="",
            actor="",
            occurredat=self.now,
            fields={},
            sealed={},
            rules=self._rules(),
            catalogue=EDITION,
            causedby=self.answers.mac("causedby", asked).hex() if asked.key is not None else None,
        )

    def _rules(self) -> dict[str, Any]:
        known, now = self.known, self.now
        return {
            "calendar": fitness.version_in_force(known, "WorkingCalendarAdopted", now),
            "keyring": known.version("keyring"),
            "policy": fitness.current_policy(known, now),
            "rules": fitness.version_in_force(known, "SlaRulesAdopted", now),
        }

    def _offices(self, actor: str) -> tuple[str, ...]:
        return tuple(sorted(standing.offices(self.known, actor, self.now)))

    def _add(
        self, record: Record, sealed: tuple[SealedValue, ...] = (), salts: Salts = NO_SALTS
    ) -> int:
        """Seal, sign, take into the batch and into what is known. Salts not given are drawn."""
        rows: list[tuple[SealedValue, bytes]] = []
        committed: dict[str, dict[str, str]] = {}
        for value in sealed:
            place = Place(self.origin, record.id, value.path)
            least = SIZES[-1] if record.type == "Sealed" else 0
            key, salt = self.keys.key(value.under), salts.get(value.path)
            made = seal(place, value.value, key, self.ports.chance, least, salt)
            committed[value.path] = made.in_record
            rows.append((value, made.ciphertext))
        record = replace(record, sealed=committed)
        if len(record_body(record)) * 4 // 3 + ENVELOPE > MAX_RECORD:
            raise TooLarge(f"{record.action}: the record would be larger than {MAX_RECORD} octets")
        stream = shell(record.subject, record.streamversion - 1)
        event = event_of(record)
        stream.record(type(event), timestamp=event.timestamp, record=record)
        new = self.batch.append(record, event, self.sign(record))
        for value, ciphertext in rows:
            self.batch.beside.append(SealedRow(new.position, value.path, value.under, ciphertext))
        opens = record.type == "Sealed" and self.keys.seen_by(sealed[0].under, self.opener)
        self.restricted.see(record, sealed[0].value if opens else None)
        self.known.see(record)
        if record.subject == KEYRING and new.state:
            signed_by = [one.keyid for one in open_record(new.state).signatures]
            self.keyring.admit(new.position, record, signed_by)
        return new.position


def _is_there(find: RecordSigners, key_id: str) -> bool:
    try:
        find(key_id)
    except (KeyMissing, SignerGone):
        return False
    return True
