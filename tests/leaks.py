"""Where a value could have leaked to, and every spelling in which it could lie there."""

import base64
import html
import json
from pathlib import Path
from urllib.parse import quote, quote_plus


def spellings(value: str) -> set[bytes]:
    """The octets in which a text may lie in a file or an answer."""
    raw = value.encode()
    texts = {value, html.escape(value), quote(value), quote_plus(value), json.dumps(value)[1:-1]}
    texts |= {repr(value)[1:-1], raw.hex(), raw.hex().upper(), value.upper(), value.lower()}
    coded = {
        value.encode("utf-16-le"),
        value.encode("utf-16-be"),
        value.encode("latin-1", "ignore"),
    }
    for shift in range(3):
        whole = base64.b64encode(b"\0" * shift + raw)
        # Of base64 what does not depend on the octets before and after.
        start = (shift * 8 + 5) // 6
        coded.add(whole[start : len(whole) - 4])
        coded.add(whole[start : len(whole) - 4].replace(b"+", b"-").replace(b"/", b"_"))
    return {text.encode() for text in texts} | coded


def found_in(data: bytes, values) -> list[str]:
    """Which of the values lie in the octets, in whatever spelling."""
    return [value for value in values if any(s in data for s in spellings(value))]


def files_under(*directories: Path) -> list[Path]:
    """Every file there is, whatever its name."""
    return [p for d in directories for p in d.rglob("*") if p.is_file()]


def hits(values, *directories: Path) -> list[tuple[str, str]]:
    """(name of a file, value found in it or in its name)."""
    return [
        (path.name, value)
        for path in files_under(*directories)
        for value in found_in(path.read_bytes() + str(path).encode(), values)
    ]
