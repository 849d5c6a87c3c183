"""Mutations of evidence files, each drawn from a random generator: zip, member, JSON, note, tile.

A mutation of members returns them changed. What reads them must neither break off nor believe
anything that is not so.
"""

import json

from tampering.forge import packed

from ledger.proof.dsse import sign_envelope
from ledger.proof.encoding import canonical, parse_canonical
from ledger.proof.record import RECORD_TYPE, open_record
from ledger.proof.tiles import decode_bundle, encode_bundle

# Where records lie.
RECORDS = ("tile/entries/", "shown/", "records/")
LETTERS = [
    b"\x00",
    b"\n",
    b"\r",
    b" ",
    b'"',
    b"\\",
    b"{",
    b"[",
    b",",
    b"0",
    b"-",
    b"A",
    b"\xff",
    b"\xc3",
    b"\xe2\x80\x94",
]
WORDS = [
    "",
    "0",
    "A" * 64,
    "a" * 300,
    "../x",
    "système",
    "\ud83d",
    "\x00",
    "true",
    "stf-011",
    "ledger",
]
NUMBERS = [0, 1, -1, 2, 255, 256, 257, 2**31, 2**32, 2**53 - 1, 2**53, -(2**63), 10**40]
SPELLINGS = [
    "1.0",
    "1e3",
    "-0",
    "NaN",
    "Infinity",
    "01",
    "0x1",
    "null",
    "true",
    "[]",
    "{}",
    '"\\u0041"',
    "\ufeff1",
]


# -- octets --------------------------------------------------------------------------------


def octets(rng, data):
    """Some octets flipped, put in, taken out, repeated, or cut off."""
    if not data:
        return rng.randbytes(rng.randrange(1, 40))
    at = rng.randrange(len(data))
    end = min(len(data), at + rng.choice((1, 1, 2, 4, 32, 64, 300)))
    kind = rng.randrange(7)
    if kind <= 1:
        return data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :]
    if kind == 2:
        return data[:at] + rng.choice(LETTERS) + data[at:]
    if kind == 3:
        return data[:at] + data[end:]
    if kind == 4:
        return data[:at] + data[at:end] * 2 + data[end:]
    if kind == 5:
        return data[:at] + rng.choice(LETTERS) + data[end:]
    return data[:at]


