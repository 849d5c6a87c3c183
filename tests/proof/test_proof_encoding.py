"""One spelling for each value, and every other one refused."""

import json
import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.proof.encoding import (
    b64decode,
    b64encode,
    canonical,
    decimal,
    hex_bytes,
    is_id,
    parse_canonical,
    parse_plain_json,
    plain_json,
    read_json,
)
from ledger.proof.errors import Malformed
from ledger.proof.instants import LAST_INSTANT, format_instant, parse_instant

many = settings(deadline=None, database=None, derandomize=True, max_examples=300)

NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_.]{0,10}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"])).map(
    lambda text: unicodedata.normalize("NFC", text)
)
LEAVES = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


def depth(value):
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(depth, items), default=0) if isinstance(value, (dict, list)) else 0


@many
@given(VALUES.filter(lambda value: depth(value) <= 8))
def test_canonical_json_comes_back_as_it_was(value):
    assert parse_canonical(canonical(value)) == value
    assert read_json(canonical(value)) == value


@many
@given(VALUES.filter(lambda value: depth(value) <= 8))
def test_any_other_spelling_of_the_same_value_is_refused(value):
    for other in (json.dumps(value, indent=1), json.dumps(value) + " "):
        if other.encode() != canonical(value):
            with pytest.raises(Malformed):
                parse_canonical(other.encode())


@many
@given(st.binary(max_size=60))
def test_random_octets_are_refused_or_canonical(data):
    for parse in (parse_canonical, read_json):
        try:
            value = parse(data)
        except Malformed:
            continue
        if parse is parse_canonical:
            assert canonical(value) == data


def test_canonical_json_is_that_of_rfc_8785():
    value = {"b": [1, -2, True, False, None, '\n\t"\\/é帳\U0001f600\x7f'], "A": {}, "a.b": []}
    expected = '{"A":{},"a.b":[],"b":[1,-2,true,false,null,"\\n\\t\\"\\\\/é帳\U0001f600\x7f"]}'
    assert canonical(value) == expected.encode()


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        2**53,
        -(2**53),
        "e\u0301",
        "\ud800",
        "\x00",
        "\r",
        "\x0b",
        {"": 1},
        {"1a": 1},
        {"a b": 1},
        {"é": 1},
        {"a" * 65: 1},
        {1: 1},
        (1,),
        b"",
        [[[[[[[[[]]]]]]]]],
    ],
    ids=ascii,
)
def test_values_outside_the_domain_are_refused(value):
    with pytest.raises(Malformed):
        canonical(value)


def test_a_refusal_names_the_place():
    with pytest.raises(Malformed, match=r"float at \$\.a\[1\]\.b"):
        canonical({"a": [0, {"b": 0.5}]})


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b" 1",
        b"1\n",
        b"\xef\xbb\xbf1",
        b"\xff",
        "1".encode("utf-16"),
        "1".encode("utf-32"),
        b"-0",
        b"01",
        b"1.0",
        b"1e3",
        b"1E400",
        b"NaN",
        b"-Infinity",
        b"9007199254740992",
        b"12345678901234567890",
        b'{"a":1,"a":1}',
        b'{"b":1,"a":1}',
        b'{"a": 1}',
        b'"\\u0041"',
        b'"\\u00e9"',
        b'"\\/"',
        b'"\\u0001"',
        b'"\\r"',
        b'"\\ud800"',
        b'"\\ud83d\\ude00"',
        b'"\xed\xa0\x80"',
        b'"\t"',
        b'"e\xcc\x81"',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"[[[[[[[[[]]]]]]]]]",
        b"1 1",
        b"[1,]",
    ],
    ids=lambda text: ascii(text[:24]),
)
def test_json_that_is_not_canonical_is_refused(text):
    with pytest.raises(Malformed):
        parse_canonical(text)


