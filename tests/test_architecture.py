"""Imports point down, and what an auditor runs needs nothing of the service."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("ledger", "keys", "projections", "api")

# What a place may import besides the standard library and itself. Longest prefix wins.
MAY_IMPORT = {
    "ledger/proof": {"cryptography"},
    "ledger/domain": {"ledger.proof", "eventsourcing", "marshmallow"},
    "ledger": {"ledger.domain", "ledger.proof", "eventsourcing", "cryptography"},
    "keys": {"ledger.proof", "cryptography", "pkcs11"},
    "projections": {"ledger.domain", "ledger.proof"},
    "api": {"ledger", "keys", "projections", "flask", "werkzeug", "waitress", "click",
            "eventsourcing", "holidays", "segno", "flask_babel", "babel", "markupsafe", "pyotp",
            "authlib", "joserfc", "requests", "xlsxwriter", "icalendar"},
}  # fmt: skip
# Where the standard library alone must do: the verifier replays duties and answers with these.
PLAIN = (
    "ledger/domain/catalogue",
    "ledger/domain/acts.py",
    "ledger/domain/case.py",
    "ledger/domain/clock_rules.py",
    "ledger/domain/duties.py",
    "ledger/domain/entries.py",
    "ledger/domain/fields.py",
    "ledger/domain/finding_names.py",
    "ledger/domain/fitness.py",
    "ledger/domain/handover.py",
    "ledger/domain/interests.py",
    "ledger/domain/holds.py",
    "ledger/domain/images.py",
    "ledger/domain/matters.py",
    "ledger/domain/placing.py",
    "ledger/domain/presence.py",
    "ledger/domain/references.py",
    "ledger/domain/refusals.py",
    "ledger/domain/replay.py",
    "ledger/domain/retention.py",
    "ledger/domain/school_time.py",
    "ledger/domain/signing_keys.py",
    "ledger/domain/shown.py",
    "ledger/domain/standing.py",
    "ledger/domain/trace",
    "projections",
)
SOURCES = sorted(p for package in PACKAGES for p in (ROOT / package).rglob("*.py"))


def place_of(path: Path) -> str:
    name = path.relative_to(ROOT).as_posix()
    return max((p for p in MAY_IMPORT if name.startswith(f"{p}/")), key=len)


def imports_of(path: Path):
    """(line, absolute module) of every import in a file."""
    package = path.relative_to(ROOT).parent.as_posix().replace("/", ".")
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            inside = package.rsplit(".", node.level - 1)[0] if node.level else ""
            yield node.lineno, ".".join(filter(None, (inside, node.module)))


def is_under(module: str, names) -> bool:
    return any(module == n or module.startswith(f"{n}.") for n in names)


def allowed(path: Path, module: str) -> bool:
    place = place_of(path)
    if is_under(module, sys.stdlib_module_names):
        return True
    own = place.replace("/", ".")
    inner = [p.replace("/", ".") for p in MAY_IMPORT if p.startswith(f"{place}/")]
    if is_under(module, [own]) and not is_under(module, inner):
        return True
    return is_under(module, MAY_IMPORT[place])


def test_imports_point_down():
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for path in SOURCES
        for line, module in imports_of(path)
        if not allowed(path, module)
    ]
    assert wrong == []


def test_what_the_verifier_replays_is_standard_library_only():
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for path in SOURCES
        if path.relative_to(ROOT).as_posix().startswith(PLAIN)
        for line, module in imports_of(path)
        if is_under(module, ("eventsourcing", "marshmallow", "ledger.domain.schemas"))
    ]
    assert wrong == []


def test_a_planted_import_is_found():
    """The test itself can fail."""
    assert not allowed(ROOT / "keys/signer.py", "ledger.store")
    assert not allowed(ROOT / "ledger/history.py", "keys.vault")
    assert not allowed(ROOT / "ledger/proof/verify.py", "ledger.domain")
    assert allowed(ROOT / "ledger/history.py", "ledger.store")


def test_the_ledger_package_itself_is_empty():
    assert (ROOT / "ledger/__init__.py").read_bytes() == b""
    assert (ROOT / "ledger/domain/__init__.py").read_bytes() == b""


@pytest.mark.parametrize("module", ["ledger.proof.verify", "ledger.domain.replay"])
def test_the_verifier_loads_no_third_party_module_but_cryptography(module):
    """`ledger.domain.replay` is the duties check: standard library and `ledger.proof`."""
    code = (
        f"import sys; before = set(sys.modules); import {module}; "
        "print(*sorted({m.split('.')[0] for m in set(sys.modules) - before}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    helpers = {"cryptography", "_cffi_backend", "_openssl", "ledger"}
    assert set() == set(done.stdout.split()) - helpers - sys.stdlib_module_names


def test_no_test_folder_is_a_package():
    """`tests/api/__init__.py` would shadow the real package."""
    assert list((ROOT / "tests").rglob("__init__.py")) == []


def test_every_package_is_listed_for_installation():
    import configparser

    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    listed = set(setup["options"]["packages"].split())
    found = {p.parent.relative_to(ROOT).as_posix().replace("/", ".") for p in SOURCES}
    assert found == listed
