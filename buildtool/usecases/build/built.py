"""What a build came to, as values and as the JSON document of `build --json`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from buildtool.usecases.push.plan import Plan
    from buildtool.usecases.push.result import Proven

SCHEMA = "buildtool.build/v1"
MESSAGES = ("warnings",)  # the document's fields that are for people


@dataclass(frozen=True, slots=True)
class BuildResult:
    """The end of a build: `loaded` are the names in the engine by image, `output` the folder with the layouts.

    `output` is None where the images were not kept; `seconds` is how long it took.
    """

    plan: Plan
    proven: Sequence[Proven]
    seconds: float
    loaded: Mapping[str, str]
    output: str | None = None

    def document(self) -> Mapping[str, Any]:
        """The JSON of `build --json`, and of the file that `--output` leaves; sizes in bytes, time in unix seconds."""
        source = self.plan.source
        return {
            "schema": SCHEMA,
            "tag": self.plan.tag.text,
            "branch": source.branch or None,
            "release": source.release.tag if source.release is not None else None,
            "revision": source.revision,
            "time": self.plan.tag.time,
            "dirty": self.plan.tag.dirty,
            "seconds": round(self.seconds, 1),
            "warnings": list(self.plan.warnings),
            "outside": [one.document() for one in self.plan.outside],
            "output": self.output,
            "images": [self._image(one) for one in self.proven],
        }

    def _image(self, proven: Proven) -> dict[str, Any]:
        name = proven.plan.name
        return {
            "image": name,
            "status": "built",
            "digest": proven.proof.digest,
            "size": proven.proof.size,
            "platforms": [str(platform) for platform in proven.proof.platforms],
            "layout": f"{self.output}/{name}" if self.output else None,
            "loaded": self.loaded.get(name),
        }
