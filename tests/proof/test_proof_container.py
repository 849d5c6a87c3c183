"""A zip that cannot say two things: what may vary does, what may not is MALFORMED."""

import io
import random
import shutil
import struct
import subprocess
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.proof.container import open_container
from ledger.proof.errors import Malformed
from ledger.proof.verify import verify
from ledger.proof.zipwriter import ZipWriter

many = settings(deadline=None, database=None, derandomize=True, max_examples=300)
FILES = {"a.txt": b"alpha" * 100, "b/c": b"", "z": bytes(range(256))}


def no_limit(name):
    return 2**32


def read_all(data, limit=no_limit):
    container = open_container(io.BytesIO(data), limit)
    return {name: container.read(name) for name in container.members}


def written(files=None, deflate=True):
    file = io.BytesIO()
    writer = ZipWriter(file)
    for name, data in (FILES if files is None else files).items():
        writer.add(name, data, deflate)
    writer.close()
    return file.getvalue()


def by_zipfile(files, method=zipfile.ZIP_DEFLATED, **more):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method, **more) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


def edited(data, at, new):
    return data[:at] + new + data[at + len(new) :]


@many
@given(
    st.dictionaries(st.from_regex(r"[a-z][a-z0-9/.]{0,20}[a-z]", fullmatch=True), st.binary()),
    st.booleans(),
)
def test_what_is_written_is_read_by_us_and_by_others(files, deflate):
    data = written(files, deflate)
    assert read_all(data) == files
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == sorted(files)


def test_the_same_members_give_the_same_octets():
    assert written() == written()
    assert b"1980" not in written()
    with zipfile.ZipFile(io.BytesIO(written())) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


# What may vary


def shuffled(members):
    names = list(members)
    random.Random(3).shuffle(names)
    return {name: members[name] for name in names}


def with_directories(members):
    return {"tile/": b"", **members, "tile/0/": b"", "elsewhere/": b""}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("change", [dict, shuffled, with_directories])
def test_an_evidence_file_packed_anew_is_still_valid(large, box, method, change):
    members = box.open(large.evidence())
    data = by_zipfile(change(members), method)
    assert verify(io.BytesIO(data), large.trust).verdict == "VALID"


def test_an_evidence_file_with_extra_fields_and_attributes_is_still_valid(small, box):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in box.open(small.evidence()).items():
            info = zipfile.ZipInfo(name, (2031, 7, 1, 2, 3, 4))
            info.extra = struct.pack("<2H4s", 0x5855, 4, b"abcd")
            info.external_attr = 0o777 << 16
            info.create_system = 0
            archive.writestr(info, data)
    assert verify(file, small.trust).verdict == "VALID"


@pytest.mark.skipif(shutil.which("zip") is None, reason="Info-ZIP is not installed")
@pytest.mark.parametrize("options", [["-r"], ["-r0"], ["-rD9"], ["-rX"]])
def test_an_evidence_file_packed_by_info_zip_is_still_valid(small, box, tmp_path, options):
    folder = tmp_path / "folder"
    for name, data in box.open(small.evidence()).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    target = tmp_path / "packed.zip"
    subprocess.run(["zip", "-q", *options, target, "."], cwd=folder, check=True)
    assert verify(target, small.trust).verdict == "VALID"


# What may not


def end_of(data):
    return len(data) - 22


def test_a_comment_is_refused():
    file = io.BytesIO(written())
    with zipfile.ZipFile(file, "a") as archive:
        archive.comment = b"hello"
    with pytest.raises(Malformed):
        read_all(file.getvalue())


def test_a_member_comment_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        info = zipfile.ZipInfo("a")
        info.comment = b"hello"
        archive.writestr(info, b"x")
    with pytest.raises(Malformed):
        read_all(file.getvalue())


@pytest.mark.parametrize("junk", [b"x", b"PK\x05\x06" + bytes(18), written()])
def test_octets_that_belong_to_nothing_are_refused(junk):
    data = written()
    directory = struct.unpack_from("<L", data, end_of(data) + 16)[0]
    for bad in (
        junk + data,
        data + junk,
        data[:directory] + junk + data[directory:],
        data[: end_of(data)] + junk + data[end_of(data) :],
    ):
        if bad != data + written():
            with pytest.raises(Malformed):
                read_all(bad)


def test_octets_before_are_refused_though_offsets_allow_for_them():
    file = io.BytesIO(b"#!/bin/sh\n")
    file.seek(0, 2)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("a", b"x")
    assert zipfile.ZipFile(file).namelist() == ["a"]
    with pytest.raises(Malformed):
        read_all(file.getvalue())


def test_octets_between_members_are_refused():
    data = written({"a": b"one", "b": b"two"}, deflate=False)
    first = 30 + 1 + 3
    directory = struct.unpack_from("<L", data, end_of(data) + 16)[0] + 1
    bad = data[:first] + b"x" + data[first:]
    second = bad.index(b"PK\x01\x02", bad.index(b"PK\x01\x02") + 1)
    bad = edited(bad, second + 42, struct.pack("<L", first + 1))
    bad = edited(bad, end_of(bad) + 16, struct.pack("<L", directory))
    assert zipfile.ZipFile(io.BytesIO(bad)).read("b") == b"two"
    with pytest.raises(Malformed):
        read_all(bad)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("names", [("a", "a"), ("a", "A"), ("b/a", "B/a")])
def test_a_name_twice_is_refused(names):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, b"x")
    with pytest.raises(Malformed):
        read_all(file.getvalue())


@pytest.mark.parametrize("name", ["é", "a\x01", "a\x7f"])
def test_a_name_beyond_printable_ascii_is_refused(name):
    with pytest.raises(Malformed):
        read_all(by_zipfile({name: b"x"}))


