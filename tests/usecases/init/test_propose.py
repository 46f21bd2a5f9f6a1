"""What was found -> the files: beside what Flux has already, and only what is missing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from buildtool.core.init.found import Image, Recipe
from buildtool.errors.findings import Finding, Place, Severity
from buildtool.usecases.init.decisions import Answers, Existing
from buildtool.usecases.init.overlay import Overlay
from buildtool.usecases.init.propose import propose
from buildtool.usecases.init.survey import look
from tests.support.flux_repo import IMAGES
from tests.support.memory_files import MemoryFiles
from tests.support.scratch_repos import TINY, deployment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from buildtool.usecases.init.propose import Proposal

ANSWERS = Answers("ghcr.io/example", insecure=False, branch="main", name="shop", author=("F", "f@x"), commit="a" * 40)
SYNC = "clusters/pi/flux-system/gotk-sync.yaml"
WEB = {"web/Dockerfile": TINY, "web/index.txt": "x", "apps/web.yaml": deployment("web", "ghcr.io/example/web:latest")}


def proposed(files: Mapping[str, str], answers: Answers = ANSWERS, existing: Existing | None = None) -> Proposal:
    return propose(look(MemoryFiles(files)), answers, existing, lambda _: [])


def paths(proposal: Proposal) -> list[str]:
    return [change.path for change in proposal.changes]


def test_a_policy_that_is_there_is_used() -> None:
    semver = IMAGES.replace("numerical:\n      order: asc", "semver:\n      range: '*'")
    proposal = proposed({**WEB, "flux/images.yaml": semver})
    assert [one.policy for one in proposal.images] == ["flux-system:web"]
    assert not any("image-automation" in path for path in paths(proposal))
    assert "takes other tags" in proposal.notes[0]
    assert '"flux-system:web"' in proposal.texts["apps/web.yaml"]


def test_a_new_policy_stands_beside_the_others() -> None:
    proposal = proposed({**WEB, "api/Dockerfile": TINY, "flux/images.yaml": IMAGES})
    assert [one.policy for one in proposal.images] == ["flux-system:api", "flux-system:web"]
    text = proposal.texts["flux/image-automation.yaml"]
    assert text.count("kind: ImagePolicy") == 1
    assert "ImageUpdateAutomation" not in text


def test_names_that_are_taken() -> None:
    other = IMAGES.replace("ghcr.io/example/web", "ghcr.io/else/web").replace(
        "namespace: flux-system", "namespace: team"
    )
    proposal = proposed({**WEB, "flux/images.yaml": other})
    assert [one.policy for one in proposal.images] == ["team:web-2"]


def test_where_a_cluster_begins_its_kustomization_lists_the_file() -> None:
    listing = "clusters/pi/kustomization.yaml"
    files = {**WEB, SYNC: "", listing: "resources:\n  - flux-system\n"}
    proposal = proposed(files)
    assert proposal.texts[listing] == "resources:\n  - flux-system\n  - image-automation.yaml\n"
    assert "clusters/pi/image-automation.yaml" in paths(proposal)
    files[listing] = "resources: [flux-system]\n"
    [by_hand] = proposed(files).by_hand
    assert (by_hand.place, by_hand.text) == (listing, "- image-automation.yaml")


def test_without_flux() -> None:
    proposal = proposed(WEB, replace(ANSWERS, flux=False, workflow=False, hooks=False))
    assert paths(proposal) == ["buildtool.toml"]
    assert "policy" not in proposal.texts["buildtool.toml"]


def test_without_a_commit_neither_workflow_nor_hooks() -> None:
    proposal = proposed(WEB, replace(ANSWERS, commit=""))
    assert [one for one in paths(proposal) if one.startswith(".")] == []
    assert sum("--action-commit" in note for note in proposal.notes) == 2


def test_an_image_of_the_configuration_gets_its_policy() -> None:
    text = 'registry = "ghcr.io/example"\n[images.web]\nplatforms = ["linux/amd64"]\n'
    image = Image("web", Recipe("web/Dockerfile", "web", "web", "buildtool.toml"), "example/web", ("linux/amd64",))
    proposal = proposed({**WEB, "buildtool.toml": text}, ANSWERS, Existing(text, (image,)))
    assert proposal.texts["buildtool.toml"] == text.replace(
        "[images.web]\n", '[images.web]\npolicy = "flux-system:web"\n'
    )


def test_a_gitlab_repository_gets_no_github_workflow() -> None:
    proposal = proposed({**WEB, ".gitlab-ci.yml": "a: {script: [b]}\n"})
    assert ".github/workflows/build-and-push.yml" not in paths(proposal)


@pytest.mark.parametrize(("severity", "kept"), [(Severity.ERROR, False), (Severity.WARNING, True)])
def test_a_marker_that_check_finds_fault_with_is_left_out(severity: Severity, *, kept: bool) -> None:
    def judge(texts: Mapping[str, str]) -> Sequence[Finding]:
        wrong = "imagepolicy" in texts.get("apps/web.yaml", "")
        return [Finding("x", severity, "the reason", "", "", Place("apps/web.yaml", 16, 1))] if wrong else []

    proposal = propose(look(MemoryFiles(WEB)), ANSWERS, None, judge)
    assert ("apps/web.yaml" in paths(proposal)) is kept
    assert [(one.place, one.reason) for one in proposal.by_hand] == (
        [] if kept else [("apps/web.yaml:16", "the reason")]
    )


def test_a_second_run_proposes_nothing() -> None:
    first = proposed(WEB)
    files = Overlay(MemoryFiles(WEB), first.texts)
    existing = Existing(first.texts["buildtool.toml"], tuple(first.images))
    assert propose(look(files), ANSWERS, existing, lambda _: []).changes == []
