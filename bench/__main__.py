"""`python -m bench [NAME…]`: run all benches, or those named, and print a table of each."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.table import Table


def names() -> list[str]:
    return sorted(
        module.name
        for module in pkgutil.iter_modules([str(Path(__file__).parent)])
        if hasattr(importlib.import_module(f"bench.{module.name}"), "run")
    )


def main(wanted: list[str]) -> int:
    known = names()
    unknown = [name for name in wanted if name not in known]
    if unknown:
        print(f"no bench is called {unknown[0]!r} (there are: {', '.join(known)})", file=sys.stderr)
        return 2
    for name in wanted or known:
        result: Table = importlib.import_module(f"bench.{name}").run()
        print(result.text())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
