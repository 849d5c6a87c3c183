"""The words of Python source that may stand for a value of one's own, and where they stand.

The same with every Python: from 3.12 on a string with expressions in it is many tokens, before that
it is one.
"""

from __future__ import annotations

import io
import keyword
import tokenize
from collections.abc import Iterator

OPEN, SHUT = "([{", ")]}"
Place = tuple[int, int, int]  # line from 1, and from which character to which


def words(source: str) -> Iterator[Place]:
    """Every name in compact source but attributes, keywords, and names of given arguments.

    Raises tokenize.TokenError for what is no Python.
    """
    lines = source.split("\n")
    depth, before, waiting = 0, "", None
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        line, column = token.start
        if waiting and not (token.string == "=" and _gives(lines[line - 1], depth)):
            yield waiting
        waiting = None
        if token.type == tokenize.NAME and _means(token.string, before):
            waiting = line, column, token.end[1]
        elif token.type == tokenize.STRING and "f" in token.string[:2].lower():
            yield from _within(token.string, line, column)
        depth += (token.string in ("(", "[", "{")) - (token.string in (")", "]", "}"))
        before = token.string


def _means(word: str, before: str) -> bool:
    return not keyword.iskeyword(word) and before not in (".", "!")


def _gives(line: str, depth: int) -> bool:
    """Whether a name before `=` is that of an argument given, not a variable or a parameter."""
    return depth > (1 if line.lstrip().startswith("def ") else 0)


def _within(text: str, line: int, column: int) -> Iterator[Place]:
    """The words in the expressions of an f-string of one line."""
    for begin, end in _expressions(text):
        for _, first, last in words(f"({text[begin:end]})"):
            yield line, column + begin + first - 1, column + begin + last - 1


def _expressions(text: str) -> Iterator[tuple[int, int]]:
    """Where the expressions stand in an f-string, from which character to which."""
    at, formats = 0, 0
    while at < len(text):
        if text[at : at + 2] in ("{{", "}}") and not formats:
            at += 2
        elif text[at] == "{":
            end = _end(text, at + 1)
            yield at + 1, end
            at = end + 2 * (text[end] == "!")
            formats += text[at] == ":"
            at += 1
        else:
            formats -= text[at] == "}"
            at += 1


def _end(text: str, at: int) -> int:
    """Where the expression that begins there ends."""
    depth, quote = 0, ""
    while quote or depth or text[at] not in "}:!" or text[at : at + 2] == "!=":
        if quote or text[at] in "'\"":
            quote = "" if quote == text[at] else quote or text[at]
        depth += 0 if quote else (text[at] in OPEN) - (text[at] in SHUT)
        at += 2 if text[at : at + 2] == "!=" else 1
    return at
