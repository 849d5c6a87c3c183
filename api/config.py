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
    "pkcs11_module": "library of a PKCS#11 token: record and checkpoint keys are made in it",
    "pkcs11_token": "the label of that token",
    "pkcs11_pin_file": "file that holds its PIN; without it, it is asked for",
    "public_log": "yes or no: checkpoint and hash tiles are shown to everybody",
    "tsa_url": "http(s)://…: the authority that timestamps checkpoints (RFC 3161)",
    "smtp_url": "smtp://[USER@]HOST[:PORT] or smtps://…: the server that sends checkpoints",
    "smtp_password_file": "file that holds the password of that user",
    "mail_from": "the address that checkpoints are sent from",
    "address": "https://HOST[:PORT]: how people reach the pages from outside",
    "proxy": "address of the TLS proxy in front: its word is taken for whom it serves",
    "oidc_issuer": "https://…: the school's OpenID provider, its issuer as it names itself",
    "oidc_client_id": "the id that the provider gave to this service",
    "oidc_client_secret_file": "file that holds the secret that goes with it",
}
OIDC = ("oidc_issuer", "oidc_client_id", "oidc_client_secret_file")

_SMTP = re.compile(r"smtps?://([^\s:/@]+@)?[A-Za-z0-9.-]+(:[0-9]{1,5})?/?")
_ADDRESS = re.compile(r"[^\s,;<>\"@]+@[^\s,;<>\"@]+")
_LOCAL = r"http://(localhost|127\.0\.0\.1)(:[0-9]{1,5})?"
# What a value must look like, and what to say where it does not.
_LOOKS = {
    "public_log": (re.compile("yes|no"), "is neither yes nor no"),
    "smtp_url": (_SMTP, "is not smtp[s]://[USER@]HOST[:PORT], without a password"),
    "mail_from": (_ADDRESS, "is no e-mail address"),
    "tsa_url": (re.compile("https?://.*"), "is no http address"),
    "address": (
        re.compile(r"https://[^\s/@]+|" + _LOCAL),
        "is not https://HOST[:PORT], without a path (http:// for localhost alone)",
    ),
    "proxy": (re.compile(r"[0-9a-fA-F.:]+"), "is no IP address"),
    "oidc_issuer": (
        re.compile(rf"https://[^\s?#]+|{_LOCAL}[^\s?#]*"),
        "is no https address",
    ),
}
# Anybody with an account at Microsoft is let in by these; a school's own has its tenant's id.
_EVERYBODYS = re.compile(r"/(common|organizations|consumers)(/|$)")


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
    address: str = ""
    proxy: str = ""
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret_file: Path | None = None
    pkcs11_module: Path | None = None
    pkcs11_token: str = ""
    pkcs11_pin_file: Path | None = None


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
    _look(settings)
    return Config(
        directory,
        _existing(settings, "passphrase_file"),
        settings.get("public_log") == "yes",
        settings.get("smtp_url", ""),
        _existing(settings, "smtp_password_file"),
        settings.get("mail_from", ""),
        settings.get("tsa_url", ""),
        settings.get("address", ""),
        settings.get("proxy", ""),
        settings.get("oidc_issuer", ""),
        settings.get("oidc_client_id", ""),
        _existing(settings, "oidc_client_secret_file"),
        _existing(settings, "pkcs11_module"),
        settings.get("pkcs11_token", ""),
        _existing(settings, "pkcs11_pin_file"),
    )


def _look(settings: Mapping[str, str]) -> None:
    for name, (looks, words) in _LOOKS.items():
        said = settings.get(name, "no" if name == "public_log" else "")
        # An empty text unsets a setting, but it is neither yes nor no.
        if (said or name == "public_log") and not looks.fullmatch(said):
            raise ConfigError(f"{PREFIX}{name.upper()} {words}")
    if _EVERYBODYS.search(settings.get("oidc_issuer", "")):
        raise ConfigError(f"{PREFIX}OIDC_ISSUER lets in everybody; give the tenant's own issuer")
    given = [name for name in (*OIDC, "address") if settings.get(name)]
    if set(given) & set(OIDC) and len(given) < len(OIDC) + 1:
        missing = next(name for name in (*OIDC, "address") if name not in given)
        raise ConfigError(f"{PREFIX}{missing.upper()} is missing; a provider needs it too")
    if bool(settings.get("pkcs11_module")) is not bool(settings.get("pkcs11_token")):
        raise ConfigError(f"{PREFIX}PKCS11_MODULE and {PREFIX}PKCS11_TOKEN go together")


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
