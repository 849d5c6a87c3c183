"""The command line as it is called from a shell."""

import os
import subprocess
import sys
from pathlib import Path

COMMAND = [sys.executable, "-c", "from api.main import main; main()"]
ROOT = Path(__file__).resolve().parents[1]


def environment():
    return {k: v for k, v in os.environ.items() if not k.startswith("HANDLEDGER_")}


def run(directory, *arguments):
    return subprocess.run(
        [*COMMAND, "--data", str(directory), *arguments],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=120,
        env=environment(),
        cwd=ROOT,
    )


def good(directory, *arguments):
    done = run(directory, *arguments)
    assert (0, "") == (done.returncode, done.stderr), done.stderr
    return done.stdout
