"""handledger-verify.pyz: one small file, the same everywhere, and it says what `verify` says.

What it carries must run on Python 3.9. Rules for whoever writes in `ledger/proof`, `projections`
and the plain parts of `ledger/domain`: `from __future__ import annotations` in every module; no
`match`, `zip(strict=)`, `bisect(key=)`, `datetime.UTC`, `X | Y` outside of annotations, no slots or
kw_only of dataclasses; `parse_date` in place of `date.fromisoformat`, which takes more spellings
from one Python to the next; and what is newer than 3.9 is imported under `if TYPE_CHECKING` only.
"""

import ast
import dis
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from types import CodeType

import pytest
from click.testing import CliRunner

from api.archive import ENTRY, bare, build, carried, modules
from api.cli import cli
from api.compact import compact
from api.shorter import short_names
from api.unused import without_unused
from api.verifier_main import MODULES

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "tests/golden/edition-1"
TRUST = ["--trust", str(GOLDEN / "trust.policy")]
NOW = ["--trust", "now/trust.policy"]
OLDEST = (3, 9)
LARGEST = 100_000

CARRIED = modules(ENTRY)
CODE = "from api.main import main; main()"

# What the standard library has had since 3.10 or later, as far as anybody here might use it.
NEWER = {
    "datetime": {"UTC"},
    "enum": {"StrEnum", "verify", "ReprEnum", "nonmember", "member", "property"},
    "functools": {"Placeholder"},
    "hashlib": {"file_digest"},
    "itertools": {"pairwise", "batched"},
    "math": {"cbrt", "exp2", "sumprod", "fma"},
    "operator": {"call", "is_none", "is_not_none"},
    "types": {"NoneType", "EllipsisType", "NotImplementedType", "UnionType", "get_original_bases"},
    "typing": {
        "assert_never", "assert_type", "clear_overloads", "Concatenate", "dataclass_transform",
        "get_overloads", "is_typeddict", "LiteralString", "Never", "NoDefault",
        "NotRequired", "override", "ParamSpec", "ParamSpecArgs", "ParamSpecKwargs", "ReadOnly",
        "Required", "reveal_type", "Self", "TypeAlias", "TypeAliasType", "TypeGuard", "TypeIs",
        "TypeVarTuple", "Unpack",
    },
}  # fmt: skip
NEWER_MODULES = {"tomllib", "annotationlib", "compression"}
NEWER_METHODS = {"bit_count", "add_note"}
NEWER_BUILTINS = {"aiter", "anext", "ExceptionGroup", "BaseExceptionGroup", "EncodingWarning"}
# (name of what is called, argument by name)
NEWER_ARGUMENTS = {
    ("zip", "strict"), ("map", "strict"), ("dataclass", "slots"), ("dataclass", "kw_only"),
    ("field", "kw_only"), ("bisect", "key"), ("bisect_left", "key"), ("bisect_right", "key"),
    ("insort", "key"), ("insort_left", "key"), ("insort_right", "key"),
}  # fmt: skip
TYPES = {"int", "str", "bytes", "bool", "float", "dict", "list", "set", "tuple", "frozenset", "Any"}


def too_new(source):
    """(line, what) of everything in a source that Python 3.9 does not have."""
    try:
        tree = ast.parse(source, feature_version=OLDEST)
    except SyntaxError as error:
        return [(error.lineno, "syntax")]
    return sorted(set(_at_run_time(tree, _postponed(tree))))


def _postponed(tree):
    return any(isinstance(n, ast.ImportFrom) and n.module == "__future__" for n in tree.body)


