"""The way in: imports that take some 100 ms can be interrupted as well, and end as every interruption does."""

from __future__ import annotations

import sys

_INTERRUPTED = 130


def run() -> None:
    """Run the command; ends the process."""
    try:
        from buildtool.cli.main import main  # noqa: PLC0415 -- inside, so that ^C is no traceback
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
    main()


if __name__ == "__main__":
    run()
