"""buildtool.toml against the manifests, where push and doctor judge the same facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from buildtool.usecases.check.run import check
from tests.support.alerted_site import KUSTOMIZATION
from tests.support.memory_files import MemoryFiles
from tests.support.shop import POLICY
from tests.support.trees import settings

if TYPE_CHECKING:
    from pathlib import Path

    from buildtool.errors.findings import Finding

CONFIG = """\
registry = "{registry}"
[images.web]
platforms = ["linux/arm64"]
policy = "{policy}"
[push]
candidate_tag = "{candidate}"
"""
WEB = (
    POLICY.format(name="web", registry="r.example")
    .replace("^main-[a-f0-9]{7,40}-", "^(?:main-[a-f0-9]{7,40}-|seen)")
    .replace("{10}", "+")
)
TAKEN = "seen1"


def found(folder: Path, registry: str, policy: str, candidate: str) -> list[Finding]:
    (folder / "Dockerfile").touch()
    config = settings(CONFIG.format(registry=registry, policy=policy, candidate=candidate), folder)
    codes = {"config-invalid", "config-image-mismatch", "config-policy-unknown"}
    return [one for one in check(MemoryFiles({"web.yaml": WEB}), config).findings if one.code in codes]


@pytest.mark.parametrize(
    ("registry", "policy", "candidate", "codes"),
    [
        ("r.example", "flux-system:web", "unproven", []),
        ("r.example", "flux-system:web", TAKEN, ["config-invalid"]),
        ("q.example", "flux-system:web", "unproven", ["config-image-mismatch"]),
        ("q.example", "flux-system:web", TAKEN, ["config-image-mismatch", "config-invalid"]),
        ("r.example", "flux-system:wbe", TAKEN, ["config-policy-unknown", "config-invalid"]),
        ("q.example", "flux-system:wbe", TAKEN, ["config-policy-unknown"]),
    ],
)
def test_the_configuration_against_a_policy(
    tmp_path: Path, registry: str, policy: str, candidate: str, codes: list[str]
) -> None:
    assert [one.code for one in found(tmp_path, registry, policy, candidate)] == codes


def test_where_each_is_said(tmp_path: Path) -> None:
    elsewhere, hidden = found(tmp_path, "q.example", "flux-system:web", TAKEN)
    assert (str(elsewhere.place), hidden.place is not None and hidden.place.path) == ("buildtool.toml:4:1", "web.yaml")
    assert "q.example/web, flux-system:web watches r.example/web" in elsewhere.message
    assert f"takes the tag '{TAKEN}' of push.candidate_tag" in hidden.message


CACHED = """\
registry = "r.example"
[images.web]
platforms = ["linux/arm64"]
policy = "flux-system:web"
{more}
[images.api]
platforms = ["linux/arm64"]
[cache]
tag = "seen1"
enabled = {enabled}
"""


@pytest.mark.parametrize(
    ("enabled", "more", "setting"),
    [
        ("false", "", ""),
        ("true", "", "cache.tag"),
        ("true", "cache = false", ""),
        ("false", "cache = true", "cache.tag"),
        ("false", 'cache_to = ["r.example/web:seen2"]', "images.web.cache_to"),
        ("false", 'cache_to = ["r.example/web:layers"]', ""),
        ("false", 'cache_to = ["r.example/api:seen2"]', ""),
        ("false", 'cache_to = ["type=inline"]', ""),
    ],
)
def test_the_tag_of_a_cache_is_judged_like_the_candidate_tag(
    tmp_path: Path, enabled: str, more: str, setting: str
) -> None:
    """In the repositories that it is written to, and in no other: what `api` has no policy sees."""
    (tmp_path / "Dockerfile").touch()
    config = settings(CACHED.format(enabled=enabled, more=more), tmp_path)
    hidden = [one for one in check(MemoryFiles({"web.yaml": WEB}), config).findings if one.code == "config-invalid"]
    assert [one.message.partition(" of ")[2] for one in hidden] == [setting] * bool(setting)
    assert all(one.place is not None and str(one.place).startswith("web.yaml:") for one in hidden)


FLUX = {
    "clusters/a/flux-system/gotk-sync.yaml": "# written by flux bootstrap\n",
    "clusters/a/web.yaml": KUSTOMIZATION.format(name="web", path="apps"),
    "apps/web.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n",
}
HANDLER = 'registry = "r.example"\n[images.web]\nplatforms = ["linux/arm64"]\n[handler]\nkustomizations = {names}\n'


@pytest.mark.parametrize(
    ("names", "files", "missing"),
    [
        ('["flux-system:web"]', FLUX, []),
        ('["flux-system:flux-system"]', FLUX, []),  # what bootstrap makes
        ('["flux-system:wbe", "other:web"]', FLUX, ["flux-system/wbe", "other/web"]),
        ('["flux-system:wbe"]', {"web.yaml": WEB}, ["flux-system/wbe"]),
        ("[]", FLUX, []),
    ],
)
def test_the_kustomizations_of_the_rollback_handler(
    tmp_path: Path, names: str, files: dict[str, str], missing: list[str]
) -> None:
    (tmp_path / "Dockerfile").touch()
    config = settings(HANDLER.format(names=names), tmp_path)
    told = [one for one in check(MemoryFiles(files), config).findings if one.code == "config-kustomization-unknown"]
    assert [one.message for one in told] == [f"there is no Kustomization {name}" for name in missing]
    assert {str(one.place) for one in told} <= {"buildtool.toml:5:1"}


# --- several registries

SEVERAL = """\
registry = "a.example"
insecure = true
{top}
[images.web]
platforms = ["linux/arm64"]
policy = "flux-system:web"
{web}
[images.api]
platforms = ["linux/arm64"]
{end}
"""


def judged(folder: Path, **parts: str) -> list[Finding]:
    """A tree whose policy watches r.example over HTTP."""
    (folder / "Dockerfile").touch()
    config = settings(SEVERAL.format_map({"top": "", "web": "", "end": "", **parts}), folder)
    codes = {"config-image-mismatch", "repository-insecure"}
    return [one for one in check(MemoryFiles({"web.yaml": WEB}), config).findings if one.code in codes]


HTTP = '[registries."r.example"]\ninsecure = true'


@pytest.mark.parametrize(
    ("parts", "codes"),
    [
        ({}, ["config-image-mismatch"]),
        ({"web": 'registry = "r.example"', "end": HTTP}, []),
        ({"web": 'registry = "r.example"'}, ["repository-insecure"]),
        ({"top": 'mirrors = ["r.example"]', "end": HTTP}, []),
        ({"top": 'mirrors = ["r.example"]'}, ["repository-insecure"]),
        ({"web": 'mirrors = ["r.example"]', "end": HTTP}, []),
        ({"web": 'mirrors = ["r.example/other"]', "end": HTTP}, ["config-image-mismatch"]),
        ({"top": 'mirrors = ["r.example"]', "web": "mirrors = []", "end": HTTP}, ["config-image-mismatch"]),
    ],
)
def test_a_policy_may_watch_the_images_own_registry_or_a_mirror(
    tmp_path: Path, parts: dict[str, str], codes: list[str]
) -> None:
    assert [one.code for one in judged(tmp_path, **parts)] == codes


@pytest.mark.parametrize(
    ("parts", "line"),
    [
        ({"web": 'registry = "r.example"'}, 7),
        ({"top": 'mirrors = ["r.example"]'}, 3),
        ({"web": 'mirrors = ["r.example"]'}, 7),
        ({"web": 'registry = "r.example"', "end": '[registries."r.example"]\ninsecure = false'}, 10),
    ],
)
def test_where_the_protocol_is_said(tmp_path: Path, parts: dict[str, str], line: int) -> None:
    (found,) = judged(tmp_path, **parts)
    assert f"buildtool.toml:{line}" in found.message
    assert found.fix == "insecure: false"
