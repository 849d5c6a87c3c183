"""The names in a set of modules made short: `a`, `b`, … in the order in which they first come.

In functions (and lambdas, comprehensions) that are the names which only they can mean: what they
bind, where neither the module around nor Python itself has that name, and no call gives an argument
by it. Of a module (`_a`, `_b`, …) it is what stands at its top and no other module mentions.
"""

from __future__ import annotations

import ast
import builtins
import keyword
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, product
from string import ascii_letters

from api.places import words

UNITS = (ast.FunctionDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
Named = dict[tuple[int, int, int], str]  # line, from which character to which: the name there
Given = dict[str, set[str]]  # by function, names of arguments in calls; by "", of what else


def short_names(sources: dict[str, str], keep: str) -> dict[str, str]:
    """The sources, by module, with short names; they do the same. `keep` keeps its name.

    They must be compact: no comments, each statement on one line. Raises SyntaxError for what is
    no Python.
    """
    trees = {module: ast.parse(source) for module, source in sources.items()}
    within = Counter(chain.from_iterable({*_said(ast.walk(tree))} for tree in trees.values()))
    kept = {keep, *(name for name, modules in within.items() if modules > 1)}
    made = {module: _of_modules(sources[module], trees[module], kept) for module in sources}
    given = _given([node for source in made.values() for node in ast.walk(ast.parse(source))])
    return {module: _of_functions(source, given) for module, source in made.items()}


def _said(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Every name, and every string: something may be asked for by it."""
    for node in nodes:
        yield from (node.id,) if isinstance(node, ast.Name) else _otherwise(node)
        yield from _binds(node)


def _given(nodes: list[ast.AST]) -> Given:
    """The names by which calls give arguments, but for those that give fields of a class."""
    functions = {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    functions -= {n for node in nodes if not isinstance(node, ast.FunctionDef) for n in _set(node)}
    given: Given = {"": set()}
    for node in nodes:
        if isinstance(node, ast.Call) and node.keywords:
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if not called[:1].isupper() and called != "replace":
                known = given.setdefault(called if called in functions else "", set())
                known.update(argument.arg or "" for argument in node.keywords)
    return given


def _set(node: ast.AST) -> Iterator[str]:
    """What may be any function: a variable, an attribute, another name of an import."""
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
        yield node.attr
    elif not isinstance(node, ast.alias) or node.asname:
        yield from _binds(node)


def _otherwise(node: ast.AST) -> Iterator[str]:
    """What may mean a thing by its name, but a variable."""
    if isinstance(node, ast.Attribute):
        yield node.attr
    elif isinstance(node, ast.keyword):
        yield node.arg or ""
    elif isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.alias):
        yield node.name
        yield node.asname or ""


def _of_modules(source: str, tree: ast.Module, kept: set[str]) -> str:
    around = {id(node): node for node in _around(tree)}
    deeper = (node for node in ast.walk(tree) if id(node) not in around)
    kept = kept.union(*map(_otherwise, ast.walk(tree)), *map(_binds, deeper))
    return _with(source, _renamed(_named(source), _all_bound(around.values()) - kept, "_"))


def _of_functions(source: str, given: Given) -> str:
    tree, named = ast.parse(source), _named(source)
    outside = {*dir(builtins), *_all_bound(_around(tree))}
    new: Named = {}
    for unit in _units(tree):
        first, last = _span(unit, source)
        inside = {place: name for place, name in named.items() if first <= place < last}
        new.update(_renamed(inside, _own(unit, given) - outside))
    return _with(source, new)


def _named(source: str) -> Named:
    lines = source.split("\n")
    return {(line, begin, end): lines[line - 1][begin:end] for line, begin, end in words(source)}


def _with(source: str, new: Named) -> str:
    lines = source.split("\n")
    for line, begin, end in sorted(new, reverse=True):
        before, after = lines[line - 1][:begin], lines[line - 1][end:]
        lines[line - 1] = before + new[line, begin, end] + after
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


def _own(unit: ast.AST, given: Given) -> set[str]:
    """What a function binds, but by names that callers, imports or defaults mean, or its own."""
    inside = [node for node in ast.walk(unit) if node is not unit]
    kept = set().union(*(_parameters(node, given) for node in ast.walk(unit)))
    kept |= _all_bound(node for node in inside if isinstance(node, ast.alias))
    kept |= {n.id for node in _defaults(unit) for n in ast.walk(node) if isinstance(n, ast.Name)}
    return _all_bound(inside) - {*kept, *_binds(unit)}


def _parameters(node: ast.AST, given: Given) -> set[str]:
    """The parameters of a function that calls may give by name."""
    if not isinstance(node, (ast.FunctionDef, ast.Lambda)):
        return set()
    name = getattr(node, "name", "")
    all_ = {each.arg for each in ast.walk(node.args) if isinstance(each, ast.arg)}
    return all_ if name == "__init__" else all_ & (given[""] | given.get(name, set()))


def _defaults(unit: ast.AST) -> list[ast.expr]:
    """What parameters are by default: it is found out outside of the function."""
    if isinstance(unit, (ast.FunctionDef, ast.Lambda)):
        return [*unit.args.defaults, *filter(None, unit.args.kw_defaults)]
    return []


def _all_bound(nodes: Iterable[ast.AST]) -> set[str]:
    return {name for node in nodes for name in _binds(node)}


def _binds(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.ExceptHandler)):
        yield node.name or ""
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.alias):
        yield (node.asname or node.name).partition(".")[0]


def _span(unit: ast.stmt | ast.expr, source: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """From which line and character to which; Python counts octets."""
    lines = source.split("\n")
    ends = (unit.lineno, unit.col_offset), (unit.end_lineno or 0, unit.end_col_offset or 0)
    first, last = ((n, len(lines[n - 1].encode()[:at].decode())) for n, at in ends)
    return first, last


def _renamed(named: Named, own: set[str], prefix: str = "") -> Named:
    """The new names of what is `own`: none that something else there has."""
    taken = {*named.values()} - own
    short = (prefix + name for name in _short() if prefix + name not in taken)
    new = {name: next(short) for name in dict.fromkeys(named.values()) if name in own}
    return {place: new[name] for place, name in named.items() if name in own}


def _short() -> Iterator[str]:
    for length in (1, 2):
        for letters in product(ascii_letters, repeat=length):
            if not keyword.iskeyword("".join(letters)):
                yield "".join(letters)
