"""Writing a zip that is the same for the same members: fixed times, no descriptors, no zip64."""

from __future__ import annotations

import struct
import zlib
from hashlib import sha256
from typing import BinaryIO, List, Tuple

from .container import CENTRAL, DEFLATED, END, LOCAL, STORED

_VERSION = 20
_TIME, _DATE = 0, 0x21  # 1980-01-01 00:00:00, the zero of a zip's clock
_UNIX, _PLAIN_FILE = 3 << 8, 0o100644 << 16

_local = struct.Struct("<4s5H3L2H")
_central = struct.Struct("<4s6H3L5H2L")
_end = struct.Struct("<4s4H2LH")


class Packed:
    """A member as it grows; only what it packs to is kept."""

    def __init__(self, deflate: bool = True) -> None:
        self._deflate = zlib.compressobj(6, zlib.DEFLATED, -15) if deflate else None
        self._digest = sha256()
        self.pieces: List[bytes] = []
        self.crc = self.size = 0

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of the octets so far, in hex."""
        return self._digest.hexdigest()

    def write(self, data: bytes) -> None:
        """Add octets."""
        self.size, self.crc = self.size + len(data), zlib.crc32(data, self.crc)
        self._digest.update(data)
        self.pieces.append(self._deflate.compress(data) if self._deflate else data)

    def end(self) -> int:
        """Return the method; nothing can be added any more."""
        if self._deflate is None:
            return STORED
        self.pieces.append(self._deflate.flush())
        return DEFLATED


class ZipWriter:
    """Members go out as they come; the directory at the end lists them by name."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._offset = 0
        self._directory: List[Tuple[str, bytes]] = []

    def add(self, name: str, data: bytes, deflate: bool = True) -> None:
        """Write a member whole; `name` is ASCII and new."""
        packed = Packed(deflate)
        packed.write(data)
        self.add_packed(name, packed)

    def add_packed(self, name: str, packed: Packed) -> None:
        """Write a member that has grown to its end."""
        raw, method = name.encode("ascii"), packed.end()
        header = (
            *(_VERSION, 0, method, _TIME, _DATE, packed.crc),
            *(sum(map(len, packed.pieces)), packed.size, len(raw), 0),
        )
        entry = _central.pack(
            *(CENTRAL, _UNIX | _VERSION, *header, 0, 0, 0, _PLAIN_FILE, self._offset)
        )
        self._directory.append((name, entry + raw))
        self._write(_local.pack(LOCAL, *header) + raw)
        for piece in packed.pieces:
            self._write(piece)

    def close(self) -> None:
        """Write the directory; the file itself stays open."""
        begin = self._offset
        for _, entry in sorted(self._directory):
            self._write(entry)
        count = len(self._directory)
        self._write(_end.pack(END, 0, 0, count, count, self._offset - begin, begin, 0))

    def _write(self, data: bytes) -> None:
        self._file.write(data)
        self._offset += len(data)
