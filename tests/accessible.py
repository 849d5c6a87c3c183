"""What axe finds wrong with a page, and whether it fits a phone."""

from axe_playwright_python.sync_playwright import Axe

FITS = "document.documentElement.scrollWidth <= innerWidth"


def faults(page):
    """Every fault by name, with where it is; `wider` for a page that scrolls sideways."""
    found = Axe().run(page).response["violations"]
    wider = [] if page.evaluate(FITS) else [("wider", page.url)]
    return [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in found] + wider
