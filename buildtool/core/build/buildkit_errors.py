"""The output of a failed build -> the kind of the failure, from BuildKit's last ERROR line.

The classes are decided by the last line alone: words of the whole output (a compiler's "unauthorized", say) must not
turn a broken Dockerfile into a registry failure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from buildtool import errors
from buildtool.core.build.cache_steps import writes_cache
from buildtool.core.registry.service_refusals import meaning
from buildtool.core.text.placeholders import filled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_Rules = tuple[tuple[errors.Kind, str], ...]

# The engine's store took away a layer that a build was about to put another on: it sweeps when any image is removed.
_SWEPT = r"parent snapshot \S+ does not exist"
_RULES: _Rules = (
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
    # the docker driver, when another run on this engine or registry uses the same candidate tag at the same moment
    (errors.PUSH_INTERRUPTED, r'image "\S+": already exists'),
    (errors.PUSH_INTERRUPTED, _SWEPT),
    (
        errors.REGISTRY_LIMIT,
        r"(failed to (resolve source metadata|authorize|copy|fetch)).*(429 Too Many|toomanyrequests)",
    ),
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

# The push: BuildKit's own ("failed to push"), or docker's, which buildx asks for ("pushing … with docker").
_PUSH = re.compile(
    r"failed to push |\] pushing \S+ with docker|^Error response from daemon: |cannot be overwritten because the ",
    re.MULTILINE,
)
_PUSH_RULES: _Rules = (
    (errors.BUILD_DISK_FULL, r"no space left on device|disk quota exceeded"),
    (errors.INSECURE_ENGINE, r"server gave HTTP response to HTTPS client"),
    (
        errors.REGISTRY_AUTH,
        r"401 Unauthorized|unauthorized|authentication required|insufficient_scope|authorization failed|no basic auth",
    ),
    # docker hides the words of a refused manifest. Pushing is known to be allowed, so it is a blob that is missing:
    # one that the registry wrongly said was there, or that a replica does not see yet (harbor#22417).
    (errors.REGISTRY_LIMIT, r"toomanyrequests"),
    (errors.PUSH_INTERRUPTED, r"unexpected status from PUT request to \S+/manifests/\S+: 40[04] "),
    (errors.PUSH_INTERRUPTED, r"blob unknown|unknown blob|manifest unknown|404 Not Found|429 Too Many|50[0234] "),
    # reading back what was just pushed: Harbor lets nobody read an image before it is scanned
    (errors.REGISTRY_SCAN, r"unexpected status from (HEAD|GET) request to \S+: 412 |PROJECTPOLICYVIOLATION"),
    (errors.REGISTRY_MOUNT, r"unexpected status from POST request to \S+/blobs/uploads/\?\S*\bfrom=\S*: 400 "),
    (errors.REGISTRY_QUOTA, r"quota|exceed the configured upper limit"),
    (errors.REGISTRY_IMMUTABLE, r"412 Precondition|immutable"),
    (errors.REGISTRY_DENIED, r"403 Forbidden|denied|400 Bad Request|405 Method|413 "),
    (errors.REGISTRY_UNREACHABLE, r"connection refused|no such host|no route to host|network is unreachable"),
    (errors.REGISTRY_CERTIFICATE, r"x509|certificate"),
    (errors.PUSH_INTERRUPTED, r"connection reset|EOF|broken pipe|timeout|deadline exceeded|malformed|server closed"),
    (errors.PUSH_INTERRUPTED, r"failed to do request|failed commit on ref|tls:"),
    (errors.REGISTRY_FAILED, ""),
)
# `Dockerfile:3`, then a line of dashes; the path may be written in front of the name.
_EXCERPT = re.compile(r"^(?:[^\n]{0,4096}/)?(?P<name>[^/\n:]{1,255}):(?P<line>[0-9]{1,9})\n-{3}", re.MULTILINE)
# The base image as BuildKit names it, always with its registry.
_BASE = re.compile(r"source metadata for (?P<host>[^\s/]+)/")
# What was pushed: `failed to push HOST/PATH:TAG: …`, and as docker names it for itself.
_PUSHED = re.compile(r"(?:failed to push|\] pushing) (?P<host>[^\s/]{1,300})/(?P<path>[^\s:@]{1,300})")
_REFUSALS = {
    errors.REGISTRY_AUTH,
    errors.REGISTRY_DENIED,
    errors.REGISTRY_IMMUTABLE,
    errors.PUSH_INTERRUPTED,
    errors.REGISTRY_FAILED,
}
_OF_A_BASE = {errors.BUILD_BASE_OVER_HTTP, errors.BUILD_BASE_AUTH, errors.BUILD_BASE_UNREACHABLE}


@dataclass(frozen=True, slots=True)
class BuildFailure:
    """The kind of the failure, the message for the user, and what to do about it."""

    kind: errors.Kind
    message: str
    fix: str


def classify(text: str, failed: Mapping[str, str], logs: Mapping[str, Sequence[str]]) -> BuildFailure:
    """Explain a failed bake.

    `text` is what buildx printed as plain text (excerpt and ERROR line), `failed` the failed steps with their errors,
    `logs` the last lines each step printed.
    """
    lines = text.strip().splitlines()
    last = next((line for line in reversed(lines) if line.startswith("ERROR:")), lines[-1] if lines else "no message")
    words = last.removeprefix("ERROR:").strip().removeprefix("failed to solve: ")
    step = _first_cause(failed) or ""
    if re.search(_SWEPT, failed.get(step, "")):
        words = failed[step]  # the last line is of another target, that was cancelled
    rules = _PUSH_RULES if _PUSH.search(words) or _PUSH.search(step) else _RULES
    kind = next((kind for kind, pattern in rules if re.search(pattern, words, re.IGNORECASE)), errors.BUILD_FAILED)
    if writes_cache(step):
        kind = errors.BUILD_CACHE
    parts = [f"{step}: {words}" if rules is _PUSH_RULES and step and "failed to push" not in words else words]
    if kind.exit is errors.Exit.BUILD:
        if step:
            parts = [f"{step}: {failed[step]}", *(f"    {line}" for line in logs.get(step, [])[-20:])]
        parts += [line for line in lines if line != last]
    if rules is _PUSH_RULES and kind in _REFUSALS:
        kind, fix = _of_service(kind, f"{step}: {words}")
        return BuildFailure(kind, "\n".join(parts), fix)
    base = _BASE.search(words)
    host = base["host"] if base else ""
    fix = filled(kind.fix, {"HOST:PORT": host, "HOST": host}) if kind in _OF_A_BASE else kind.fix
    return BuildFailure(kind, "\n".join(parts), fix)


def _of_service(kind: errors.Kind, words: str) -> tuple[errors.Kind, str]:
    """The kind and the fix of a refused push, as the service means it where its words are known."""
    pushed = _PUSHED.search(words)
    known = meaning(pushed["host"], pushed["path"], words) if pushed is not None else None
    return (known.kind or kind, known.fix) if known is not None else (kind, kind.fix)


def dockerfile_place(text: str, failed: Mapping[str, str], dockerfiles: Mapping[str, str]) -> str | None:
    """`path:line` of the line that failed, for a bake of targets with these Dockerfiles; None where it is not known.

    buildx names the file without its folder above the excerpt, and the step begins with the target's name where there
    are several.
    """
    header = _EXCERPT.search(text)
    if header is None:
        return None
    same_name = {name: path for name, path in dockerfiles.items() if path.rpartition("/")[2] == header["name"]}
    step = re.match(r"\[(\S+)", _first_cause(failed) or "")
    paths = {same_name[step[1]]} if step and step[1] in same_name else set(same_name.values())
    return f"{paths.pop()}:{header['line']}" if len(paths) == 1 else None


def _first_cause(failed: Mapping[str, str]) -> str | None:
    """The step that failed first: the others were cancelled because of it."""
    own = [name for name, error in failed.items() if "context canceled" not in error]
    return own[0] if own else next(iter(failed), None)
