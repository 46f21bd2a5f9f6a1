"""Rules of `check` about compose files and workloads."""

from __future__ import annotations

from buildtool.errors.findings import Severity
from buildtool.errors.pages import Rule

VERSION = Rule(
    code="compose-version",
    severity=Severity.WARNING,
    title="a compose file with the obsolete key version",
    meaning="the compose file has a top-level `version:`.",
    reason="Compose ignores the key and prints a warning at every command.",
    fix="remove the line",
)
NO_SETTER = Rule(
    code="image-without-setter",
    severity=Severity.WARNING,
    cross=True,
    title="an image that a policy watches has no setter marker",
    meaning="an ImagePolicy watches the image that is written here, and no marker stands behind it.",
    reason="Flux selects new tags of the image and never writes them here: this place keeps its old image.",
    fix='add the marker behind the value: # {"$imagepolicy": "namespace:name"}',
)
PLATFORM = Rule(
    code="platform-mismatch",
    cross=True,
    title="a workload needs nodes of a platform that its image is not built for",
    meaning=(
        "nodeSelector or affinity names a kubernetes.io/arch that is not among the image's platforms in buildtool.toml."
    ),
    reason="the container ends with `exec format error` on such a node.",
    fix="make kubernetes.io/arch one of the image's platforms in buildtool.toml",
)
