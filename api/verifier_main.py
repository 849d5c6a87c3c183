"""handledger-verify: checks an evidence file offline; the `__main__` of handledger-verify.pyz.

    python3 handledger-verify.pyz FILE --trust trust.policy

Its modules are those of the ledger's own verifier, without comments, white space and what is not
used, with short names, packed together in `modules.bz2`: a line `name package length` for each,
then so many octets of source. Whoever builds it from the same sources gets the same bytes.
"""

import sys

if sys.version_info < (3, 9):
    sys.stderr.write("handledger-verify.pyz: it needs Python 3.9 or newer\n")
    sys.exit(2)

import bz2
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from typing import Any, Dict, Optional, Tuple

MODULES = "modules.bz2"


class Modules(MetaPathFinder, InspectLoader):
    """Finds and loads modules by name; nothing is written anywhere."""

    def __init__(self, packed: bytes) -> None:
        self._sources: Dict[str, Tuple[bool, str]] = {}
        data = bz2.decompress(packed)
        while data:
            head, _, data = data.partition(b"\n")
            name, package, length = head.decode("ascii").split(" ")
            self._sources[name] = package == "1", data[: int(length)].decode("utf-8")
            data = data[int(length) :]

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Optional[ModuleSpec]:
        return spec_from_loader(fullname, self) if fullname in self._sources else None

    def is_package(self, fullname: str) -> bool:
        return self._sources[fullname][0]

    def get_source(self, fullname: str) -> str:
        return self._sources[fullname][1]


def main() -> int:
    """Verify the file named on the command line, with the modules of this archive alone."""
    sys.meta_path.insert(0, Modules(__loader__.get_data(MODULES)))  # type: ignore[name-defined]
    from api.verifier import run

    return run(sys.argv[1:], "handledger-verify.pyz")


if __name__ == "__main__":
    sys.exit(main())