def test_a_line_feed_before_a_combining_mark_is_in_normal_form():
    value = "\n\u0303"
    assert parse_canonical(canonical(value)) == value


ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
PLAIN_VALUES = st.recursive(
    LEAVES | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4),
    max_leaves=12,
)


@many
@given(PLAIN_VALUES.filter(lambda value: depth(value) <= 16))
def test_plain_json_comes_back_as_it_was(value):
    data = plain_json(value)
    assert parse_plain_json(data) == value
    assert (data[-1:], data.count(b"\n")) == (b"\n", 1)
    for other in (json.dumps(value, indent=1) + "\n", json.dumps(value) + " \n"):
        if other.encode() != data:
            with pytest.raises(Malformed):
                parse_plain_json(other.encode())


def test_plain_json_has_one_spelling():
    value = {"\U0001f600": 1, "\uffff": None, "": ['\x00\x1f\x7f\n"\\/\u2028', -3, True]}
    expected = '{"":["\\u0000\\u001f\x7f\\n\\"\\\\/\u2028",-3,true],"\uffff":null,"\U0001f600":1}\n'
    assert plain_json(value) == expected.encode()


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\n",
        b"{}",
        b"{}\n\n",
        b"{}\r\n",
        b" {}\n",
        b"\xef\xbb\xbf{}\n",
        b'{"b":1,"a":2}\n',
        b'{"a":1,"a":1}\n',
        b'{"a":1,"a":2}\n',
        b'{"a": 1}\n',
        b"[1,]\n",
        b"1.0\n",
        b"1e3\n",
        b"-0\n",
        b"NaN\n",
        b"-Infinity\n",
        b"9007199254740992\n",
        b"-9007199254740992\n",
        b"9" * 1_000_000 + b"\n",
        b'"\\ud800"\n',
        b'{"\\udfff":1}\n',
        b'"\xed\xa0\x80"\n',
        b'"\\u00e9"\n',
        b'"\\ud83d\\ude00"\n',
        b'"\\u001F"\n',
        b'"\\u000a"\n',
        b'"\\/"\n',
        b'"\t"\n',
        b'"\xff"\n',
        b"[" * 17 + b"]" * 17 + b"\n",
        b"[" * 1_000_000,
        b'{"a":' * 1_000_000,
    ],
    ids=lambda text: ascii(text[:24]),
)
def test_json_that_is_not_plain_is_refused(text):
    with pytest.raises(Malformed):
        parse_plain_json(text)


def test_plain_json_is_nested_at_most_16_deep():
    data = b"[" * 16 + b"]" * 16 + b"\n"
    assert plain_json(parse_plain_json(data)) == data


def test_what_plain_json_cannot_say_is_named():
    endless = []
    endless.append(endless)
    for value, where in (
        ({"/v1/sla": [1, 1.5]}, r"float at \$\./v1/sla\[1\]"),
        ({"a": (1,)}, r"tuple at \$\.a"),
        ({"a": 2**53}, r"2\^53-1 at \$\.a"),
        ({"a": {1: 2}}, r"member name 1 at \$\.a"),
        ({"a": ["\udfff"]}, r"lone surrogate at \$\.a\[0\]"),
        ({"\udfff": 1}, r"lone surrogate at \$"),
        (endless, "too deeply"),
    ):
        with pytest.raises(Malformed, match=where):
            plain_json(value)


def test_request_json_need_not_be_canonical():
    assert read_json(b' {"b": [1, 2], "a b": "\\u00e9\\ud83d\\ude00e\\u0301"} ') == {
        "b": [1, 2],
        "a b": "é\U0001f600e\u0301",
    }


