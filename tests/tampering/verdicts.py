"""What `handledger verify` says of every file, and handledger-verify.pyz with and without
`cryptography`: each of the two runs in one process of its own, which is told all its arguments at
once and starts the archive anew for each.

Without `cryptography` is how it is found to be missing: `-I -S` leaves only the standard library.
"""

import contextlib
import io
import json
import subprocess
import sys
from pathlib import Path

from tampering.forge import Forger

from api import verifier
from api.archive import build

PROGRAM = "handledger-verify.pyz"
BACKENDS = {"cryptography": [], "plain Python": ["-I", "-S"]}
# Runs the archive as `python handledger-verify.pyz …` does, once for each list of arguments.
EACH = """
import contextlib, io, json, runpy, sys
for arguments in json.load(open("arguments.json")):
    sys.argv, out, err = [PROGRAM, *arguments], io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            runpy.run_path(PROGRAM, run_name="__main__")
        except SystemExit as ended:
            code = ended.code
    print(json.dumps([code, out.getvalue(), err.getvalue()]))
"""


class Asked:
    """The files of all rows in a folder, and what the command and both processes say of each."""

    def __init__(self, folder: Path, log, rows) -> None:
        self.arguments = [_written(folder, n, row.make(Forger(log))) for n, row in enumerate(rows)]
        self.place = {(row.part, row.name): n for n, row in enumerate(rows)}
        assert len(self.place) == len(rows), "two rows of one name"
        build(folder / PROGRAM)
        (folder / "arguments.json").write_text(json.dumps(self.arguments), "utf-8")
        running = {name: _start(folder, flags) for name, flags in BACKENDS.items()}
        self.said = [_here(each) for each in self.arguments]
        self.by = {name: _answers(process) for name, process in running.items()}

    def of(self, row):
        """(exit code, parsed JSON or None, stderr) of the command."""
        code, out, err = self.said[self.place[row.part, row.name]]
        return code, json.loads(out) if out else None, err

    def fingerprint(self, row):
        """The fingerprint of the trust file, as the command prints it for people."""
        arguments = [a for a in self.arguments[self.place[row.part, row.name]] if a != "--json"]
        [line] = [w for w in _here(arguments)[1].splitlines() if w.startswith("trust file ")]
        return line


def _written(folder, number, made):
    """Write the file and what it is verified with; return the arguments."""
    paths = {"evidence": folder / f"{number}.zip"}
    paths["evidence"].write_bytes(made.file)
    arguments = [str(paths["evidence"]), "--json"]
    if made.trust is not None:
        trust = folder / f"{number}.policy"
        trust.write_text(made.trust, "utf-8")
        arguments += ["--trust", str(trust)]
    handed_in = {"known": made.known, "authority": made.authorities}
    for option, files in handed_in.items():
        for which, data in enumerate(files):
            path = folder / f"{number}.{which}.{option}"
            path.write_bytes(data)
            arguments += [f"--{option}", str(path)]
    if made.whole is not None:
        whole = folder / f"{number}.whole.zip"
        whole.write_bytes(made.whole)
        arguments += ["--whole", str(whole)]
    return arguments


def _here(arguments):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = verifier.run(arguments, PROGRAM)
    return code, out.getvalue(), err.getvalue()


def _start(folder, flags):
    command = [sys.executable, *flags, "-c", f"PROGRAM = {PROGRAM!r}\n{EACH}"]
    said = (folder / f"{''.join(flags) or '-'}.said").open("w+")
    return subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, cwd=folder), said


def _answers(running):
    """What the process said, one answer for each list of arguments; a traceback is none."""
    process, said = running
    with said:
        code = process.wait()
        said.seek(0)
        text = said.read()
    assert code == 0, text[-2000:]
    return [json.loads(line) for line in text.splitlines()]
