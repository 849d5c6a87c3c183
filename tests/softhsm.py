"""Real PKCS#11 tokens for tests: those of SoftHSM2, in one directory for a whole run."""

import os
import shutil
import subprocess
from pathlib import Path

from system import installed

HOW = "install Debian's package softhsm2, or name its library in HANDLEDGER_SOFTHSM2"
PLACES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so")
PIN = b"1234"
CONFIGURATION = """directories.tokendir = {tokens}
objectstore.backend = file
log.level = ERROR
"""


def library():
    """The library of SoftHSM2, or None."""
    return installed("softhsm2", "HANDLEDGER_SOFTHSM2", _there)


def _there():
    found = next(filter(os.path.exists, PLACES), None)
    return found if found and shutil.which("softhsm2-util") else None


class Drawer:
    """Where the tokens lie. The library reads where once a process, so that there is one a run."""

    def __init__(self, directory, module):
        self.module, self.tokens = Path(module), directory / "tokens"
        self._away = directory / "away"
        self.tokens.mkdir()
        configuration = directory / "softhsm2.conf"
        configuration.write_text(CONFIGURATION.format(tokens=self.tokens))
        os.environ["SOFTHSM2_CONF"] = str(configuration)

    def put(self, label):
        """A new token with that label, whose PIN is `PIN`."""
        command = ("softhsm2-util", "--init-token", "--free", "--label", label)
        pins = ("--so-pin", "12345678", "--pin", PIN.decode())
        subprocess.run([*command, *pins], check=True, capture_output=True)

    def take_away(self):
        """Nobody finds a token any more, not even those that were open."""
        self.tokens.rename(self._away)

    def bring_back(self):
        if self._away.exists():
            self._away.rename(self.tokens)