def test_request_json_keeps_fractions_for_a_schema_to_refuse():
    assert read_json(b'{"x":1.5}') == {"x": 1.5}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b'{"a":1,"a":2}', "member 'a' stands twice"),
        (b'{"x":NaN}', r"not a finite number at \$\.x"),
        (b'{"x":[-Infinity]}', r"not a finite number at \$\.x\[0\]"),
        (b'{"x":1e999}', r"not a finite number at \$\.x"),
        (b'{"x":90071992547409920}', "beyond 2"),
        (b'{"x":["\\udfff"]}', r"lone surrogate at \$\.x\[0\]"),
        (b'{"\\udfff":1}', "lone surrogate"),
        (b'{"a":[[1]]}', r"too deeply at \$\.a\[0\]"),
        (b"[" * 200_000, "too deeply"),
        (b"\xef\xbb\xbf{}", "not json"),
        (b"\xff\xfe{\x00}\x00", "utf-8"),
        (b"{", "not json"),
    ],
)
def test_request_json_is_refused_by_name(text, message):
    with pytest.raises(Malformed, match=message):
        read_json(text, max_depth=2)


def test_a_huge_integer_is_refused_before_it_is_converted():
    with pytest.raises(Malformed):
        read_json(b"9" * 5_000_000)


@pytest.mark.skipif(sys.implementation.name != "cpython", reason="about CPython's stack")
@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_nesting_never_overflows(opening):
    with pytest.raises(Malformed):
        read_json(opening * 1_000_000)


@many
@given(st.binary(max_size=40))
def test_base64_comes_back(data):
    assert b64decode(b64encode(data)) == data


@pytest.mark.parametrize(
    "text", ["QQ", "QQ=", "QR==", "QUF=", "Q Q=", "QQ==\n", "QQ==QQ==", "_-8=", "=", "====", "é"]
)
def test_base64_in_another_spelling_is_refused(text):
    with pytest.raises(Malformed):
        b64decode(text)


@pytest.mark.parametrize(
    "text", ["", "00", "01", "+1", "-1", " 1", "1 ", "1_0", "1\n", "١", "1.0", "1" * 17]
)
def test_decimals_in_another_spelling_are_refused(text):
    with pytest.raises(Malformed):
        decimal(text)


def test_decimals_are_read():
    assert (decimal("0"), decimal("10"), decimal("9" * 16)) == (0, 10, 10**16 - 1)


@pytest.mark.parametrize("text", ["", "AB", "a", "abc", "a b", " ab", "ab\n", "0x"])
def test_hex_in_another_spelling_is_refused(text):
    with pytest.raises(Malformed):
        hex_bytes(text, 1)


def test_hex_is_read():
    assert hex_bytes("00ff", 2) == b"\x00\xff"


@pytest.mark.parametrize("text", ["", "a b", "é", "a/b", "a" * 65, "a\n", None, 1])
def test_what_is_no_id(text):
    assert not is_id(text)


def test_what_is_an_id():
    assert all(map(is_id, ["a", "A-1_b.c", "0" * 64]))


@many
@given(st.integers(0, LAST_INSTANT))
def test_instants_come_back(seconds):
    assert parse_instant(format_instant(seconds)) == seconds


def test_instants_have_one_spelling():
    assert format_instant(0) == "1970-01-01T00:00:00Z"
    assert format_instant(LAST_INSTANT) == "9999-12-31T23:59:59Z"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-02-30T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-06-30T23:59:60Z",
        "1969-12-31T23:59:59Z",
        "0000-01-01T00:00:00Z",
        "2026-01-01 00:00:00Z",
        "2026-01-01T00:00:00z",
        "2026-01-01T00:00:00+00:00",
        "2026-01-01T00:00:00.000Z",
        "2026-W01-1T00:00:00Z",
        "2026-01-01T00:00:00Z\n",
        "٢٠٢٦-01-01T00:00:00Z",
    ],
)
def test_instants_in_another_spelling_are_refused(text):
    with pytest.raises(Malformed):
        parse_instant(text)


@pytest.mark.parametrize("seconds", [-1, LAST_INSTANT + 1])
def test_instants_out_of_range_have_no_spelling(seconds):
    with pytest.raises(Malformed):
        format_instant(seconds)
