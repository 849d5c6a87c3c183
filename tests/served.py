"""The sample term, played and served: for tests of the pages, and for their pictures."""

import shutil
import threading
from contextlib import contextmanager
from pathlib import Path

from small import SAMPLE
from werkzeug.serving import make_server

from api import rehearsal, wiring
from api.app import create_app
from api.config import read_config
from api.tokens import Tokens


def play(directory):
    """Play the sample term into a new directory, and return it."""
    config = read_config(str(directory), {})
    lines = rehearsal.read_lines(SAMPLE)
    ledger, clock = rehearsal.start(config, lines)
    with ledger:
        for _ in rehearsal.play(ledger, clock, lines):
            pass
    return config.data


@contextmanager
def opened(played, tmp_path):
    directory = Path(shutil.copytree(played, tmp_path / "term"))
    config = read_config(str(directory), {})
    with wiring.open_ledger(config) as ledger:
        tokens = Tokens(directory / "access.db")
        yield create_app(ledger, tokens), ledger, tokens


@contextmanager
def serving(app):
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def bearer(tokens, who):
    return {"Authorization": f"Bearer {tokens.issue(who)}"}
