"""Settings: from the environment, else from `handledger.toml` in the data directory.

An odd or unknown value is refused with the name of the setting.
"""

from __future__ import annotations

import os
import re
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
    "tsa_url": "http(s)://…: the authority that timestamps checkpoints (RFC 3161)",
    "smtp_url": "smtp://[USER@]HOST[:PORT] or smtps://…: the server that sends checkpoints",
    "smtp_password_file": "file that holds the password of that user",
    "mail_from": "the address that checkpoints are sent from",
}


_SMTP = re.compile(r"smtps?://([^\s:/@]+@)?[A-Za-z0-9.-]+(:[0-9]{1,5})?/?")
_ADDRESS = re.compile(r"[^\s,;<>\"@]+@[^\s,;<>\"@]+")


class ConfigError(Exception):
    """A setting that is none, or has a value that cannot be meant."""


@dataclass(frozen=True)
class Config:
    """What was set, with defaults."""

    data: Path
    passphrase_file: Path | None
    public_log: bool = False
    smtp_url: str = ""
    smtp_password_file: Path | None = None
    mail_from: str = ""
    tsa_url: str = ""


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
    public_log = settings.get("public_log", "no")
    if public_log not in ("yes", "no"):
        raise ConfigError(f"{PREFIX}PUBLIC_LOG: {public_log[:40]!r} is neither yes nor no")
    smtp_url = settings.get("smtp_url", "")
    if smtp_url and not _SMTP.fullmatch(smtp_url):
        raise ConfigError(f"{PREFIX}SMTP_URL: not smtp[s]://[USER@]HOST[:PORT], without a password")
    mail_from = settings.get("mail_from", "")
    if mail_from and not _ADDRESS.fullmatch(mail_from):
        raise ConfigError(f"{PREFIX}MAIL_FROM is no e-mail address")
    tsa_url = settings.get("tsa_url", "")
    if tsa_url and not tsa_url.startswith(("http://", "https://")):
        raise ConfigError(f"{PREFIX}TSA_URL is no http address")
    return Config(
        directory,
        _existing(settings, "passphrase_file"),
        public_log == "yes",
        smtp_url,
        _existing(settings, "smtp_password_file"),
        mail_from,
        tsa_url,
    )


def _existing(settings: Mapping[str, str], name: str) -> Path | None:
    path = settings.get(name)
    if path and not Path(path).is_file():
        raise ConfigError(f"{PREFIX}{name.upper()}: {path} is not a file")
    return Path(path) if path else None


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
