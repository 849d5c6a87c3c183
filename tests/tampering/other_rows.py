"""Receipts, the vault and the clock. Each row says in the end what the ledger's own code said."""

from small import asked
from tampering.rows import Part
from tampering.school import RUNNER, School
from tampering.trust_rows import line

from keys.vault import REHEARSAL_COST, VaultError, create, open_vault
from ledger.proof.encoding import canonical, parse_canonical
from ledger.proof.errors import Invalid, Malformed
from ledger.proof.note import verifier_key
from ledger.proof.tlogproof import check_tlog_proof, parse_tlog_proof
from ledger.timekeeping import ClockAhead, ClockBehind

RECEIPTS = Part("Receipts, checked with the log's key")
VAULT = Part("The vault")
CLOCK = Part("The clock")
T1, T8, T9 = "T1", "T8", "T9"
INVALID, MALFORMED, SHUT, REFUSED, VALID = "INVALID", "MALFORMED", "SHUT", "REFUSED", "VALID"

POSITION, WORDS = 14, b"correct horse"
NAMES = ("checkpoint", "mac", "record", "wrap-1")


def receipt(change, position=POSITION):
    """(verdict, words) on the receipt of record 14, changed, for the record at `position`."""

    def make(world):
        log, key = world.log, verifier_key(world.school.origin, world.school.log_key.public_key)
        try:
            proof = parse_tlog_proof(change(log.receipt.encode(), log))
            check_tlog_proof(proof, log.entries[position], [key])
        except Invalid as error:
            return INVALID, str(error)
        except Malformed as error:
            return MALFORMED, str(error)
        return VALID, ""

    return make


def note_of(data, log, size):
    return data[: data.index(b"\n\n") + 2] + log.notes[size]


def under_other_root(data, log):
    head, blank, note = data.partition(b"\n\n")
    return head + blank + line(note, 2, "A" * 43 + "=")


def under_other_signature(data, log):
    """The receipt whose checkpoint bears the signature of the first one."""
    return data[: data.rindex(b"\n\n") + 2] + log.notes[1].partition(b"\n\n")[2]


for name, verdict, words, make in (
    ("The receipt of a record for another record", INVALID, "", receipt(lambda d, log: d, 15)),
    ("A receipt that names another position", INVALID, "", receipt(lambda d, log: d.replace(b"index 14", b"index 15"))),
    ("A receipt that names a position beyond the log", INVALID, "", receipt(lambda d, log: d.replace(b"index 14", b"index 99"))),
    ("A receipt with another hash in it", INVALID, "", receipt(lambda d, log: line(d, 2, "A" * 43 + "="))),
    ("A receipt with a hash too few", INVALID, "", receipt(lambda d, log: b"\n".join(d.split(b"\n")[:2] + d.split(b"\n")[3:]))),
    ("A receipt with a hash too many", INVALID, "", receipt(lambda d, log: d.replace(b"index 14\n", b"index 14\n" + b"A" * 43 + b"=\n"))),
    ("A receipt under an earlier checkpoint", INVALID, "", receipt(lambda d, log: note_of(d, log, 20))),
    ("A receipt whose checkpoint says another root", INVALID, "", receipt(under_other_root)),
    ("A receipt whose checkpoint has the signature of another", INVALID, "", receipt(under_other_signature)),
    ("A receipt of another form of proof", MALFORMED, "does not begin with", receipt(lambda d, log: d.replace(b"@v1", b"@v2"))),
    ("A receipt without its position", MALFORMED, "without an index line", receipt(lambda d, log: d.replace(b"index 14\n", b""))),
    ("A receipt with a position that has a nought before it", MALFORMED, "", receipt(lambda d, log: d.replace(b"index 14", b"index 014"))),
    ("A receipt without its checkpoint", MALFORMED, "", receipt(lambda d, log: d[: d.index(b"\n\n") + 2])),
):  # fmt: skip
    RECEIPTS.row(name, T9, verdict, words, POSITION, make)


# The vault


def vault(change, words=WORDS):
    """(verdict, words) on a vault file that was changed."""
    return vault_place(lambda path: path.write_bytes(change(path.read_bytes())), words)


def vault_place(change, words=WORDS):
    """(verdict, words) on a vault file whose path was changed."""

    def make(world):
        path = world.folder / "keys" / "vault.json"
        create(path, NAMES, WORDS, REHEARSAL_COST)
        change(path)
        try:
            open_vault(path, words)
        except VaultError as error:
            return SHUT, str(error)
        return VALID, ""

    return make


def entries(change):
    def make(data):
        kept = parse_canonical(data)
        held = dict(kept["entries"])
        change(held)
        return canonical({**kept, "entries": sorted(map(list, held.items()))})

    return make


def linked(path):
    path.rename(path.with_name("elsewhere.json"))
    path.symlink_to("elsewhere.json")


def swap(held):
    held["record"], held["checkpoint"] = held["checkpoint"], held["record"]


def flip(data):
    at = data.index(b'"record","') + 60
    return data[:at] + (b"A" if data[at : at + 1] != b"A" else b"B") + data[at + 1 :]


for name, words, make in (
    ("A letter of the vault is changed", "wrong passphrase, or the file was changed", vault(flip)),
    ("The record key is put in the place of the checkpoint key", "wrong passphrase, or the file was changed", vault(entries(swap))),
    ("The salt of the vault is another", "wrong passphrase, or the file was changed",
     vault(lambda d: canonical({**parse_canonical(d), "salt": "AAAAAAAAAAAAAAAAAAAAAA=="}))),
    ("The vault is said to be cheaper to open", "is not a vault", vault(lambda d: d.replace(b'"cost":16384', b'"cost":1024'))),
    ("The vault is said to take all memory to open", "is not a vault", vault(lambda d: d.replace(b'"cost":16384', b'"cost":1073741824'))),
    ("Half of the vault is missing", "is not a vault", vault(lambda d: d[: len(d) // 2])),
    ("A link leads from the vault's place to another file", "is a link", vault_place(linked)),
    ("Others are let read the vault", "others may read it", vault_place(lambda p: p.chmod(0o644))),
    ("The vault is opened with another passphrase", "wrong passphrase", vault(lambda d: d, b"battery staple")),
):  # fmt: skip
    VAULT.row(name, T1, SHUT, words, None, make)


# The clock


def clock(seconds):
    """(verdict, words) on a record when the clock stands so many seconds from the last record."""

    def make(world):
        school = School(world.store(), seed=9)
        school.clock.at = world.last + seconds
        with school.open() as ledger:
            check = {"account": "fb-main", "result": "nothing_found"}
            try:
                made = ledger.record(asked("record_monitoring_check", check, RUNNER))
            except (ClockBehind, ClockAhead) as error:
                return REFUSED, str(error)
            return VALID, str(made.recorded_at - world.last)

    return make


YEAR = 31_536_000

for name, verdict, words, make in (
    ("The clock is put back by an hour", REFUSED, "3600 seconds behind the last record", clock(-3600)),
    ("The clock is put back by ten years", REFUSED, "seconds behind the last record", clock(-10 * YEAR)),
    ("The clock is put forward by two days", REFUSED, "seconds ahead of the last record", clock(2 * 86_400)),
    ("The clock is put forward to the year 2106", REFUSED, "seconds ahead of the last record", clock(80 * YEAR)),
    ("The clock is put back by a minute: the record is dated like the last one", VALID, "0", clock(-60)),
):  # fmt: skip
    CLOCK.row(name, T8, verdict, words, None, make)

OTHER_ROWS = [*RECEIPTS.rows, *VAULT.rows, *CLOCK.rows]
