"""One spelling for each value: base64, decimals, hex, ids and JSON (format 1).

Everything that is read is refused when it could also have been spelt differently.
"""

from __future__ import annotations

import binascii
import json
import re
import unicodedata
from math import isfinite
from typing import Any, Dict, List, NoReturn, Optional, Tuple

from .errors import Malformed

MAX_DEPTH = 8
MAX_PLAIN_DEPTH = 16
MAX_INTEGER = 2**53 - 1

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,15}")
_HEX = re.compile(r"[0-9a-f]*")
_ID = re.compile(r"[a-zA-Z0-9._-]{1,64}")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,63}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")

# Where a value stands: the path of the container, then its own name or index.
_Path = Optional[Tuple[Any, Any]]


def b64encode(data: bytes) -> str:
    """Return RFC 4648 section 4 base64, padded, without line breaks."""
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def b64decode(text: str) -> bytes:
    """Return the octets of padded base64; raise Malformed for every spelling but the one."""
    try:
        data = binascii.a2b_base64(text)
    except ValueError:
        raise Malformed(f"not base64: {_shown(text)}") from None
    # The decoder drops junk and ignores pad bits; encoding again finds both.
    if b64encode(data) != text:
        raise Malformed(f"not base64 in its one spelling: {_shown(text)}")
    return data


def decimal(text: str) -> int:
    """Return the integer of a decimal without sign or leading zero, of at most 16 digits."""
    if not _DECIMAL.fullmatch(text):
        raise Malformed(f"not a decimal: {_shown(text)}")
    return int(text)


def hex_bytes(text: str, size: int) -> bytes:
    """Return the `size` octets of lower-case hex of exactly that length."""
    if len(text) != 2 * size or not _HEX.fullmatch(text):
        raise Malformed(f"not {size} octets in lower-case hex: {_shown(text)}")
    return bytes.fromhex(text)


def is_id(text: object) -> bool:
    """Tell whether `text` is 1 to 64 of letters, digits, point, underscore and hyphen."""
    return type(text) is str and _ID.fullmatch(text) is not None


def canonical(value: Any) -> bytes:
    """Return `value` in canonical JSON: RFC 8785 on the restricted domain of format 1.

    On that domain `json.dumps` with sorted keys gives the octets of RFC 8785. Raises Malformed,
    naming the path of the value that lies outside.
    """
    _check(value, None, 1)
    return _ENCODE(value).encode("utf-8")


def parse_canonical(data: bytes) -> Any:
    """Return the value of canonical JSON; raise Malformed for any other octets.

    The caller bounds the size. Duplicate names, white space and order need no rule of their own:
    the value is written again and compared.
    """
    value = _load(data, _DECODER)
    _check(value, None, 1)
    if _ENCODE(value).encode("utf-8") != data:
        raise Malformed("not canonical json: written again it differs")
    return value


def plain_json(value: Any) -> bytes:
    """Return `value` in plain JSON: one line, any text as a member name, ended by a line feed.

    Raises Malformed, naming the path of the value that lies outside.
    """
    _check(value, None, 1, plain=True)
    return _ENCODE(value).encode("utf-8") + b"\n"


def parse_plain_json(data: bytes) -> Any:
    """Return the value of plain JSON; raise Malformed for any other octets.

    The caller bounds the size. As with canonical JSON, what is written again must be equal.
    """
    value = _load(data, _DECODER)
    if plain_json(value) != data:
        raise Malformed("not plain json: written again it differs")
    return value


def read_json(data: bytes, max_depth: int = MAX_DEPTH) -> Any:
    """Return the value of strict JSON that need not be canonical, as in a request body.

    Fractions come out as float: no field takes one, and a schema can then say which had it.
    Raises Malformed for anything but UTF-8 without a mark, for duplicate members, NaN, infinity,
    integers beyond 2^53-1, lone surrogates, and nesting deeper than `max_depth`.
    """
    value = _load(data, _PAIRS_DECODER)
    _check_depth(value, None, max_depth)
    return value


