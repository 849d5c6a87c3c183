"""A zip that cannot say two things: a strict reader, and a writer with one spelling (format 9).

Whatever two zip tools could read differently is refused: names twice, a comment, octets that
belong to nothing, headers that differ, encryption, data descriptors, zip64.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import BinaryIO, Callable, Dict, Iterator, List, Tuple

from .errors import Malformed

MAX_MEMBERS = 65_535
MAX_TOTAL = 2**32
# A directory beyond this describes no evidence file; it bounds what is read before the limits.
MAX_DIRECTORY = 32 * 2**20

LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
STORED, DEFLATED = 0, 8

# Deflate's two hints on how hard it tried, and "the name is utf-8".
_FREE_FLAGS = 0b1000_0000_0110
_ZIP64, _UNICODE_PATH = 0x0001, 0x7075
_CHUNK = 65_536

_local = struct.Struct("<4s5H3L2H")
_central = struct.Struct("<4s6H3L5H2L")
_end = struct.Struct("<4s4H2LH")


@dataclass(frozen=True)
class Member:
    """Where a member lies, and what its header says of it."""

    name: str
    header: Tuple[int, ...]  # version, flags, method, time, date, crc, packed, size: in both
    offset: int
    begin: int  # of the packed octets
    end: int

    @property
    def size(self) -> int:
        """Return the number of octets when unpacked."""
        return self.header[7]


class Container:
    """The members of a zip, each read only when asked for."""

    def __init__(self, file: BinaryIO, members: Dict[str, Member]) -> None:
        self._file = file
        self.members = members

    def read(self, name: str) -> bytes:
        """Return a member's octets; raise Malformed when its crc or length differ."""
        return b"".join(self.pieces(name))

    def pieces(self, name: str) -> Iterator[bytes]:
        """Give the same piece by piece; whether crc and length differ shows at the end."""
        member, size, crc = self.members[name], 0, 0
        for data in self._unpack(member):
            size, crc = size + len(data), zlib.crc32(data, crc)
            yield data
        if size != member.size or crc != member.header[5]:
            raise Malformed(f"member {name} is not what its header says")

    def _unpack(self, member: Member) -> Iterator[bytes]:
        self._file.seek(member.begin)
        left = member.end - member.begin
        if member.header[2] == STORED:
            while left:
                yield _exactly(self._file, min(left, _CHUNK))
                left -= min(left, _CHUNK)
            return
        inflate, room = zlib.decompressobj(-15), member.size
        while left and not inflate.eof:
            packed = _exactly(self._file, min(left, _CHUNK))
            left -= len(packed)
            # One octet more than there may be shows that there are too many.
            data = _inflate(inflate, packed, room + 1, member.name)
            room -= len(data)
            if room < 0 or inflate.unconsumed_tail or inflate.unused_data:
                raise Malformed(f"member {member.name} unpacks to more than its header says")
            yield data
        if left or not inflate.eof:
            raise Malformed(f"member {member.name} is not one deflate stream")


def open_container(file: BinaryIO, limit: Callable[[str], int]) -> Container:
    """Return the members of the zip in `file`, which can seek; `limit` gives each its most octets.

    Raises Malformed for anything unsound or beyond the limits. Nothing is unpacked yet.
    """
    end = file.seek(0, 2)
    count, size, begin = _read_end(file, end)
    file.seek(begin)
    directory = _exactly(file, size)
    members = [_with_extent(file, member) for member in _read_directory(directory, count)]
    _check_extents(members, begin)
    files = [member for member in members if not member.name.endswith("/")]
    _check_limits(files, limit)
    return Container(file, {member.name: member for member in files})


def _read_end(file: BinaryIO, end: int) -> Tuple[int, int, int]:
    if end < _end.size:
        raise Malformed(f"not a zip: {end} octets")
    file.seek(end - _end.size)
    magic, *disks, count, size, begin, comment = _end.unpack(_exactly(file, _end.size))
    if magic != END:
        raise Malformed("not a zip, or one with a comment or octets after its end")
    if comment or disks != [0, 0, count]:
        raise Malformed("zip with a comment, or of several disks")
    if size > MAX_DIRECTORY or begin + size != end - _end.size:
        raise Malformed("zip whose directory is too large, zip64, or not just before its end")
    return count, size, begin