def test_a_directory_with_octets_of_its_own_is_refused():
    with pytest.raises(Malformed):
        read_all(written({"a/": b"hidden"}, deflate=False))
    assert read_all(written({"a/": b""}, deflate=False)) == {}


def test_data_descriptors_are_refused():
    class Pipe(io.BytesIO):
        def tell(self):
            raise OSError("no place in a pipe")

    file = Pipe()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a", b"x")
    assert zipfile.ZipFile(io.BytesIO(file.getvalue())).read("a") == b"x"
    with pytest.raises(Malformed):
        read_all(file.getvalue())


def test_zip64_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive, archive.open("a", "w", force_zip64=True) as member:
        member.write(b"x")
    with pytest.raises(Malformed):
        read_all(file.getvalue())


def test_encryption_and_unknown_methods_are_refused():
    data = written({"a": b"one"}, deflate=False)
    central = data.index(b"PK\x01\x02")
    for offset, value in ((6, 1), (6, 8), (6, 64), (6, 0x2000), (8, 12), (8, 14), (8, 99)):
        new = struct.pack("<H", value)
        with pytest.raises(Malformed):
            read_all(edited(edited(data, offset, new), central + offset + 2, new))


def test_headers_that_differ_are_refused():
    data = written({"abc": b"one"}, deflate=False)
    for at in [4, 6, 10, 12, 14, 18, 22, 26, 28, 30]:
        with pytest.raises(Malformed):
            read_all(edited(data, at, bytes([data[at] ^ 2])))


@pytest.mark.parametrize(
    "extra", [b"x", b"\x01\x00\x08\x00" + bytes(8), b"\x75\x70\x01\x00x", b"UX\x09\x00x"]
)
def test_extra_fields_that_are_broken_or_rename_are_refused(extra):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        info = zipfile.ZipInfo("a")
        archive.writestr(info, b"x")
    data = file.getvalue()
    central = data.index(b"PK\x01\x02")
    bad = data[: central + 46 + 1] + extra + data[central + 47 :]
    bad = edited(bad, central + 30, struct.pack("<H", len(extra)))
    size = struct.unpack_from("<L", bad, end_of(bad) + 12)[0] + len(extra)
    bad = edited(bad, end_of(bad) + 12, struct.pack("<L", size))
    with pytest.raises(Malformed):
        read_all(bad)


def test_overlapping_members_are_refused():
    data = written({"a": b"one", "b": b"one"}, deflate=False)
    second = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 1)
    with pytest.raises(Malformed):
        read_all(edited(data, second + 42, struct.pack("<L", 0)))


# Limits


def bomb(claimed, real):
    """Return a zip whose member unpacks to `real` octets and says `claimed`."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = deflate.compress(bytes(real)) + deflate.flush()
    name = b"manifest.json"
    header = (20, 0, 8, 0, 0x21, zlib.crc32(bytes(claimed)), len(packed), claimed, len(name), 0)
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", *header) + name + packed
    central = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, *header, 0, 0, 0, 0, 0) + name
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(central), len(local), 0)
    return local + central + end


def test_a_bomb_is_refused_by_what_it_says_before_it_is_unpacked():
    def limit(name):
        return 1_000

    with pytest.raises(Malformed, match="beyond its limit"):
        open_container(io.BytesIO(bomb(10_000_000, 10_000_000)), limit)


def test_a_bomb_that_lies_is_unpacked_no_further_than_it_says():
    with pytest.raises(Malformed, match="unpacks to more"):
        read_all(bomb(100, 50_000_000))


def test_a_member_that_unpacks_to_less_is_refused():
    with pytest.raises(Malformed, match="not what its header says"):
        read_all(bomb(100, 99))


def test_a_deflate_stream_with_octets_after_it_is_refused():
    data = bomb(100, 100)
    assert read_all(data) == {"manifest.json": bytes(100)}
    packed = len(data) - 22 - 59 - 43
    for more in (b"x", bytes(100_000)):
        bad = data[: 43 + packed] + more + data[43 + packed :]
        for at in (18, 43 + packed + len(more) + 20):
            bad = edited(bad, at, struct.pack("<L", packed + len(more)))
        bad = edited(bad, end_of(bad) + 16, struct.pack("<L", 43 + packed + len(more)))
        with pytest.raises(Malformed):
            read_all(bad)


def test_more_octets_than_four_gibibytes_are_refused():
    names = [f"m{n}" for n in range(3)]
    data = written(dict.fromkeys(names, b""), deflate=True)
    for name in names:
        for magic, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
            start = data.index(magic)
            while not data.startswith(name.encode(), start + (30 if at == 22 else 46)):
                start = data.index(magic, start + 1)
            data = edited(data, start + at, struct.pack("<L", 2**31))
    with pytest.raises(Malformed, match="more than"):
        open_container(io.BytesIO(data), no_limit)


# Anything at all


@many
@given(st.binary(max_size=200))
def test_random_octets_are_malformed(data):
    for bad in (
        data,
        b"PK\x03\x04" + data,
        data + written()[-22:],
        data + b"PK\x05\x06" + bytes(18),
    ):
        report = verify(io.BytesIO(bad))
        assert (report.verdict, report.exit_code) == ("MALFORMED", 40)


@many
@given(st.data())
def test_a_changed_zip_is_read_or_refused_never_worse(data):
    octets = bytearray(written())
    for _ in range(data.draw(st.integers(1, 4))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    try:
        files = read_all(bytes(octets))
    except Malformed:
        return
    # Names are not under the crc; what they hold is.
    assert sorted(files.values()) == sorted(FILES.values())