def _check(value: Any, path: _Path, depth: int, plain: bool = False) -> None:
    """Raise Malformed unless `value` is in the domain of canonical JSON, or of plain JSON."""
    kind = type(value)
    if kind is str:
        # Printable ASCII, that is nearly all there is, needs no closer look.
        if not (value.isascii() and value.isprintable()):
            _check_text(value, path, plain)
    elif kind is dict:
        _check_level(path, depth, MAX_PLAIN_DEPTH if plain else MAX_DEPTH)
        for name, item in value.items():
            if type(name) is not str or not (plain or _NAME.fullmatch(name)):
                raise Malformed(f"member name {_shown(name)} at {_where(path)}")
            if plain:
                _check_text(name, path, plain)
            _check(item, (path, name), depth + 1, plain)
    elif kind is list:
        _check_level(path, depth, MAX_PLAIN_DEPTH if plain else MAX_DEPTH)
        for index, item in enumerate(value):
            _check(item, (path, index), depth + 1, plain)
    elif kind is int:
        if not -MAX_INTEGER <= value <= MAX_INTEGER:
            raise Malformed(f"integer beyond 2^53-1 at {_where(path)}")
    elif kind is not bool and value is not None:
        raise Malformed(f"{kind.__name__} at {_where(path)}")


def _check_text(text: str, path: _Path, plain: bool) -> None:
    if _SURROGATE.search(text):
        raise Malformed(f"lone surrogate at {_where(path)}")
    if plain:
        return
    if _CONTROL.search(text):
        raise Malformed(f"control character at {_where(path)}")
    if not unicodedata.is_normalized("NFC", text):
        raise Malformed(f"text not in normal form c at {_where(path)}")


def _check_depth(value: Any, path: _Path, left: int) -> None:
    """Raise Malformed for what strict JSON refuses only once it is parsed."""
    if type(value) is str and _SURROGATE.search(value):
        raise Malformed(f"lone surrogate at {_where(path)}")
    if type(value) is float and not isfinite(value):
        raise Malformed(f"not a finite number at {_where(path)}")
    if type(value) is dict:
        _check_level(path, 1, left)
        for name, item in value.items():
            _check_depth(name, (path, name), 0)
            _check_depth(item, (path, name), left - 1)
    elif type(value) is list:
        _check_level(path, 1, left)
        for index, item in enumerate(value):
            _check_depth(item, (path, index), left - 1)


def _check_level(path: _Path, depth: int, limit: int) -> None:
    if depth > limit:
        raise Malformed(f"nested too deeply at {_where(path)}")


def _load(data: bytes, decoder: json.JSONDecoder) -> Any:
    try:
        # Decoded here, because json.loads would also take UTF-16 and UTF-32.
        return decoder.decode(data.decode("utf-8"))
    except UnicodeDecodeError:
        raise Malformed("json that is not utf-8") from None
    except json.JSONDecodeError as error:
        raise Malformed(f"not json: {error.msg.lower()} at octet {error.pos}") from None
    except RecursionError:
        raise Malformed("json nested too deeply") from None


def _integer(digits: str) -> int:
    # Counted before it is converted: conversion is quadratic in the number of digits.
    if len(digits) > 17 or not -MAX_INTEGER <= int(digits) <= MAX_INTEGER:
        raise Malformed(f"integer beyond 2^53-1: {_shown(digits)}")
    return int(digits)


def _no_fraction(text: str) -> NoReturn:
    raise Malformed(f"number that is not an integer: {_shown(text)}")


def _members(pairs: List[Tuple[str, Any]]) -> Dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Malformed(f"member {_shown(twice)} stands twice")
    return members


def _where(path: _Path) -> str:
    steps: List[str] = []
    while path is not None:
        path, step = path
        steps.append(f"[{step}]" if type(step) is int else f".{_shown(step)[1:-1]}")
    return "$" + "".join(reversed(steps))


def _shown(text: object) -> str:
    """Return a printable, short form of what somebody else wrote, for a message."""
    shown = ascii(text)
    return shown if len(shown) <= 60 else shown[:57] + "..."


_ENCODE = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, check_circular=False
).encode
_DECODER = json.JSONDecoder(
    parse_int=_integer, parse_float=_no_fraction, parse_constant=_no_fraction
)
_PAIRS_DECODER = json.JSONDecoder(
    parse_int=_integer,
    parse_float=float,
    parse_constant=float,
    object_pairs_hook=_members,
)
