"""What a person sees while `build` runs, and at its end: as for `push`, as far as there is no registry."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from buildtool.cli.push_report import SHORT_DIGEST, PushReport, placed
from buildtool.core.text.units import size

if TYPE_CHECKING:
    from buildtool.core.build.builder import BuilderFacts
    from buildtool.usecases.build.built import BuildResult
    from buildtool.usecases.push.plan import ImagePlan


class BuildReport(PushReport):
    def _planned(self, image: ImagePlan, builder: BuilderFacts | None) -> None:
        self.say(f"{image.name:<9} for {placed(image, builder)}")

    def built(self, result: BuildResult) -> None:
        """The table people read and scripts do not: those take --json."""
        now = time.monotonic()
        images = result.document()["images"]
        rows = [
            (
                one["image"],
                one["status"],
                one["digest"][:SHORT_DIGEST],
                size(one["size"]),
                ",".join(one["platforms"]),
                ", ".join(filter(None, (one["loaded"], one["layout"]))) or "not kept",
            )
            for one in images
        ]
        self._output.table(("IMAGE", "STATUS", "DIGEST", "SIZE", "PLATFORM", "WHERE"), rows)
        self._took(now)
