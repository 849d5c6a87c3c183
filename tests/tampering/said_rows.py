"""Disclosures and answers that the ledger itself signs."""

from pathlib import Path
from tempfile import mkdtemp

from tampering.forge import unpacked
from tampering.log import SEALED
from tampering.rows import Part
from tampering.school import School

from ledger.evidence import disclosures
from ledger.proof.encoding import b64encode, plain_json

SAID = Part("Disclosures and answers, signed by the ledger itself")
T3, MALFORMED, INVALID = "T3", "MALFORMED", "INVALID"


def told(change):
    def make(f):
        change(f.told)
        return f.made(f.rebuilt())

    return make


def all_told(change):
    """The ledger says that it discloses everything."""

    def make(f):
        change(f.told)
        return f.made(f.rebuilt(disclosed="all"))

    return make


def without(position):
    def change(f_told):
        f_told[:] = [each for each in f_told if each["position"] != position]

    return change


def line(f_told, position):
    return next(each for each in f_told if each["position"] == position)


def swap(f_told):
    one, other = line(f_told, 17), line(f_told, 16)
    one["value"], other["value"] = other["value"], one["value"]


def gone(f_told, position, by):
    f_told[:] = [
        {"erased_by": by, "path": each["path"], "position": position}
        if each["position"] == position
        else each
        for each in f_told
    ]


def as_of(f_told):
    """A value and its salt as they were committed to, said to be those of another record."""
    line(f_told, 16).update({name: line(f_told, 17)[name] for name in ("salt", "value")})


def paths(f_told):
    """Two values of one record, salts and all, change their paths."""
    one, other = [each for each in f_told if each["position"] == 12][:2]
    for name in ("salt", "value"):
        one[name], other[name] = other[name], one[name]


def of_another_ledger(f):
    """The true summary, with the salt that another ledger of the same story committed it with."""
    school = School(Path(mkdtemp()), seed=8)
    with school.found() as ledger:
        school.tell(ledger)
        other = next(t for t in disclosures(ledger, 18, ["all"]) if t["position"] == 17)
    mine = line(f.told, 17)
    assert (other["value"], other["path"]) == (mine["value"], mine["path"])
    mine["salt"] = other["salt"]
    return f.made(f.rebuilt())


ERASED = {"path": "name", "position": 6, "salt": b64encode(bytes(32)), "value": "Rhodri"}

for name, found, position, change in (
    ("A disclosed summary is another", "commitment", 17, lambda t: line(t, 17).update(value="Nothing much")),
    ("A disclosed salt is another", "commitment", 17, lambda t: line(t, 17).update(salt=b64encode(bytes(32)))),
    ("Two disclosed values change places", "commitment", 16, swap),
    ("A value is disclosed as that of another record, salt and all", "commitment", 16, as_of),
    ("Two values of one record change their paths, salts and all", "commitment", 12, paths),
    ("A value is disclosed under the name of another field", "commitment", 17, lambda t: line(t, 17).update(path="name")),
    ("A name is disclosed of somebody who was erased", "commitment", 6, lambda t: (without(6)(t), t.append(ERASED))),
    ("A sealed act is disclosed that says something else", "commitment", SEALED,
     lambda t: t.append({**ERASED, "path": "act", "position": SEALED})),
    ("A value is disclosed of a record that is not there", "disclosure_form", 99, lambda t: t.append({**ERASED, "position": 99})),
):  # fmt: skip
    SAID.row(name, T3, INVALID, found, position, told(change))

for name, found, position, change in (
    ("All is said to be disclosed, but a value is left out", "value_missing", 17, without(17)),
    ("All is said to be disclosed, but of an erased value nothing is said", "value_missing", 6, without(6)),
    ("A value that is there is said to be erased", "not_erased", 6, lambda t: gone(t, 17, 25)),
    ("An erased value is said to be erased by a record that erases nothing", "not_erased", 6, lambda t: gone(t, 6, 27)),
    ("An erased value is said to be erased by a record that is not there", "not_erased", 6, lambda t: gone(t, 6, 28)),
    ("A value is said to be erased that the record does not seal", "commitment", 5,
     lambda t: t.append({"erased_by": 25, "path": "name2", "position": 5})),
):  # fmt: skip
    SAID.row(name, T3, INVALID, found, position, all_told(change))


@SAID.row("Values in a file that is said to disclose none", T3, INVALID, "disclosure_form")
def _(f):
    return f.made(f.rebuilt(disclosed="none"))


SAID.row(
    "A value is disclosed with the salt of another ledger's record",
    T3,
    INVALID,
    "commitment",
    17,
    of_another_ledger,
)

for name, change in (
    ("Disclosures in another order", lambda d: b"".join(d.splitlines(keepends=True)[::-1])),
    ("A disclosure stands twice", lambda d: d.splitlines(keepends=True)[0] + d),
    (
        "An erased value is said to be erased before it was there",
        lambda d: d.replace(b'{"erased_by":25', b'{"erased_by":6', 1),
    ),
    ("Disclosures of no form", lambda d: b"{}\n"),
    ("A line of disclosures that never ends", lambda d: b"x" * 30_000 + b"\n"),
):
    SAID.row(
        name, T3, INVALID, "disclosure_form", None,
        lambda f, change=change: f.made(
            f.listed({**f.members(), "disclosures.jsonl": change(f.members()["disclosures.jsonl"])})
        ),
    )  # fmt: skip


def answers(change):
    def make(f):
        said = f.answers()
        change(said)
        return f.made(f.rebuilt(answers=said))

    return make


def lists(said):
    return said["answers"]["/v1/refusals"]


for name, change in (
    ("A refusal is left out of the count", lambda a: lists(a)["answer"].update(counts={})),
    ("An answer names other records as its evidence", lambda a: lists(a).update(evidence=[1])),
    ("An answer is left out", lambda a: a["answers"].pop("/v1/refusals")),
    ("An answer is added that nobody asked for", lambda a: a["answers"].update({"/v1/all-well": {"answer": True, "evidence": []}})),
    ("Answers as of another moment", lambda a: a.update(at="2026-09-01T00:00:00+01:00")),
    ("Answers said to be of fewer records", lambda a: a.update(size=27)),
    ("Answers of no edition", lambda a: a.update(semantics="2")),
):  # fmt: skip
    SAID.row(name, T3, INVALID, "answer_differs", None, answers(change))

SAID.row("Answers of an edition that is not out yet", T3, MALFORMED, "newer", None,
         answers(lambda a: a.update(semantics=99)))  # fmt: skip


@SAID.row(
    "The page for people shows another record than the file holds", T3, INVALID, "report_differs"
)
def _(f):
    f.sign_fields(18, severity="low")
    page = unpacked(f.rebuilt())["report.html"]
    return f.made(f.listed({**f.members(), "report.html": page}))


@SAID.row("Answers that cannot be read", T3, INVALID, "answers_form")
def _(f):
    data = plain_json(f.answers()).replace(b":", b": ", 1)
    return f.made(f.listed({**f.members(), "answers.json": data}))


@SAID.row("The ledger itself signs a page of its own making", T3, INVALID, "report_differs")
def _(f):
    page = f.members()["report.html"].replace(b'class="answers"', b'class="replies"', 1)
    return f.made(f.listed({**f.members(), "report.html": page}))