def _at_run_time(node, postponed):
    """What is not for checkers alone: annotations are, and whatever stands under TYPE_CHECKING."""
    if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
        return
    yield from _newer(node)
    for name, value in ast.iter_fields(node):
        if postponed and name in ("annotation", "returns"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _at_run_time(child, postponed)


def _newer(node):
    if isinstance(node, ast.Import):
        wrong = [a.name for a in node.names if a.name.split(".")[0] in NEWER_MODULES]
    elif isinstance(node, ast.ImportFrom):
        names = NEWER.get(node.module or "", set())
        wrong = [a.name for a in node.names if a.name in names]
        wrong += [node.module] if (node.module or "").split(".")[0] in NEWER_MODULES else []
    elif isinstance(node, ast.Attribute):
        wrong = _attribute(node)
    elif isinstance(node, ast.Name):
        wrong = [node.id] if node.id in NEWER_BUILTINS else []
    elif isinstance(node, ast.Call):
        called = getattr(node.func, "id", getattr(node.func, "attr", ""))
        wrong = [f"{called}({k.arg}=)" for k in node.keywords if (called, k.arg) in NEWER_ARGUMENTS]
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        wrong = ["X | Y"] if _is_type(node.left) or _is_type(node.right) else []
    else:
        wrong = []
    yield from ((node.lineno, what) for what in wrong)


def _attribute(node):
    owner = getattr(node.value, "id", "")
    if owner == "date" and node.attr == "fromisoformat":
        return ["date.fromisoformat"]
    newer = node.attr in NEWER.get(owner, set()) or node.attr in NEWER_METHODS
    return [f"{owner}.{node.attr}"] if newer else []


def _is_type(node):
    if isinstance(node, ast.Subscript):
        return getattr(node.value, "id", "") in TYPES | {"Callable", "Mapping", "Sequence"}
    return getattr(node, "id", "") in TYPES or getattr(node, "value", "") is None


def test_what_it_carries_is_not_newer_than_python_3_9():
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {what}"
        for path in sorted(CARRIED.values())
        for line, what in too_new(path.read_text("utf-8"))
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "source",
    [
        "match x:\n    case 1: pass",
        "def f(x: int | None): ...",
        "from datetime import UTC",
        "import datetime\ndatetime.UTC",
        "from typing import Self",
        "import tomllib",
        "list(zip(a, b, strict=True))",
        "from __future__ import annotations\nAnswer = int | None",
        "from __future__ import annotations\nisinstance(x, dict | list)",
        "@dataclass(slots=True)\nclass A: ...",
        "bisect_right(a, x, key=f)",
        "date.fromisoformat(x)",
        "(5).bit_count()",
        "try: ...\nexcept* ValueError: ...",
        "type A = int",
    ],
)
def test_a_planted_novelty_is_found(source):
    assert too_new(source) != []


def test_what_is_only_for_checkers_may_be_newer():
    future = "from __future__ import annotations\n"
    assert [] == too_new(future + "def f(x: int | None) -> str | None: ...\na = {1} | {2}")
    assert [] == too_new("if TYPE_CHECKING:\n    from typing import Self")


def test_it_carries_what_it_needs_and_nothing_of_the_service():
    assert {"api", "api.verifier", "ledger", "ledger.proof.verify", "projections.semantics"} <= {
        *CARRIED
    }
    forbidden = {"eventsourcing", "marshmallow", "flask", "click", "keys"}
    for name, path in CARRIED.items():
        tops = {line.split()[1].split(".")[0] for line in imports(path)}
        assert not tops & forbidden, name
    assert not {"ledger.domain.schemas", "ledger.store", "ledger.proof.bundle"} & {*CARRIED}


