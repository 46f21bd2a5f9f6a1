"""What the rules need of a buildtool.toml that is plainly right; the full reader decides about every other."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from buildtool.core.flux.lint.settings import ImageSettings, Settings
from buildtool.errors.findings import Place

_REGISTRY = re.compile(r"[a-z0-9.-]+(?::[0-9]{1,5})?(?:/[a-z0-9][a-z0-9/_.-]*)?")
_NAME = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")
_PLATFORM = re.compile(r"linux/(amd64|arm64|riscv64|s390x|ppc64le)")
_POLICY = re.compile(r"[a-z0-9-]+:[a-z0-9.-]+")
_SHORTEST, _LONGEST = 7, 40


class _UnsureError(Exception):
    pass


def read(text: str, path: str) -> Settings | None:
    """The settings, or None where a value is not of the plainest kind."""
    try:
        document = tomllib.loads(text)
        return _settings(document, text, path)
    except (ValueError, RecursionError, TypeError, KeyError, AttributeError, _UnsureError):
        return None


def _settings(document: dict[str, Any], text: str, path: str) -> Settings:
    registry = _matching(_REGISTRY, document["registry"])
    tag = document.get("tag", {})
    length, branches = tag.get("sha_length", _SHORTEST), tag.get("branches", ["main", "master"])
    insecure = document.get("insecure", False)
    if type(length) is not int or not _SHORTEST <= length <= _LONGEST or type(insecure) is not bool:
        raise _UnsureError
    images = {name: _image(name, image, registry, text, path) for name, image in document["images"].items()}
    return Settings(
        host=registry.partition("/")[0],
        insecure=insecure,
        sha_length=length,
        branches=tuple(str(branch) for branch in branches),
        images=images,
        place=_place(text, r"registry\s*=", path),
    )


def _image(name: str, image: dict[str, Any], registry: str, text: str, path: str) -> ImageSettings:
    _matching(_NAME, name)
    platforms = [_matching(_PLATFORM, platform) for platform in image["platforms"]]
    policy = image.get("policy")
    return ImageSettings(
        name=name,
        repository=f"{registry}/{_matching(_NAME, image.get('repository', name))}",
        policy="" if policy is None else _matching(_POLICY, policy),
        architectures=frozenset(platform.partition("/")[2] for platform in platforms),
        place=_place(text, rf"\[images\.{re.escape(name)}\](?:(?!^\[).)*?^policy\s*=", path)
        if policy
        else Place(path, 1, 1),
    )


def _matching(pattern: re.Pattern[str], value: str) -> str:
    if not pattern.fullmatch(value):
        raise _UnsureError
    return value


def _place(text: str, pattern: str, path: str) -> Place:
    """The line on which such a text ends; a file written otherwise is for the full reader."""
    found = re.search(rf"^{pattern}", text, re.MULTILINE | re.DOTALL)
    if found is None:
        raise _UnsureError
    return Place(path, text.count("\n", 0, found.end()) + 1, 1)