def _read_directory(directory: bytes, count: int) -> List[Member]:
    members: List[Member] = []
    folded = set()
    at = 0
    for _ in range(count):
        member, at = _read_central(directory, at)
        members.append(member)
        folded.add(member.name.lower())
    if at != len(directory):
        raise Malformed(f"{len(directory) - at} octets after the zip's directory")
    if len(folded) != count:
        raise Malformed("zip with a name twice, or twice but for its case")
    return members


def _read_central(directory: bytes, at: int) -> Tuple[Member, int]:
    if at + _central.size > len(directory):
        raise Malformed("zip whose directory is cut short")
    fields = _central.unpack_from(directory, at)
    header, (name_size, extra_size, comment, disk), offset = fields[2:10], fields[10:14], fields[16]
    if fields[0] != CENTRAL or comment or disk:
        raise Malformed("zip with a directory entry that is none, or has a comment")
    at += _central.size
    name, extra = directory[at : at + name_size], directory[at + name_size :][:extra_size]
    if len(name) != name_size or len(extra) != extra_size:
        raise Malformed("zip whose directory is cut short")
    _check_extra(extra)
    _check_header(header)
    return Member(_name(name), header, offset, 0, 0), at + name_size + extra_size


def _check_header(header: Tuple[int, ...]) -> None:
    _, flags, method, _, _, _, packed, size = header
    if flags & ~_FREE_FLAGS:
        raise Malformed(f"zip member with flags {flags:#06x}: encrypted, or with a descriptor")
    if method not in (STORED, DEFLATED):
        raise Malformed(f"zip member packed by method {method}")
    if method == STORED and packed != size:
        raise Malformed("zip member stored in another length than its own")


def _check_extra(extra: bytes) -> None:
    at = 0
    while at < len(extra):
        if at + 4 > len(extra):
            raise Malformed("zip member with a broken extra field")
        kind, size = struct.unpack_from("<2H", extra, at)
        if kind in (_ZIP64, _UNICODE_PATH):
            raise Malformed("zip64 member, or one with a second name")
        at += 4 + size
    if at != len(extra):
        raise Malformed("zip member with a broken extra field")


def _name(raw: bytes) -> str:
    try:
        name = raw.decode("ascii")
    except UnicodeDecodeError:
        raise Malformed(f"zip member name that is not ascii: {ascii(raw)[:80]}") from None
    if not name.isprintable() or not name:
        raise Malformed(f"zip member name that is not printable: {ascii(raw)[:80]}")
    return name


def _with_extent(file: BinaryIO, member: Member) -> Member:
    file.seek(member.offset)
    magic, *fields = _local.unpack(_exactly(file, _local.size))
    header, name_size, extra_size = tuple(fields[:8]), fields[8], fields[9]
    name = _exactly(file, name_size)
    _check_extra(_exactly(file, extra_size))
    if magic != LOCAL or header != member.header or name != member.name.encode("ascii"):
        raise Malformed(f"zip member {member.name} whose two headers differ")
    begin = member.offset + _local.size + name_size + extra_size
    return Member(member.name, member.header, member.offset, begin, begin + header[6])


def _check_extents(members: List[Member], directory: int) -> None:
    """Raise Malformed unless the members fill the file up to its directory, octet by octet."""
    at = 0
    for member in sorted(members, key=lambda member: member.offset):
        if member.offset != at:
            raise Malformed(f"zip with octets before, or shared by, member {member.name}")
        at = member.end
    if at != directory:
        raise Malformed("zip with octets between its members and its directory")
    for member in members:
        crc, packed, size = member.header[5:8]
        # Nothing at all takes up two octets when it is deflated.
        if member.name.endswith("/") and (crc or size or packed > 2):
            raise Malformed(f"zip directory {member.name} with octets of its own")


def _check_limits(files: List[Member], limit: Callable[[str], int]) -> None:
    if len(files) > MAX_MEMBERS or sum(member.size for member in files) > MAX_TOTAL:
        raise Malformed(f"zip of more than {MAX_MEMBERS} members or {MAX_TOTAL} octets")
    for member in files:
        if member.size > limit(member.name):
            raise Malformed(f"member {member.name} of {member.size} octets is beyond its limit")


def _inflate(inflate: zlib._Decompress, packed: bytes, most: int, name: str) -> bytes:
    try:
        return inflate.decompress(packed, most)
    except zlib.error:
        raise Malformed(f"member {name} is not deflated") from None


def _exactly(file: BinaryIO, size: int) -> bytes:
    data = file.read(size)
    if len(data) != size:
        raise Malformed("zip that ends too early")
    return data
