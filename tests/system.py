"""Real parts of the system that tests need and pip does not bring."""

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

INSTALLING = Path(tempfile.gettempdir()) / "handledger-tests-installing"


def installed(package, variable, there):
    """What the environment names, else what `there` finds; None where there is none.

    Debian's package is installed where it may be.
    """
    named = os.environ.get(variable)
    if named:
        return named
    if os.geteuid() == 0 and shutil.which("apt-get"):
        with INSTALLING.open("w") as turn:
            # Tests run side by side: one of them installs, the others wait for it.
            fcntl.flock(turn, fcntl.LOCK_EX)
            if not there():
                _install(package)
    return there()


def _install(package):
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "-y", "--no-install-recommends", package]):
        subprocess.run(["apt-get", "-qq", *command], env=environment, check=False)
