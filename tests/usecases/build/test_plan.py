from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.context import ContextFiles
from buildtool.config import Config, ImageConfig
from buildtool.core.build.inputs import Inputs
from buildtool.core.commit.checkout import Checkout
from buildtool.core.commit.ci import CiFacts
from buildtool.core.image.names import Platform
from buildtool.errors import CLOCK_SKEW, GIT_BAD_BRANCH, OUTSIDE_REPOSITORY, USAGE, BuildtoolError
from buildtool.usecases.build.options import BuildOptions
from buildtool.usecases.build.plan import plan_build, with_images

if TYPE_CHECKING:
    from buildtool.errors import Kind
    from buildtool.usecases.push.plan import Plan

NOW = 1_707_300_000
ROOT = "/repo"
CHECKOUT = Checkout(ROOT, "a" * 40, "feature/x", (), False, NOW - 5)
IMAGES = {name: ImageConfig(name, (Platform.parse("linux/arm64"),)) for name in ("web", "api")}
CONFIG = Config("r.example", IMAGES, Path(ROOT))


class Known:
    """The digest of every image's inputs, and a warning for one of them."""

    def of(self, image: ImageConfig) -> Inputs:
        return Inputs(f"sha256:{image.name}", "", ("it sends .git",) if image.name == "api" else ())


def plan(
    options: BuildOptions | None = None,
    checkout: Checkout = CHECKOUT,
    ci: CiFacts | None = None,
    config: Config = CONFIG,
    now: int = NOW,
) -> Plan:
    chosen = options or BuildOptions()
    made = plan_build(config, checkout, ci or CiFacts(), chosen, now, ContextFiles())
    return with_images(made, config, chosen, Known())


def test_every_image_is_built_whatever_is_published() -> None:
    found = plan()
    assert found.tag.text == f"feature-x-aaaaaaa-{NOW}"
    assert [(one.name, one.builds, one.deployed, one.tag) for one in found.images] == [
        (name, True, False, found.tag.text) for name in ("web", "api")
    ]
    assert [one.inputs.digest for one in found.to_build] == ["sha256:web", "sha256:api"]
    assert "it sends .git" in found.warnings


def test_the_images_that_were_named() -> None:
    assert [one.name for one in plan(BuildOptions(images=("api",))).images] == ["api"]


def test_uncommitted_files_are_built_under_a_tag_that_says_so() -> None:
    found = plan(checkout=replace(CHECKOUT, changes=("web/index.html",)))
    assert found.tag.text == f"feature-x-aaaaaaa-dirty-{NOW}"
    assert "the work tree has uncommitted changes: they are in the images" in found.warnings


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"options": BuildOptions(images=("wbe",))}, USAGE),
        ({"options": BuildOptions(branch="")}, GIT_BAD_BRANCH),
        ({"now": 1000}, CLOCK_SKEW),
    ],
)
def test_what_no_build_can_begin_with(given: dict[str, object], kind: Kind) -> None:
    with pytest.raises(BuildtoolError) as raised:
        plan(**given)  # type: ignore[arg-type]
    assert raised.value.kind is kind


@pytest.mark.parametrize(
    ("checkout", "ci", "words"),
    [
        (replace(CHECKOUT, branch=None), CiFacts(), "HEAD is detached"),
        (CHECKOUT, CiFacts(head_ref="main", from_fork=True, commit="a" * 40, commit_variable="S"), "from a fork"),
        (CHECKOUT, CiFacts(ref_name="x", ref_type="branch", commit="b" * 40, commit_variable="S"), "HEAD is aaaaaaa"),
    ],
)
def test_a_branch_that_no_push_could_have_is_no_reason_to_build_nothing(
    checkout: Checkout, ci: CiFacts, words: str
) -> None:
    found = plan(checkout=checkout, ci=ci)
    assert found.tag.text == f"local-aaaaaaa-{NOW}"
    [warning] = [text for text in found.warnings if 'built as branch "local"' in text]
    assert words in warning


def test_the_branch_by_hand() -> None:
    found = plan(BuildOptions(branch="by-hand"), replace(CHECKOUT, branch=None))
    assert found.tag.branch == "by-hand"


def test_files_outside_are_named_and_refused_in_ci() -> None:
    images = {"web": replace(IMAGES["web"], context="../elsewhere")}
    config = replace(CONFIG, images=images)
    assert [str(one) for one in plan(config=config).outside] == ["web: context reads /elsewhere"]
    running = CiFacts(running=True)
    with pytest.raises(BuildtoolError) as raised:
        plan(config=config, ci=running)
    assert raised.value.kind is OUTSIDE_REPOSITORY
    assert len(plan(BuildOptions(allow_outside=True), config=config, ci=running).outside) == 1
