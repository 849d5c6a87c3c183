"""The pictures of the pages in the README: `python tests/pages/screenshots.py` makes them anew.

They show the sample term, in docs/pictures: a practice ledger in which nothing is real.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent.parent
# The packages first: a folder of the tests is called api too.
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from browser import program
from playwright.sync_api import sync_playwright
from served import bearer, opened, play, serving

FOLDER = ROOT / "docs/pictures"
HEAD, LEAD, CHAIR = "stf-011", "stf-035", "gov-002"
# Name of the file → who looks, at what, in which language, how wide.
PICTURES = {
    "today": (LEAD, "/today", "en", 900),
    "record": (HEAD, "/record", "en", 900),
    "account": (HEAD, "/accounts/fb-main", "en", 900),
    "replay": (HEAD, "/incidents/case-2026-003/replay?step=11&known=then", "en", 900),
    "audit": (CHAIR, "/audit", "en", 900),
    "phone": (LEAD, "/today", "cy", 360),
}


def taken(chromium, address, tokens, name):
    """Take one picture: the first screen of a page."""
    person, path, language, width = PICTURES[name]
    context = chromium.new_context(
        base_url=address,
        locale=language,
        viewport={"width": width, "height": 720},
        extra_http_headers=bearer(tokens, person),
        reduced_motion="reduce",
    )
    page = context.new_page()
    assert page.goto(path).status == 200, path
    page.screenshot(path=FOLDER / f"{name}.png")
    context.close()


def main():
    FOLDER.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        term = play(Path(folder) / "played")
        chromium = playwright.chromium.launch(executable_path=program(), args=["--no-sandbox"])
        with opened(term, Path(folder)) as (app, _, tokens), serving(app) as address:
            for name in PICTURES:
                taken(chromium, address, tokens, name)
        chromium.close()


if __name__ == "__main__":
    main()
