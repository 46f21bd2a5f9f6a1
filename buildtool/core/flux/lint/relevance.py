"""Which files a rule can speak about: found in the bytes, so that the others are read once and not parsed.

A file that is left out is still checked for being YAML, and its images are remembered.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from buildtool.core.flux.lint.tree import ImageLine, is_compose, is_workflow
from buildtool.core.flux.marker_name import KEY, NAME
from buildtool.core.flux.objects import is_kustomization
from buildtool.core.text.secret_names import KEYS, WORDS
from buildtool.errors.findings import Place

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from buildtool.core.flux.lint.tree import Source

_KINDS = b"Job|CronJob|Secret|Endpoints|List|ResourceList"
_WORDS = (
    b"toolkit.fluxcd.io",
    b"fluxcd.controlplane.io",
    NAME.encode(),
    b"PRIVATE KEY-----",
    b"internal.config.kubernetes.io",
)
_KIND = re.compile(rb"""kind["']?[ \t]*:[ \t]*["']?(?:%s)\b""" % _KINDS)
_SECRETS = tuple(word.encode() for word in (*WORDS, *KEYS))
_SECRET = re.compile(rb"""(?:%s)s?["']?[ \t]*,?\s+["']?value\b""" % b"|".join(_SECRETS))  # of the lower-cased bytes
_IMAGE = re.compile(rb"""^[ \t-]*["']?image["']?[ \t]*:[ \t]+["']?((?:\$\{[^}\s]*\}|[^\s"'#{}])+)""", re.MULTILINE)
_AROUND = (b"image.toolkit.fluxcd.io", b"kustomize.toolkit.fluxcd.io", b"fluxcd.controlplane.io")
IGNORE = ".sourceignore"
_SYNC = "gotk-sync.yaml"
_OTHER_NAMES = (".json", ".env", ".txt", ".tpl", ".tmpl", ".j2", ".toml", ".conf", ".properties", ".jsonnet")
_MARKER = re.compile(rb"""#+[ \t]*\{[ \t]*["']%s""" % re.escape(KEY).encode(), re.IGNORECASE)
_GO = re.compile(rb"\\/|[\[{,:-][ \t]*![^\s,]{0,100},")  # what libyaml reads and kustomize does not, perhaps
_SSH = (b"ssh-keyscan", b"stricthostkeychecking", b"userknownhostsfile")  # ssh reads them in any case


def is_yaml(path: str) -> bool:
    return path.endswith((".yaml", ".yml")) or is_kustomization(path)


def may_hold_a_marker(path: str) -> bool:
    """Files that people put markers into and Flux never opens."""
    lower = path.lower()
    return (
        lower.endswith((".yaml", ".yml", *_OTHER_NAMES)) or posixpath.basename(lower).startswith(".env")
    ) and not is_yaml(path)


def holds_a_marker(data: bytes) -> bool:
    return NAME.encode() in data.lower() and _MARKER.search(data) is not None


def is_script_of_a_pod(path: str, paths: Container[str]) -> bool:
    """A shell script beside a kustomization file, which can put it into a ConfigMap."""
    folder = posixpath.dirname(path)
    return path.endswith(".sh") and posixpath.join(folder, "kustomization.yaml") in paths


def trusts_hosts(data: bytes) -> bool:
    low = data.lower()
    return any(word in low for word in _SSH)


def is_chart_template(path: str, paths: Container[str]) -> bool:
    """A file of a Helm chart's `templates` folder is Go template first, and YAML only once it is rendered."""
    parts = path.split("/")
    return any(
        "/".join([*parts[:index], "Chart.yaml"]) in paths
        for index, part in enumerate(parts[:-1])
        if part == "templates"
    )


def needs_a_tree(path: str, data: bytes, hosts: Sequence[bytes]) -> bool:
    """`hosts` are the configured registries."""
    if is_kustomization(path) or is_workflow(path) or is_compose(path) or path == ".gitlab-ci.yml":
        return True
    if path.endswith(_SYNC) or any(word in data for word in _WORDS) or any(host in data for host in hosts):
        return True
    if b"kind" in data and _KIND.search(data) is not None:
        return True
    low = data.lower()
    if NAME.encode() in low or any(word in low for word in _SSH) or _GO.search(data) is not None:
        return True
    return b"value" in low and any(word in low for word in _SECRETS) and _SECRET.search(low) is not None


def is_compared(path: str, source: Source | None) -> bool:
    """Whether other files are compared with this one, beyond its setters."""
    if path.endswith("buildtool.toml") or is_kustomization(path) or is_workflow(path):
        return True
    return source is not None and "toolkit.fluxcd.io" in source.text


def is_around(path: str, data: bytes) -> bool:
    """Whether the findings in another file can depend on this one."""
    return (
        is_kustomization(path)
        or is_workflow(path)
        or path == ".gitlab-ci.yml"
        or any(word in data for word in _AROUND)
        or path.endswith(_SYNC)
    )


def is_components(path: str) -> bool:
    """What `flux install` writes: half a megabyte, of which only the version of Flux matters."""
    return posixpath.basename(path) == "gotk-components.yaml"


def images(path: str, data: bytes) -> Iterator[ImageLine]:
    for found in _IMAGE.finditer(data):
        start = found.start(1)
        line = data.count(b"\n", 0, start) + 1
        column = start - data.rfind(b"\n", 0, start)
        yield ImageLine(Place(path, line, column), found[1].decode("utf-8", errors="replace"))
