"""A registry as anyone sees it, by plain HTTP: deliberately not through the client under test."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

_ACCEPT = ", ".join(
    f"application/vnd.{kind}+json"
    for kind in (
        "oci.image.index.v1",
        "oci.image.manifest.v1",
        "docker.distribution.manifest.v2",
        "docker.distribution.manifest.list.v2",
    )
)


def tags(host: str, repository: str) -> set[str]:
    try:
        return set(_get(host, f"{repository}/tags/list")["tags"] or [])
    except urllib.error.HTTPError as error:
        if error.code != 404:
            raise
        return set()


def config(host: str, repository: str, tag: str) -> dict[str, Any]:
    """The config of a single-platform image."""
    manifest = _get(host, f"{repository}/manifests/{tag}")
    return _get(host, f"{repository}/blobs/{manifest['config']['digest']}")


def manifest(host: str, repository: str, reference: str) -> dict[str, Any]:
    return _get(host, f"{repository}/manifests/{reference}")


def retag(host: str, repository: str, source: str, target: str) -> None:
    """Give an image another tag, as somebody with another tool does it."""
    url = f"http://{host}/v2/{repository}/manifests/"
    with urllib.request.urlopen(
        urllib.request.Request(url + source, headers={"Accept": _ACCEPT}), timeout=20
    ) as answer:
        body, kind = answer.read(), answer.headers["Content-Type"]
    put = urllib.request.Request(url + target, data=body, method="PUT", headers={"Content-Type": kind})
    with urllib.request.urlopen(put, timeout=20) as answer:
        assert answer.status == 201


def _get(host: str, path: str) -> dict[str, Any]:
    request = urllib.request.Request(f"http://{host}/v2/{path}", headers={"Accept": _ACCEPT})
    with urllib.request.urlopen(request, timeout=20) as answer:
        value: dict[str, Any] = json.load(answer)
        return value
