"""What of a set of modules nobody mentions: the verifier carries no code that only others run.

By name, and so cautiously: whatever any of the modules mentions, by that name, anywhere but in its
own definition, stays everywhere.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

PLAIN = (ast.Name, ast.Attribute, ast.Subscript, ast.Tuple, ast.List, ast.Constant, ast.Load)
FOR_CHECKERS = ("__future__", "collections.abc", "typing")


def without_unused(sources: dict[str, str], keep: str) -> dict[str, str]:
    """The sources, by module, without top-level definitions that nothing mentions.

    Taken out are functions, classes, and names of what has no effect (types, lists of words), what
    imports one of them, and of `typing` and the like what is not mentioned in the module. `keep`
    is the name by which the whole is entered.
    """
    while True:
        trees = {name: ast.parse(source) for name, source in sources.items()}
        mentions = Counter(m for t in trees.values() for n in t.body for m in _mentioned(n))
        made = {n: _reduced(sources[n], trees[n], {*mentions, keep}) for n in sources}
        if made == sources:
            return made
        sources = made


def _reduced(source: str, tree: ast.Module, mentioned: set[str]) -> str:
    here = {m for node in tree.body for m in _mentioned(node)}
    lines = source.split("\n")
    for node in reversed(tree.body):
        if isinstance(node, ast.ImportFrom):
            kept = _imports(node, here if node.module in FOR_CHECKERS else mentioned)
        elif _defined(node) is None or _defined(node) in mentioned:
            continue
        else:
            kept = []
        first = min(n.lineno for n in (node, *getattr(node, "decorator_list", ())))
        lines[first - 1 : node.end_lineno] = kept
    return "\n".join(lines)


def _imports(node: ast.ImportFrom, mentioned: set[str]) -> list[str]:
    node.names = [a for a in node.names if (a.asname or a.name) in mentioned]
    return [ast.unparse(node)] if node.names else []


def _mentioned(node: ast.stmt) -> set[str]:
    """The names in a top-level statement but for the one that it defines; of imports, none."""
    if isinstance(node, ast.ImportFrom):
        return set()
    return {*_names(node)} - {_defined(node)}


def _names(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Name):
            yield each.id
        elif isinstance(each, ast.Attribute):
            yield each.attr
        elif isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value


def _defined(node: ast.stmt) -> str | None:
    """What a statement defines, where it does nothing else."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        # Another decorator might keep what it decorates in a table.
        harmless = all("dataclass" in _names(decorator) for decorator in node.decorator_list)
        return node.name if harmless else None
    if isinstance(node, ast.Assign) and all(isinstance(n, PLAIN) for n in ast.walk(node.value)):
        target = node.targets[0]
        return target.id if isinstance(target, ast.Name) else None
    return None
