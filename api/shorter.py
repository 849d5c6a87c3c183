"""The names inside functions made short: `a`, `b`, … in the order in which they first come.

Only names that nobody outside can mean: what a function (or a lambda, a comprehension) binds, where
neither the module around it nor Python itself has that name, and no call gives an argument by it.
"""

from __future__ import annotations

import ast
import builtins
import keyword
from collections.abc import Iterator
from itertools import product
from string import ascii_letters

from api.places import Place, words

UNITS = (ast.FunctionDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def short_names(sources: dict[str, str]) -> dict[str, str]:
    """The sources, by module, with short names in functions; they do the same.

    They must be compact: no comments, each statement on one line. Raises SyntaxError for what is
    no Python.
    """
    given = {name for source in sources.values() for name in _given(ast.parse(source))}
    return {module: _shortened(source, given) for module, source in sources.items()}


def _given(tree: ast.Module) -> Iterator[str]:
    """The names by which calls give arguments."""
    return (n.arg for n in ast.walk(tree) if isinstance(n, ast.keyword) and n.arg)


def _shortened(source: str, given: set[str]) -> str:
    tree = ast.parse(source)
    lines = source.split("\n")
    named = {(line, begin, end): lines[line - 1][begin:end] for line, begin, end in words(source)}
    outside = {*dir(builtins), *(name for node in _around(tree) for name in _binds(node))}
    new = {}
    for unit in _units(tree):
        inside = {place: name for place, name in named.items() if _holds(unit, place, lines)}
        new.update(_renamed(inside, _own(unit, given) - outside))
    for place in sorted(new, reverse=True):
        line, begin, end = place
        lines[line - 1] = lines[line - 1][:begin] + new[place] + lines[line - 1][end:]
    return "\n".join(lines)


def _around(node: ast.AST) -> Iterator[ast.AST]:
    """Whatever stands in no function and no class: these too, but not what is in them."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, (*UNITS, ast.ClassDef, ast.JoinedStr)):
            yield from _around(child)


def _units(tree: ast.Module) -> Iterator[ast.stmt | ast.expr]:
    """The functions of a module and of its classes."""
    for node in _around(tree):
        for each in node.body if isinstance(node, ast.ClassDef) else [node]:
            if isinstance(each, ast.FunctionDef) or (each is node and isinstance(each, UNITS)):
                yield each


def _own(unit: ast.AST, given: set[str]) -> set[str]:
    """What a function binds, but by names that callers, imports or defaults mean, or its own."""
    inside = [node for node in ast.walk(unit) if node is not unit]
    kept = {n.arg for n in inside if isinstance(n, ast.arg)} & given
    kept |= {n for node in inside if isinstance(node, ast.alias) for n in _binds(node)}
    kept |= {n.id for node in _defaults(unit) for n in ast.walk(node) if isinstance(n, ast.Name)}
    return {name for node in inside for name in _binds(node)} - {*kept, *_binds(unit)}


def _defaults(unit: ast.AST) -> list[ast.expr]:
    """What parameters are by default: it is found out outside of the function."""
    if isinstance(unit, (ast.FunctionDef, ast.Lambda)):
        return [*unit.args.defaults, *filter(None, unit.args.kw_defaults)]
    return []


def _binds(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.ExceptHandler)):
        yield node.name or ""
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.alias):
        yield (node.asname or node.name).partition(".")[0]


def _holds(unit: ast.stmt | ast.expr, place: Place, lines: list[str]) -> bool:
    line, begin, _ = place
    column = len(lines[line - 1][:begin].encode("utf-8"))
    after = (unit.end_lineno or 0, unit.end_col_offset or 0)
    return (unit.lineno, unit.col_offset) <= (line, column) < after


def _renamed(inside: dict[Place, str], own: set[str]) -> dict[Place, str]:
    """By place, the new name of what is a function's own: none that it means something else by."""
    taken = {*inside.values()} - own
    short = (name for name in _short() if name not in taken)
    new = {name: next(short) for name in dict.fromkeys(inside.values()) if name in own}
    return {place: new[name] for place, name in inside.items() if name in own}


def _short() -> Iterator[str]:
    for length in (1, 2):
        for letters in product(ascii_letters, repeat=length):
            if not keyword.iskeyword("".join(letters)):
                yield "".join(letters)
