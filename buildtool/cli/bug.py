"""An unexpected exception -> a report to paste into an issue, without secrets."""

from __future__ import annotations

import platform
import traceback

from buildtool import __version__


def report(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    where = "\n".join(f"  {_short(f.filename)}:{f.lineno} in {f.name}" for f in frames[-12:])
    return (
        f"This is a bug in buildtool, not in your project. Nothing was changed after it happened.\n"
        f"Please report these lines:\n\n"
        f"buildtool {__version__}, Python {platform.python_version()}, {platform.system()} {platform.machine()}\n"
        f"{type(error).__name__}: {error}\n{where}"
    )


def _short(filename: str) -> str:
    """The path inside the package or library, not the reporter's home directory."""
    for marker in ("/site-packages/", "/buildtool/"):
        if marker in filename:
            return (
                marker.strip("/").removesuffix("site-packages")
                + "/" * (marker == "/buildtool/")
                + filename.rpartition(marker)[2]
            )
    return filename.rpartition("/")[2]
