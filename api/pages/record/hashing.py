"""A file of which only a hash is kept: hashed in the browser where it can, else here, and dropped.

Nothing of an upload reaches the disk: it stays in memory, no longer than its request.
"""

from __future__ import annotations

import secrets
from hashlib import sha256
from io import BytesIO
from typing import IO

from flask import Request
from werkzeug.datastructures import FileStorage

from ledger.domain.fields import Field

SALT = 16  # octets
BLOCK = 65_536


class UploadsInMemory(Request):
    """A request whose files are never written to disk; MAX_CONTENT_LENGTH bounds them."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return BytesIO()


def hashed(field: Field, upload: FileStorage) -> str:
    """The value of the field for a file: `sha256`, or `salt$sha256(salt + file)`."""
    salt = secrets.token_hex(SALT) if field.kind == "salted" else ""
    digest = sha256(salt.encode("ascii"))
    while block := upload.stream.read(BLOCK):
        digest.update(block)
    return f"{salt}${digest.hexdigest()}" if salt else digest.hexdigest()
