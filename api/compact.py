"""Python source without the white space that only people read: the same syntax tree."""

from __future__ import annotations

import io
import tokenize

QUOTES = "'\""
NOTHING = (tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
# From Python 3.12 on a string with expressions in it is many tokens.
BEGINS, ENDS = (getattr(tokenize, f"FSTRING_{name}", None) for name in ("START", "END"))


def compact(source: str) -> str:
    """The source with each statement on one line, and no spaces but indents and where names meet.

    Strings stay as they are; comments must have been taken out. Raises
    tokenize.TokenError for what is no Python.
    """
    data = source.splitlines(keepends=True)
    made, at, inside = [""], (1, 0), 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type in NOTHING:
            continue
        if inside:
            made.append(_between(data, at, token.start))
        elif made[-1][-1:] in ("", "\n"):
            made.append(data[token.start[0] - 1][: token.start[1]])
        elif _meet(made[-1][-1], token.string[:1]):
            made.append(" ")
        inside += (token.type == BEGINS) - (token.type == ENDS and BEGINS is not None)
        made.append(
            "\n" if token.type == tokenize.NEWLINE else _between(data, token.start, token.end)
        )
        at = token.end
    return "".join(made)


def _meet(one: str, other: str) -> bool:
    """Whether two characters would be one word, one number, or other quotes."""
    if one in QUOTES or one.isdigit():
        return other in QUOTES if one in QUOTES else other == "." or _of_word(other)
    return _of_word(one) and _of_word(other)


def _of_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _between(lines: list[str], begin: tuple[int, int], end: tuple[int, int]) -> str:
    """What stands from one place to another, (line, column)."""
    if begin[0] == end[0]:
        return lines[begin[0] - 1][begin[1] : end[1]]
    middle = lines[begin[0] : end[0] - 1]
    return "".join((lines[begin[0] - 1][begin[1] :], *middle, lines[end[0] - 1][: end[1]]))
