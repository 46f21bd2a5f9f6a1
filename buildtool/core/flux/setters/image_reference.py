"""Which image references Flux accepts (go-containerregistry, weak validation): one bad one fails its whole run."""

from __future__ import annotations

import re

from buildtool.core.flux.setters.unreadable_yaml import RunFailure

_REPOSITORY = re.compile(r"[a-z0-9_\-./]{2,255}", re.ASCII)
_TAG = re.compile(r"[A-Za-z0-9_\-.]{1,128}", re.ASCII)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)
_HOST = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9\-._~!$&'()*+,;=\"<>\u0080-\U0010ffff]*)(?::[0-9]*)?")


def check(reference: str) -> None:
    """Raise RunFailure, in Flux's words, where the reference does not parse."""
    if not (_is_tagged(reference) or _is_digest(reference)):
        raise RunFailure(f'encountered invalid image ref "{reference}": could not parse reference: {reference}')


def _is_tagged(reference: str) -> bool:
    base, colon, tag = reference.rpartition(":")
    if not colon or "/" in tag:
        return _is_repository(reference)
    return _TAG.fullmatch(tag) is not None and _is_repository(base)


def _is_digest(reference: str) -> bool:
    base, at, digest = reference.partition("@")
    return bool(at) and _DIGEST.fullmatch(digest) is not None and (_is_tagged(base) or _is_repository(base))


def _is_repository(name: str) -> bool:
    """The part before the first slash is a host where it holds a dot or a colon."""
    host, slash, path = name.partition("/")
    if not slash or not ("." in host or ":" in host):
        return _REPOSITORY.fullmatch(name) is not None
    return _REPOSITORY.fullmatch(path) is not None and _HOST.fullmatch(host) is not None