def imports(path):
    return re.findall(r"^\s*(?:from|import) \S+", path.read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize("name", sorted(CARRIED))
def test_taking_out_comments_changes_nothing_that_runs(name):
    source = CARRIED[name].read_text("utf-8")
    made = bare(source)
    assert ast.dump(ast.parse(made)) == ast.dump(Stripped().visit(ast.parse(source)))


@pytest.mark.parametrize("name", sorted(CARRIED))
def test_taking_out_white_space_changes_nothing(name):
    source = bare(CARRIED[name].read_text("utf-8"))
    made = compact(source)
    assert ast.dump(ast.parse(made)) == ast.dump(ast.parse(source))
    assert compact(made) == made
    assert not re.search(r"[^ \n] +\n|\n *\n", re.sub(r'"""(.|\n)*?"""', "", made))


@pytest.mark.parametrize(
    "source",
    [
        "x = f'{a + b!r:>{w}} { c }'\n",
        "if not(a)or b: c = 1 if a else 'x' 'y'\n",
        "def f(a, *, b = 1):\n    return [\n        a,\n\n        b,\n    ]\n\n\nf( 1 )\n",
        "a = (1,)\nb = r'\\d' '' 'x'\nprint (not a, - b, a if b else 0x1f, 1 .real)\n",
        'a = """\n\n  text \n"""\n',
    ],
)
def test_white_space_that_means_something_stays(source):
    assert ast.dump(ast.parse(compact(source))) == ast.dump(ast.parse(source))


ONE = """\
from typing import Any, List
A = List
B = Any
def run(): return used(B)
def other(): write()
"""
TWO = """\
from one import other
def used(x): return 'named'
def write(): write()
@dataclass(frozen=True)
class Gone:
    x = 1
@kept_in_a_table
def kept(): pass
named = 1
"""


def test_what_nobody_uses_is_left_out():
    made = without_unused({"one": ONE, "two": TWO}, "run")
    assert made["one"] == "from typing import Any\nB = Any\ndef run(): return used(B)\n"
    kept = "@kept_in_a_table\ndef kept(): pass\n"
    assert made["two"] == f"def used(x): return 'named'\n{kept}named = 1\n"


@pytest.fixture(name="renamed", scope="module")
def _renamed():
    """By module, what it was and what it is with short names, compiled."""
    before = {n: compact(bare(path.read_text("utf-8"))) for n, path in CARRIED.items()}
    after = short_names(before, "run")
    return {n: [compile(each[n], n, "exec") for each in (before, after)] for n in CARRIED}


@pytest.mark.parametrize("name", sorted(CARRIED))
def test_short_names_change_nothing_that_runs(renamed, name):
    tops = {}
    same_code(*renamed[name], {"__class__": "__class__"}, tops)
    assert len({*tops.values()}) == len(tops)


LONG = """\
from two import other
LIMIT=1
@dataclass
class Kept:
    size:0=1
    def larger(self,factor,shown=size):
        return f"{self.size*factor!r:>{shown}}{{factor}} {'shown' if shown != 2 else [shown]}"
def outer(given,text,*rest,**more):
    from hashlib import sha256
    try:
        def inner(LIMIT=2):
            nonlocal text
            text=[size.rest for size in rest if(last:=size)]
            return b,list
        inner()
    except ValueError as error:
        return lambda size:sha256(error,given=size,last=last)
    return Kept(size=more)
sorted_={size for size in map(str,[LIMIT])}
size=asked="by name"
Own=alone=other(outer,"asked",Own)
def lonely(by_place,told):
    return by_place,told
lonely(1,told=2)
"""
SHORT = """\
from two import other
LIMIT=1
@dataclass
class _a:
    size:0=1
    def larger(a,b,c=size):
        return f"{a.size*b!r:>{c}}{{factor}} {'shown' if c != 2 else [c]}"
def outer(given,a,*c,**d):
    from hashlib import sha256
    try:
        def e(LIMIT=2):
            nonlocal a
            a=[size.rest for size in c if(f:=size)]
            return b,list
        e()
    except ValueError as g:
        return lambda size:sha256(g,given=size,last=f)
    return _a(size=d)
_b={size for size in map(str,[LIMIT])}
size=asked="by name"
_c=_d=other(outer,"asked",_c)
def _e(a,told):
    return a,told
_e(1,told=2)
"""


def test_short_names_are_for_what_nobody_else_means():
    others = {"two": "def other(_): pass", "three": "import one\none.outer"}
    assert short_names({"one": LONG, **others}, "run")["one"] == SHORT
    assert short_names({"one": "def run(): return 1"}, "run") == {"one": "def run(): return 1"}


def same_code(one, other, names, tops):
    """Each does the same to the same; returns the new names here, by `names` around and `tops`."""
    mine, theirs = (list(done(code)) for code in (one, other))
    assert [operation for operation, _ in mine] == [operation for operation, _ in theirs]
    assert (one.co_argcount, one.co_kwonlyargcount) == (other.co_argcount, other.co_kwonlyargcount)
    names = {**names, **dict(zip(one.co_varnames, other.co_varnames, strict=True))}
    steps = [(*step, meant) for step, (_, meant) in zip(mine, theirs, strict=True)]
    for operation, said, meant in steps:
        if "DEREF" in operation:
            assert names.setdefault(said, meant) == meant
        elif isinstance(said, CodeType):
            inside = same_code(said, meant, names, tops)
            names.update({name: inside[name] for name in said.co_freevars})
    for operation, said, meant in steps:
        if operation == "closure":
            assert {names[name] for name in said} == meant
        elif "FAST" in operation:
            assert names[said] == meant
        elif operation.endswith(("E_NAME", "D_NAME", "_GLOBAL")):
            assert tops.setdefault(said, meant) == meant
        elif operation == "LOAD_CONST" and isinstance(said, str) and said != meant:
            (top, *inner), (new, *same) = said.split("."), meant.split(".")  # a class, in a string
            assert (tops.setdefault(top, new), inner) == (new, same)
        elif not isinstance(said, CodeType) and "DEREF" not in operation:
            assert said == meant
    assert len(set(names.values())) == len(names)
    return names


def done(code):
    """(what is done, to what) by compiled code; which cells a function is given has no order."""
    cells = {*code.co_cellvars, *code.co_freevars}
    given = set()
    for step in dis.get_instructions(code):
        several = step.argval if "FAST_LOAD_FAST" in step.opname else (step.argval,)
        if step.opname.startswith(("LOAD_CLOSURE", "LOAD_FAST")) and cells.issuperset(several):
            given.update(several)
            continue
        if given:
            yield "closure", given
            given = set()
        told = step.opname in ("MAKE_CELL", "COPY_FREE_VARS") or "<locals>" in str(step.argval)
        yield step.opname, None if told else step.argval


# What a verifier reads of the declarations, and (of what, which) it must not read of them.
READ = """
import json
from ledger.domain.catalogue import ACTIONS
from ledger.domain.trace import PASSAGES, ROWS
from projections.routes import ROUTES
of_action = "name stream events kind chosen_by choices decision apart system stream_field".split()
of_field = "name kind sealed refers new many digit missing".split()
said = [[[getattr(a, n) for n in of_action], a.who.offices, a.who.code,
         [[getattr(f, n) for n in of_field] for f in a.fields]] for a in ACTIONS.values()]
rows = {key: [row.evidence, row.rules, row.asks] for key, row in ROWS.items()}
routes = [(r.path, r.allowed, r.since) for r in ROUTES]
print(json.dumps([said, [vars(p) for p in PASSAGES], rows, routes], default=vars))
"""
FOR_PEOPLE = {"checks", "clocks", "high", "low", "mark", "new_first", "policy", "words"}
READ_OF_OTHERS = {("monitoring", "checks"), ("passage", "words"), ("policy", "policy"),
                  ("reader", "policy"), ("stamps", "words")}  # fmt: skip


def test_of_declarations_it_carries_whatever_it_reads(tmp_path):
    for name, source in carried(CARRIED).items():
        path = tmp_path / CARRIED[name].relative_to(ROOT)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, "utf-8")
    said = [ran([sys.executable, "-c", READ], folder) for folder in (ROOT, tmp_path)]
    assert said[0] == said[1]
    assert (0, True) == (said[0][0], len(json.loads(said[0][1])[0]) > 100)