def zip_headers(rng, data):
    """A field of one of the zip's headers is another number."""
    magic = rng.choice((b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"))
    places = []
    at = data.find(magic)
    while at >= 0:
        places.append(at)
        at = data.find(magic, at + 1)
    if not places:
        return octets(rng, data)
    field = rng.choice(places) + rng.randrange(4, 46, 2)
    value = rng.choice((0, 1, 8, 9, 0xFFFF, rng.randrange(65_536))).to_bytes(2, "little")
    return data[:field] + value + data[field + 2 :]


# -- JSON ----------------------------------------------------------------------------------


def json_value(rng, value):
    """A value with one place in it changed."""
    where, key = rng.choice(list(_places(value)) or [([value], 0)])
    kind = rng.randrange(8)
    old = where[key]
    if kind == 0:
        del where[key]
    elif kind == 1 and isinstance(where, dict):
        where[rng.choice(("a", "more", "Ünicode", "x" * 70, ""))] = old
    elif kind == 2:
        where[key] = [old]
    elif kind == 3:
        where[key] = {"a": old}
    elif kind == 4 and isinstance(old, list):
        old.append(old[0] if old else 0)
    elif kind == 5 and isinstance(old, list):
        rng.shuffle(old)
    elif isinstance(old, str) and old and kind == 6:
        at = rng.randrange(len(old))
        where[key] = old[:at] + rng.choice("Aa0=/ \n\u2028é") + old[at + 1 :]
    elif isinstance(old, int) and kind == 6:
        where[key] = old + rng.choice((-1, 1, 256))
    else:
        where[key] = rng.choice([*WORDS, *NUMBERS, None, True, [], {}, 1.5])
    return value


def _places(value):
    """(container, key) of every value within."""
    keys = (
        value.keys()
        if isinstance(value, dict)
        else range(len(value))
        if isinstance(value, list)
        else ()
    )
    for key in list(keys):
        yield value, key
        yield from _places(value[key])


def json_text(rng, data):
    """JSON changed in what it says, or in how it is spelt."""
    kind = rng.randrange(6)
    if kind <= 2:
        value = json_value(rng, json.loads(data))
        ascii_ = rng.random() < 0.2
        text = json.dumps(value, ensure_ascii=ascii_, sort_keys=True, separators=(",", ":"))
        return text.encode("utf-8", "surrogatepass")
    if kind == 3:
        places = [n for n in range(len(data)) if data[n : n + 1] in (b":", b",", b"{", b"}")]
        at = rng.choice(places or [0])
        return data[:at] + rng.choice((b" ", b"\t", b"\n", b'"a":1,', b"\xef\xbb\xbf")) + data[at:]
    if kind == 4:
        at = data.find(b":", rng.randrange(len(data) or 1)) + 1
        end = min((n for n in (data.find(c, at) for c in (b",", b"}")) if n >= 0), default=at)
        return data[:at] + rng.choice(SPELLINGS).encode() + data[end:]
    depth = rng.choice((9, 17, 200, 5_000))
    at = data.find(b":", rng.randrange(len(data) or 1)) + 1
    return data[:at] + b"[" * depth + b"]" * depth + data[at:]


# -- notes and tiles -----------------------------------------------------------------------


def lines(rng, data):
    """Lines of a note or a proof taken out, repeated, moved, or spelt in another way."""
    held = data.split(b"\n")
    at, other = rng.randrange(len(held)), rng.randrange(len(held))
    kind = rng.randrange(6)
    if kind == 0:
        del held[at]
    elif kind == 1:
        held.insert(at, held[other])
    elif kind == 2:
        held[at], held[other] = held[other], held[at]
    elif kind == 3:
        held[at] = octets(rng, held[at])
    elif kind == 4:
        held[at] = rng.choice(
            (b"", b"0", b"028", b"9" * 17, b"\xe2\x80\x94 a AAAAAAAA", b"extra AAAA")
        )
    else:
        held[at] += rng.choice((b"\r", b" ", b"\t", b"\xc2\xa0"))
    return b"\n".join(held)


def hashes(rng, data):
    """Hashes of a tile exchanged, taken out, repeated or made up."""
    held = [data[n : n + 32] for n in range(0, len(data), 32)]
    at, other = rng.randrange(len(held)), rng.randrange(len(held))
    kind = rng.randrange(4)
    if kind == 0:
        held[at], held[other] = held[other], held[at]
    elif kind == 1:
        del held[at]
    elif kind == 2:
        held.insert(at, held[other])
    else:
        held[at] = rng.randbytes(32)
    return b"".join(held)


def bundle(rng, data, signer):
    """Records of a bundle exchanged, taken out, repeated, or changed, one of them signed anew."""
    held = decode_bundle(data, _count(data))
    at, other = rng.randrange(len(held)), rng.randrange(len(held))
    kind = rng.randrange(6)
    if kind == 0:
        held[at], held[other] = held[other], held[at]
    elif kind == 1:
        held[at] = held[other]
    elif kind == 2:
        held.insert(at, held[other])
    elif kind == 3:
        del held[at]
    else:
        held[at] = record(rng, held[at], signer)
    return encode_bundle(held)


def record(rng, data, signer):
    """A record changed in its envelope or in its body, and there signed anew or not."""
    if rng.random() < 0.3:
        return json_text(rng, data)[:65_535]
    body = json_text(rng, open_record(data).body)
    if rng.random() < 0.5:
        return sign_envelope(RECORD_TYPE, body, [signer])[:65_535]
    value = json.loads(data)
    value["payload"] = parse_canonical(sign_envelope(RECORD_TYPE, body, [signer]))["payload"]
    return canonical(value)[:65_535]


def fields(rng, members, signer):
    """What one record says changed, and signed anew, wherever in the file it lies."""
    name = rng.choice([n for n in sorted(members) if n.startswith(RECORDS) and n[-6:] != "-proof"])
    if name.startswith("records/"):
        return {**members, name: _other_fields(rng, members[name], signer)}
    held = decode_bundle(members[name], _count(members[name]))
    at = rng.randrange(1, len(held))
    held[at] = _other_fields(rng, held[at], signer)
    return {**members, name: encode_bundle(held)}


def _other_fields(rng, data, signer):
    body = json.loads(open_record(data).body)
    json_value(rng, body["data"]["fields"] or body["data"])
    try:
        return sign_envelope(RECORD_TYPE, canonical(body), [signer])
    except ValueError:  # a value that has no canonical spelling
        return data


# -- members -------------------------------------------------------------------------------


def member(rng, members, signer):
    """One member changed in a way that fits what it is, or was before it was changed."""
    name = rng.choice(sorted(members))
    data = members[name]
    try:
        changed = octets(rng, data) if rng.random() < 0.25 else _fitting(rng, name, data, signer)
    except (ValueError, TypeError, LookupError, RecursionError):  # it is no longer what it was
        changed = octets(rng, data)
    return {**members, name: changed}


def _fitting(rng, name, data, signer):
    if name.startswith(("tile/entries/", "shown/")):
        return bundle(rng, data, signer)
    if name.startswith("tile/"):
        return hashes(rng, data)
    if name.startswith("records/") and name.endswith(".json"):
        return record(rng, data, signer)
    if name.endswith(".json"):
        return json_text(rng, data)
    if name.endswith(".jsonl") and rng.random() < 0.7:
        held = data.splitlines(keepends=True)
        at = rng.randrange(len(held))
        return b"".join([*held[:at], json_text(rng, held[at][:-1]) + b"\n", *held[at + 1 :]])
    return lines(rng, data)


def _count(data):
    """How many records a sound bundle holds."""
    count = at = 0
    while at < len(data):
        at += 2 + int.from_bytes(data[at : at + 2], "big")
        count += 1
    return count


def names(rng, members, _):
    """Members taken out, renamed, exchanged, put in, or swollen."""
    name, other = rng.choice(sorted(members)), rng.choice(sorted(members))
    rest = {each: data for each, data in members.items() if each != name}
    kind = rng.randrange(6)
    if kind == 0:
        return rest
    if kind == 1:
        return {
            **rest,
            rng.choice((name.upper(), name + "x", "x/" + name, name[:-1] or "x")): members[name],
        }
    if kind == 2:
        return {**members, name: members[other], other: members[name]}
    if kind == 3:
        return {
            **members,
            rng.choice(("report.html", "a", "tile/0/000", "records/3.json", "heads.json")): b"{}",
        }
    if kind == 4:
        return {**members, name: members[other]}
    unit = rng.choice((b"[", b"{}\n", b'{"a":', b"\x00", b"0,", b"\n", members[name][:40] or b"x"))
    return {**members, name: unit * (rng.randrange(1 << 20) // len(unit))}


def shuffled(rng, members):
    """The same members in another zip: nothing of what they say is changed."""
    order = list(members)
    rng.shuffle(order)
    return packed({name: members[name] for name in order})
