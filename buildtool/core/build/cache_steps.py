"""What a failed step of BuildKit that reads or writes a layer cache means: the build goes on without the cache."""

from __future__ import annotations

import re

_READS = re.compile(r"(?:\[[^\]]*\] ?)?importing cache manifest from (?P<place>.+)", re.DOTALL)
_WRITES = re.compile(r"(?:\[[^\]]*\] ?)?exporting cache to (?P<place>.+)", re.DOTALL)
# containerd's resolver for a reference that the registry does not have: before the first push that is so
_NOT_THERE = re.compile(r": not found\Z")
_CANCELED = "context canceled"
_LONGEST = 500


def writes_cache(step: str) -> bool:
    """Whether a step, by its name, writes a layer cache."""
    return _WRITES.match(step) is not None


def cache_trouble(step: str, error: str) -> str | None:
    """The warning for a step that failed with this error: "" where nothing is wrong, None where it is about no cache.

    A cache that is not there yet is nothing wrong, nor is one whose step was ended because another one failed.
    """
    reads, writes = _READS.match(step), _WRITES.match(step)
    found = reads or writes
    if found is None:
        return None
    if error.endswith(_CANCELED) or (reads and _NOT_THERE.search(error)):
        return ""
    words = f"{error[:_LONGEST]}…" if len(error) > _LONGEST else error
    if reads:
        return f"the layer cache {found['place']} could not be read, so nothing was taken from it: {words}"
    return f"the layer cache could not be written ({found['place']}), so later builds have no use of it: {words}"