def test_what_it_reads_of_declarations_is_carried():
    """Whoever reads another attribute of an action or a field takes it out of archive.UNREAD."""
    read = set()
    for path in CARRIED.values():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in {*FOR_PEOPLE, "allowed"}:
                read.add((ast.unparse(node.value), node.attr))
    assert read - READ_OF_OTHERS == {("route", "allowed")}


def test_of_what_is_carried_no_name_is_missing():
    """Whatever one module imports from another is there."""
    sources = carried(CARRIED)
    for name, source in sources.items():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ImportFrom):
                _check_import(name, node, sources)


def _check_import(name, node, sources):
    package = name if CARRIED[name].name == "__init__.py" else name.rpartition(".")[0]
    base = package.rsplit(".", node.level - 1)[0] if node.level else ""
    module = ".".join(filter(None, (base, node.module)))
    for alias in node.names if module in sources else ():
        bound = {n.id for n in ast.walk(ast.parse(sources[module])) if isinstance(n, ast.Name)}
        bound |= {getattr(n, "name", "") for n in ast.walk(ast.parse(sources[module]))}
        assert alias.name in bound or f"{module}.{alias.name}" in sources, (name, alias.name)


class Stripped(ast.NodeTransformer):
    """The syntax tree without documentation and annotations; in classes these become id."""

    def visit_ClassDef(self, node):
        for item in node.body:
            if isinstance(item, ast.AnnAssign):
                item.annotation, item.in_class = ast.Name("id", ast.Load()), True
        return self.generic_visit(node)

    def visit_AnnAssign(self, node):
        self.generic_visit(node)
        if hasattr(node, "in_class"):
            return node
        return ast.Assign([node.target], node.value) if node.value else ast.Pass()

    def generic_visit(self, node):
        super().generic_visit(node)
        documented = isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
        if documented and ast.get_docstring(node) is not None:
            empty = [] if isinstance(node, ast.Module) else [ast.Pass()]
            node.body = node.body[1:] or empty
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        if isinstance(node, ast.arg):
            node.annotation = None
        return node


# The file itself


@pytest.fixture(name="verifier", scope="module")
def _verifier(tmp_path_factory):
    out = tmp_path_factory.mktemp("verifier") / "handledger-verify.pyz"
    assert build(out) == out.stat().st_size
    return out


def test_it_is_small_and_the_same_again(verifier, tmp_path):
    build(tmp_path / "again.pyz")
    assert verifier.read_bytes() == (tmp_path / "again.pyz").read_bytes()
    assert verifier.stat().st_size < LARGEST
    with zipfile.ZipFile(verifier) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["__main__.py", MODULES]


def interpreter(version):
    """A Python of that version, where the machine has one."""
    home = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    places = [shutil.which(f"python{version}"), *home.glob(f"versions/{version}.*/bin/python")]
    for place in filter(None, places):
        done = subprocess.run([place, "-c", "import bz2"], capture_output=True, check=False)
        if done.returncode == 0:
            return str(place)
    return None


