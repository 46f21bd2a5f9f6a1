"""What a failed build means: BuildKit's last ERROR line, classified.

The classes are decided by the last line alone: words of the whole output (a compiler's "unauthorized", say) must not
turn a broken Dockerfile into a registry failure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from buildtool import errors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_RULES: tuple[tuple[errors.Kind, str], ...] = (
    (errors.BUILD_DISK_FULL, r"no space left on device|disk quota exceeded"),
    (errors.BUILD_BASE_OVER_HTTP, r"server gave HTTP response to HTTPS client"),
    (
        errors.BUILD_NO_SUCH_FILE,
        r'failed to calculate checksum of ref .*: "?[^"]+"?: not found|failed to compute cache key.*not found',
    ),
    (errors.BUILD_NO_DOCKERFILE, r"failed to read dockerfile|open \S*dockerfile\S*: no such file"),
    (
        errors.BUILD_PLATFORM,
        r"no match for platform in manifest|exec format error|does not provide the specified platform",
    ),
    (
        errors.REGISTRY_AUTH,
        r"push.*(401 Unauthorized|unauthorized|authentication required|insufficient_scope|authorization failed)",
    ),
    (errors.REGISTRY_DENIED, r"push.*(403 Forbidden|denied|quota|412 Precondition|400 Bad Request|405 Method)"),
    (
        errors.PUSH_INTERRUPTED,
        r"push.*(429 Too Many|50[0234] |blob unknown|unknown blob|connection reset|EOF|broken pipe|i/o timeout)",
    ),
    (errors.PUSH_INTERRUPTED, r"push.*(404 Not Found)"),
    # the docker driver, when another run on this engine or registry uses the same candidate tag at the same moment
    (errors.PUSH_INTERRUPTED, r'image "\S+": already exists|daemon: manifest unknown'),
    (errors.REGISTRY_UNREACHABLE, r"push.*(connection refused|no such host|no route to host|network is unreachable)"),
    (
        errors.BUILD_BASE_AUTH,
        r"(pull access denied|failed to (resolve source metadata|authorize)).*(401|403|denied|unauthorized)",
    ),
    (errors.BUILD_BASE_UNREACHABLE, r"failed to (resolve source metadata|do request|authorize|fetch)"),
    (
        errors.BUILDER_UNUSABLE,
        r"(cannot connect to the docker daemon|no builder .* found|failed to find driver|listing workers)",
    ),
)


@dataclass(frozen=True, slots=True)
class BuildFailure:
    """The kind of the failure, the message for the user, and whether trying again can heal it."""

    kind: errors.Kind
    message: str

    @property
    def can_heal(self) -> bool:
        return self.kind is errors.PUSH_INTERRUPTED


def classify(text: str, failed: Mapping[str, str], logs: Mapping[str, Sequence[str]]) -> BuildFailure:
    """Explain a failed bake.

    `text` is what buildx printed as plain text (excerpt and ERROR line), `failed` the failed steps with their errors,
    `logs` the last lines each step printed.
    """
    lines = text.strip().splitlines()
    last = next((line for line in reversed(lines) if line.startswith("ERROR:")), lines[-1] if lines else "no message")
    kind = next((kind for kind, pattern in _RULES if re.search(pattern, last, re.IGNORECASE)), errors.BUILD_FAILED)
    parts = [last.removeprefix("ERROR:").strip().removeprefix("failed to solve: ")]
    if kind.exit is errors.Exit.BUILD:
        step = _first_cause(failed)
        if step:
            parts = [f"{step}: {failed[step]}", *(f"    {line}" for line in logs.get(step, [])[-20:])]
        parts += [line for line in lines if line != last]
    return BuildFailure(kind, "\n".join(parts))


def _first_cause(failed: Mapping[str, str]) -> str | None:
    """The step that failed by itself: the others were cancelled because of it."""
    own = [name for name, error in failed.items() if "context canceled" not in error]
    return own[0] if own else next(iter(failed), None)
