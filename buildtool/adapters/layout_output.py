"""The folder of `build --output`: an OCI layout for each image, and the document of the run; all of it or nothing."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from buildtool.core.text.printable import json_text
from buildtool.errors import USAGE, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DOCUMENT = "buildtool-build.json"
_MOST_BYTES = 16 << 20
_READABLE = 0o755


class LayoutOutput:
    """`schema` is that of the document, by which a folder of an earlier run is known."""

    def __init__(self, target: Path, schema: str) -> None:
        self._target = Path(os.path.realpath(target))
        self._schema = schema

    @property
    def path(self) -> str:
        return str(self._target)

    def require_ours(self) -> None:
        """Raise usage where the folder holds anything but what an earlier build left, or cannot be written.

        Asked before the build; nothing is changed.
        """
        with self._explained():
            if os.path.isdir(self._target):
                foreign = self._foreign()
                if foreign:
                    raise self._failed(f"it holds {foreign}, which no build left there", "name an empty or new folder")
            elif os.path.lexists(self._target):
                raise self._failed("it is not a folder", "name an empty or new folder")
            os.rmdir(self._beside("partial"))  # noqa: PTH106 -- text in, text out

    def write(self, layouts: Mapping[str, str], tag: str, document: Mapping[str, Any]) -> None:
        """Take the layouts (image -> folder) over, each naming its image `tag`; what was there goes away at the end."""
        with self._explained(), self._removed_after("partial") as partial:
            for name, folder in layouts.items():
                _take(Path(folder), partial / name, tag)
            (partial / DOCUMENT).write_text(json_text(document, indent=2) + "\n", encoding="utf-8")
            partial.chmod(_READABLE & ~_umask())
            self.require_ours()  # the build took a while
            if not os.path.isdir(self._target):
                partial.rename(self._target)
                return
            with self._removed_after("old") as old:
                self._target.rename(old)
                try:
                    partial.rename(self._target)
                except BaseException:
                    old.rename(self._target)
                    raise

    def _foreign(self) -> str:
        """The name of something in the folder that is no build's; "" for none."""
        names = sorted(os.listdir(self._target))  # noqa: PTH208 -- names are wanted
        return next((name for name in names if name not in {DOCUMENT, *self._images()}), "")

    def _images(self) -> set[str]:
        """The images that an earlier build says it left here."""
        try:
            with (self._target / DOCUMENT).open("rb") as file:
                document = json.loads(file.read(_MOST_BYTES))
            if document["schema"] != self._schema:
                return set()
            return {str(image["image"]) for image in document["images"]}
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return set()

    def _beside(self, kind: str) -> str:
        return tempfile.mkdtemp(prefix=f".{self._target.name[:100]}.", suffix=f".{kind}", dir=self._target.parent)

    @contextlib.contextmanager
    def _removed_after(self, kind: str) -> Iterator[Path]:
        folder = Path(self._beside(kind))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise self._failed(reason, "name a folder that can be made, in one that exists") from error

    def _failed(self, reason: str, fix: str) -> BuildtoolError:
        return BuildtoolError(USAGE, f"cannot write --output {self._target}: {reason}", fix=fix)


def _take(layout: Path, target: Path, tag: str) -> None:
    """Move a layout, and give its one image a name for tools that read layouts (`oci:FOLDER:TAG`)."""
    shutil.move(layout, target)
    shutil.rmtree(target / "ingest", ignore_errors=True)  # BuildKit's, empty
    index = target / "index.json"
    entry = json.loads(index.read_bytes())["manifests"][0]
    annotations = {**entry.get("annotations", {}), "org.opencontainers.image.ref.name": tag}
    annotations.pop("io.containerd.image.name", None)
    index.write_text(json_text({"schemaVersion": 2, "manifests": [{**entry, "annotations": annotations}]}))
    for folder in (target, target / "blobs", *(target / "blobs").glob("*")):
        folder.chmod(_READABLE & ~_umask())


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
