"""A real Chromium for tests, driven over its debugging pipe: no package, no port, no network."""

import itertools
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from system import installed

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
HOW = "install Debian's package chromium, or name the program in HANDLEDGER_CHROMIUM"
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-first-run",
    "--remote-debugging-pipe",
)


def program():
    """The path of a Chromium, or None; Debian's package is installed where it may be."""
    return installed("chromium", "HANDLEDGER_CHROMIUM", _there)


def _there():
    return next(filter(None, map(shutil.which, NAMES)), None)


class Browser:
    """One Chromium; `open` gives pages, one after the other."""

    def __init__(self, path):
        self._profile = tempfile.TemporaryDirectory()
        to_read, self._to = os.pipe()
        self._from, to_write = os.pipe()

        def pipes():
            # Where the debugging pipe is looked for, whatever numbers these had before.
            held = [os.dup(to_read), os.dup(to_write)]
            os.dup2(held[0], 3)
            os.dup2(held[1], 4)

        self._process = subprocess.Popen(
            [path, *ARGUMENTS, f"--user-data-dir={self._profile.name}", "about:blank"],
            preexec_fn=pipes,
            close_fds=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_read)
        os.close(to_write)
        self._ids, self._rest, self.events = itertools.count(1), b"", []

    def call(self, method, session=None, **params):
        ident = next(self._ids)
        message = {"id": ident, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            said = self._receive(60)
            if said.get("id") == ident:
                assert "error" not in said, said
                return said["result"]
            self.events.append(said)

    def _receive(self, seconds):
        end = time.monotonic() + seconds
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._from], [], [], max(0, end - time.monotonic()))
            assert ready, "the browser says nothing"
            data = os.read(self._from, 2**20)
            assert data, "the browser ended"
            self._rest += data
        message, _, self._rest = self._rest.partition(b"\0")
        return json.loads(message)

    @contextmanager
    def open(self, file):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        page = Page(self, attached["sessionId"])
        page.go(Path(file).resolve().as_uri())
        yield page
        self.call("Target.closeTarget", targetId=target)

    def close(self):
        self._process.terminate()
        self._process.wait(20)
        os.close(self._to)
        os.close(self._from)
        self._profile.cleanup()


class Page:
    """One page: what it shows, what it said on the console, what it asked the network for."""

    def __init__(self, browser, session):
        self._browser, self._session = browser, session
        for domain in ("Page", "Runtime", "Network", "Log", "DOM"):
            self.call(f"{domain}.enable")

    def call(self, method, **params):
        return self._browser.call(method, self._session, **params)

    def go(self, address):
        self.call("Page.navigate", url=address)

    def do(self, expression):
        """The value of a JavaScript expression; a promise is waited for."""
        said = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in said, said
        return said["result"].get("value")

    def until(self, expression, seconds=60):
        """Wait until an expression is true."""
        end = time.monotonic() + seconds
        while not self.do(expression):
            assert time.monotonic() < end, f"not within {seconds} s: {expression}"
            time.sleep(0.05)

    def outcomes(self, call, items):
        """What the page makes of each item, by a call in JavaScript of `item`: taken, refused, or
        Newer."""
        return self.do(
            f"Promise.all({json.dumps(items)}.map(async (item) => {{ try {{ await {call}; }}"
            " catch (error) { return error instanceof Newer ? 'Newer' : 'refused'; }"
            " return 'taken'; }))"
        )

    def checked(self, seconds=60):
        """Wait for the verdict; returns it, and the position of the first fault."""
        verdict = "document.documentElement?.dataset.verdict ?? 'checking'"
        self.until(
            f"({verdict}) !== 'checking' && 'shown' in document.documentElement.dataset", seconds
        )
        return self.verdict()

    def verdict(self):
        said = self.do("({...document.documentElement.dataset})")
        return said["verdict"], int(said["position"]) if "position" in said else None

    def codes(self):
        cells = "[...document.querySelectorAll('#findings tbody td:first-child')]"
        return self.do(f"{cells}.map((cell) => cell.textContent)")

    def text(self, selector):
        return self.do(f"document.querySelector({json.dumps(selector)}).innerText")

    def give(self, *files):
        """Choose files in the file chooser."""
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        node = self.call("DOM.querySelector", nodeId=root, selector="#files")["nodeId"]
        self.call("DOM.setFileInputFiles", files=[str(file) for file in files], nodeId=node)

    def drag(self, *files, to="#anchor", drop=True):
        """Drag files over an element, as from a folder on the desk, and let them fall there."""
        element = f"document.querySelector({json.dumps(to)})"
        self.do(f"{element}.scrollIntoView({{block: 'start'}})")
        place = f"{element}.getBoundingClientRect()"
        x, y = self.do(f"(({{left, top}}) => [left + 5, top + 5])({place})")
        data = {"items": [], "files": [str(file) for file in files], "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver", *(["drop"] if drop else [])):
            self.call("Input.dispatchDragEvent", type=kind, x=x, y=y, data=data)

    def _own(self):
        return [e for e in self._browser.events if e.get("sessionId") == self._session]

    def complaints(self):
        """What the console had to say, exceptions included."""
        self.do("0")
        names = ("Runtime.exceptionThrown", "Log.entryAdded", "Runtime.consoleAPICalled")
        return [event for event in self._own() if event["method"] in names]

    def requests(self):
        """Addresses that were asked for."""
        self.do("0")
        asked = (e for e in self._own() if e["method"] == "Network.requestWillBeSent")
        return [event["params"]["request"]["url"] for event in asked]
