"""Settings: from the environment, else from `handledger.toml` in the data directory.

An odd or unknown value is refused with the name of the setting.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PREFIX = "HANDLEDGER_"
SETTINGS = {
    "data": "directory of the ledger",
    "database_url": "postgresql://… to keep the records there",
    "passphrase_file": "file that holds the passphrase of the keys",
    "public_log": "yes or no: checkpoint and hash tiles are shown to everybody",
}


class ConfigError(Exception):
    """A setting that is none, or has a value that cannot be meant."""


@dataclass(frozen=True)
class Config:
    """What was set, with defaults."""

    data: Path
    passphrase_file: Path | None
    public_log: bool = False


def read_config(
    data: str | None,
    environment: Mapping[str, str] | None = None,
    default: str = "handledger-data",
) -> Config:
    """The settings in force; `data` is what the command line gave. Raises ConfigError."""
    given = dict(os.environ if environment is None else environment)
    named = {k[len(PREFIX) :].lower(): v for k, v in given.items() if k.startswith(PREFIX)}
    directory = Path(data or named.get("data") or default)
    settings = {**_file(directory / "handledger.toml"), **named}
    for name in settings:
        if name not in SETTINGS:
            raise ConfigError(f"{PREFIX}{name.upper()} is no setting; there are: {_names()}")
    if settings.get("database_url"):
        raise ConfigError(f"{PREFIX}DATABASE_URL: records in PostgreSQL are not available yet")
    passphrase_file = settings.get("passphrase_file")
    if passphrase_file and not Path(passphrase_file).is_file():
        raise ConfigError(f"{PREFIX}PASSPHRASE_FILE: {passphrase_file} is not a file")
    public_log = settings.get("public_log", "no")
    if public_log not in ("yes", "no"):
        raise ConfigError(f"{PREFIX}PUBLIC_LOG: {public_log[:40]!r} is neither yes nor no")
    kept = Path(passphrase_file) if passphrase_file else None
    return Config(directory, kept, public_log == "yes")


def _file(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    try:
        settings = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from None
    for name, value in settings.items():
        if not isinstance(value, str):
            raise ConfigError(f"{path}: {name} is not text")
    return settings


def _names() -> str:
    return ", ".join(PREFIX + name.upper() for name in SETTINGS)
