"""Building `handledger-verify.pyz`: `python -m api.archive handledger-verify.pyz`.

In it is what `api.verifier` imports, and what that imports, and so on: the source files found from
there, without comments, documentation, white space, and what only others use or read, with short
names. The same sources give the same bytes.
"""

from __future__ import annotations

import ast
import bz2
import io
import sys
import tokenize
from collections.abc import Callable, Iterator
from pathlib import Path

from api.compact import compact
from api.shorter import short_names
from api.unused import without_unused
from api.verifier_main import MODULES
from ledger.proof.zipwriter import ZipWriter

ROOT = Path(__file__).resolve().parent.parent
ENTRY, ENTERED = "api.verifier", "run"
Cut = tuple[int, int, bytes]  # from here to there, what stands instead
# Arguments of declarations that no verifier reads (what schemas, forms and documents are made of),
# by package and what is called: their places, where "" stands instead, or names, to be left out.
Unread = dict[str, tuple["int | str", ...]]
UNREAD: dict[str, Unread] = {
    "ledger.domain.catalogue": {
        "Action": (5, 6, "checks", "new_first", "late_reason"),
        "case": (4, 5, "checks"),
        "code": (1,),
        "codes": (1, "low"),
        "fact": (2, "mark"),
        "integer": (1, 2, "high"),
        "note": (1, "low"),
        "notes": (1,),
        "people": ("low",),
        "subjects": ("low",),
        "text": (1, "low"),
    },
    "ledger.domain.trace": {"row": (3, "clocks")},
    "projections.routes": {"Route": (2,)},
}
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef)


def build(out: Path) -> int:
    """Write the archive; returns how many octets it has."""
    with out.open("wb") as file:
        writer = ZipWriter(file)
        writer.add("__main__.py", main().encode("utf-8"))
        writer.add(MODULES, packed(), deflate=False)
        writer.close()
    return out.stat().st_size


def main() -> str:
    """What begins the archive: it finds and loads the modules."""
    return compact(bare((ROOT / "api/verifier_main.py").read_text("utf-8")))


def packed() -> bytes:
    """All modules in one compressed stream: alone each would hardly shrink."""
    found = modules(ENTRY)
    sources = carried(found)
    return bz2.compress(b"".join(_packed(n, found[n], sources[n]) for n in sorted(found)), 9)


def carried(found: dict[str, Path]) -> dict[str, str]:
    """By module, what the archive has of the source files."""
    read = {name: bare(path.read_text("utf-8")) for name, path in found.items()}
    sources = {name: without_words(name, source) for name, source in read.items()}
    used = without_unused(sources, ENTERED)
    return short_names({name: compact(source) for name, source in used.items()}, ENTERED)


def _packed(name: str, path: Path, source: str) -> bytes:
    data = source.encode("utf-8")
    return f"{name} {int(path.name == '__init__.py')} {len(data)}\n".encode("ascii") + data


def modules(entry: str) -> dict[str, Path]:
    """The modules of ours that `entry` needs, itself and its packages included: name → file."""
    found: dict[str, Path] = {}
    waiting = [entry]
    while waiting:
        name = waiting.pop()
        path = _file(name)
        if path is not None and name not in found:
            found[name] = path
            waiting += [name.rpartition(".")[0], *imported(name, path)]
    return found


def imported(name: str, path: Path) -> Iterator[str]:
    """Whatever the file may import by absolute name; a name from a package may be a module."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            inside = package.rsplit(".", node.level - 1)[0] if node.level else ""
            module = ".".join(filter(None, (inside, node.module)))
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def _file(name: str) -> Path | None:
    path = ROOT / name.replace(".", "/")
    candidates = (path / "__init__.py", path.with_suffix(".py"))
    return next((c for c in candidates if name and c.is_file()), None)


def bare(source: str) -> str:
    """The source without what only people and checkers read; it does the same.

    That is comments, documentation, annotations. An annotation in a class stays as `id`, for it can
    be what makes a field.
    """
    data = source.encode("utf-8")
    return _cut(data, [*_documentation(data), *_annotations(data), *_comments(data)])


def without_words(module: str, source: str) -> str:
    """The source of a module without the words of declarations that no verifier reads (UNREAD)."""
    data = source.encode("utf-8")
    unread = {}
    for package, of_calls in UNREAD.items():
        if f"{module}.".startswith(f"{package}."):
            unread.update(of_calls)
    return _cut(data, list(_unread(data, unread)))


def _cut(data: bytes, cuts: list[Cut]) -> str:
    for begin, end, instead in sorted(cuts, reverse=True):
        data = data[:begin] + instead + data[end:]
    return data.decode("utf-8")


def _documentation(data: bytes) -> Iterator[Cut]:
    at = _places(data)
    for node in ast.walk(ast.parse(data)):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            said = node.body[0]
            alone = len(node.body) == 1 and not isinstance(node, ast.Module)
            yield (*at(said), b"pass" if alone else b"")


def _annotations(data: bytes) -> Iterator[Cut]:
    at, tree = _places(data), ast.parse(data)
    in_classes = {
        id(item) for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for item in node.body
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.arg) and node.annotation is not None:
            yield at(node)[0] + len(node.arg.encode("utf-8")), at(node.annotation)[1], b""
        elif isinstance(node, ast.FunctionDef) and node.returns is not None:
            begin, end = at(node.returns)
            yield data.rindex(b"->", 0, begin), end, b""
        elif isinstance(node, ast.AnnAssign) and id(node) in in_classes:
            # Of a NamedTuple, Python 3.9 asks that it can be called, as a type can.
            yield (*at(node.annotation), b"id")
        elif isinstance(node, ast.AnnAssign) and node.value is None:
            yield (*at(node), b"pass")
        elif isinstance(node, ast.AnnAssign):
            yield at(node.target)[1], at(node.annotation)[1], b""


def _comments(data: bytes) -> Iterator[Cut]:
    lines = data.splitlines(keepends=True)
    for token in tokenize.tokenize(io.BytesIO(data).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            before = sum(map(len, lines[: row - 1]))
            kept = lines[row - 1].decode("utf-8")[:column].rstrip().encode("utf-8")
            yield before + len(kept), before + len(lines[row - 1].rstrip()), b""


def _unread(data: bytes, unread: Unread) -> Iterator[Cut]:
    at = _places(data)
    for node in ast.walk(ast.parse(data)):
        if isinstance(node, ast.Call):
            unasked = unread.get(getattr(node.func, "id", ""), ())
            for argument in (a for n, a in enumerate(node.args) if n in unasked):
                yield (*at(argument), b"''")
            for value in (k.value for k in node.keywords if k.arg in unasked):
                begin, end = at(value)
                yield data.rindex(b",", 0, begin), end, b""


def _places(data: bytes) -> Callable[[ast.stmt | ast.expr | ast.arg], tuple[int, int]]:
    """What gives where a node begins and ends, in octets."""
    starts = [0]
    for line in data.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))

    def at(node: ast.stmt | ast.expr | ast.arg) -> tuple[int, int]:
        last, column = node.end_lineno or node.lineno, node.end_col_offset or 0
        return starts[node.lineno - 1] + node.col_offset, starts[last - 1] + column

    return at


if __name__ == "__main__":
    print(f"{sys.argv[1]}: {build(Path(sys.argv[1]))} octets")
