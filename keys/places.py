"""Where secrets may lie: files and directories that nobody else can read or put another in."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from ledger.proof.dsse import SignerGone


class VaultError(SignerGone):
    """The vault cannot be opened: wrong passphrase, damage, or a place that others can get at."""


def check_place(path: Path) -> None:
    """Raise VaultError unless a file of secrets, and the directory it lies in, are ours alone.

    Ours: no link, owned by who runs this, mode 0600 and 0700 at most. A file that is not there
    passes: whoever opens it says so. Systems without such modes are not judged.
    """
    if os.name != "posix" or not os.path.lexists(path):
        return
    for place, is_kind, allowed in (
        (path.parent, stat.S_ISDIR, 0o700),
        (path, stat.S_ISREG, 0o600),
    ):
        found = place.lstat()
        if not is_kind(found.st_mode):
            raise VaultError(f"{place} is a link or no plain {_kind(allowed)}; put it itself there")
        if found.st_uid != os.geteuid():
            raise VaultError(f"{place} belongs to another user; run this as its owner")
        _check_mode(place, found.st_mode, allowed)


def read_secret(path: Path) -> bytes:
    """The passphrase or PIN in a file, without blanks around it. Raises VaultError.

    The file may be a link, as those are that a container is handed, but what it leads to must be
    readable by nobody but its owner, who is root or who runs this.
    """
    try:
        if os.name == "posix":
            found = path.stat()
            if found.st_uid not in (0, os.geteuid()):
                raise VaultError(f"{path} belongs to another user, who knows what is in it")
            _check_mode(path, found.st_mode, 0o600)
        secret = path.read_bytes().strip()
    except OSError as error:
        raise VaultError(f"{path}: {error.strerror or error}") from None
    if not secret:
        raise VaultError(f"{path} is empty; put the passphrase or PIN into it")
    return secret


def _check_mode(place: Path, mode: int, allowed: int) -> None:
    mode = stat.S_IMODE(mode)
    if mode & ~allowed:
        raise VaultError(f"{place} has mode {mode:04o}: others may read it; allow {allowed:04o}")


def _kind(allowed: int) -> str:
    return "directory" if allowed == 0o700 else "file"