def found_interpreters(*versions):
    """This Python, and whichever of these the machine has."""
    return [sys.executable, *filter(None, map(interpreter, versions))]


@pytest.mark.parametrize("python", found_interpreters("3.9", "3.12", "3.13")[1:])
def test_every_python_makes_the_same(verifier, tmp_path, python):
    out = tmp_path / "other.pyz"
    made = f"from pathlib import Path; from api.archive import build; build(Path({str(out)!r}))"
    code, _, told = ran([python, "-c", made], ROOT)
    assert (0, "") == (code, told)
    assert verifier.read_bytes() == out.read_bytes()


@pytest.fixture(name="files", scope="module")
def _files(tmp_path_factory):
    """Evidence in every state: whole, changed, cut, of another log, of nothing."""
    folder = tmp_path_factory.mktemp("files")
    for name in ("evidence-1.zip", "evidence-2.zip"):
        shutil.copy(GOLDEN / name, folder / name)
    whole = (GOLDEN / "evidence-2.zip").read_bytes()
    for number, at in enumerate((3_000, 20_000, len(whole) - 2_000, len(whole) - 9)):
        bad = bytearray(whole)
        bad[at] ^= 4
        (folder / f"flipped-{number}.zip").write_bytes(bytes(bad))
    (folder / "cut.zip").write_bytes(whole[:-100])
    (folder / "empty.zip").write_bytes(b"")
    now = folder / "now"
    told(now, "rehearse", str(ROOT / "api/sample/autumn_term.jsonl"))
    told(now, "export", str(folder / "now.zip"), "--disclose", "all")
    told(now, "export", str(folder / "case.zip"), "--incident", "case-2026-001")
    told(now, "export", str(folder / "redacted.zip"), "--withhold", "57")
    return folder


def told(ledger, *words):
    done = CliRunner().invoke(cli, ["--data", str(ledger), *words])
    assert done.exit_code == 0, done.output


USES = [
    ["evidence-2.zip", *TRUST],
    ["evidence-2.zip", *TRUST, "--json", "--known", str(GOLDEN / "checkpoint.a")],
    ["evidence-1.zip", *TRUST, "--json"],
    ["evidence-2.zip"],
    ["now.zip", *NOW, "--json", "--file", "now/trust.policy", "--file", "empty.zip"],
    ["case.zip", *NOW],
    ["case.zip", *NOW, "--whole", "now.zip"],
    ["case.zip", *NOW, "--whole", "redacted.zip", "--json"],
    ["now.zip", *NOW, "--whole", "case.zip"],
    ["redacted.zip", *NOW, "--json"],
    *([f"flipped-{n}.zip", *TRUST, "--json"] for n in range(4)),
    ["cut.zip", *TRUST],
    ["empty.zip", "--json"],
    ["missing.zip"],
    ["evidence-2.zip", "--trust", "empty.zip"],
    ["evidence-2.zip", "--what"],
]


def ran(command, folder):
    environment = {**os.environ, "PYTHONPATH": "", "COLUMNS": "80"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


@pytest.fixture(name="said", scope="module")
def _said(files):
    """What `handledger verify` says to each."""
    here = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {CODE}"]
    return [ran([*here, "verify", *asked], files) for asked in USES]


PLAIN = [[python, "-I", "-S"] for python in found_interpreters("3.9")]


@pytest.mark.parametrize("python", [[sys.executable], *PLAIN], ids=" ".join)
def test_it_says_what_verify_says(verifier, files, said, python):
    """Also where there is no `cryptography`, and where Python is old."""
    for asked, expected in zip(USES, said, strict=True):
        given = ran([*python, str(verifier), *asked], files)
        assert same(expected) == same(given), asked


def same(said):
    """What was said, but for what checked the signatures and what the program is called."""
    code, out, err = said
    out = re.sub(r"(checked by|\"signatures_by\":) .*?(?=[\n}])", r"\1 …", out)
    called = re.sub(r"handledger(-verify\.pyz| verify)", "…", err)
    return code, out, " ".join(called.split())


def test_a_verdict_in_json_names_what_checked_the_signatures(verifier, files):
    for flags, name in (([], "cryptography"), (["-I", "-S"], "plain Python")):
        asked = [str(verifier), "evidence-2.zip", *TRUST, "--json"]
        code, out, _ = ran([sys.executable, *flags, *asked], files)
        said = json.loads(out)
        assert (0, "VALID", "recomputed") == (code, said["verdict"], said["answers"])
        assert name == said["signatures_by"]
        assert [] == said["not_checked"]
