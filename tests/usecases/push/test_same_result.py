"""Which proven images are published, and which keep the tag that is there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest

from buildtool.core.build.inputs import Inputs
from buildtool.core.commit.tags import BuildFacts, make_tag
from buildtool.core.image.names import Platform, Repository
from buildtool.core.image.proof import Proof, PushedImage
from buildtool.core.registry.contents import Manifest
from buildtool.usecases.push.options import Source
from buildtool.usecases.push.plan import ImagePlan, Plan, Published
from buildtool.usecases.push.result import Proven
from buildtool.usecases.push.same_result import SAME_RESULT, without_same_results

if TYPE_CHECKING:
    from buildtool.config import ImageConfig

PLATFORM = Platform.parse("linux/arm64")
MANIFEST = Manifest("application/vnd.oci.image.manifest.v1+json", "sha256:m", b"{}")
OLD = "main-bbbbbbb-1600000000"


class Named:
    """As much of an image's configuration as a plan asks for here."""

    name = "web"


def proof(result: str) -> Proof:
    return Proof(f"sha256:{result}", [PushedImage("sha256:p", PLATFORM, {}, 1, content_hash=result)])


def planned(published: str | None, *, dirty: bool = False) -> tuple[Plan, list[Proven]]:
    """A plan for one image that was built as "new", and what is published under a tag: "new" or "old"."""
    facts = BuildFacts("main", "HEAD", "a" * 40, 1_700_000_000, dirty=dirty)
    tag = make_tag(facts, 7, ("main",))
    there = published.split("=") if published else None
    image = ImagePlan(
        config=cast("ImageConfig", Named()),
        repository=Repository("127.0.0.1:5000", "web"),
        inputs=Inputs("sha256:1"),
        policy=None,
        before=there[0] if there else None,
        after=tag.text,
        builds=True,
        tag=tag.text,
        published=Published(there[0], MANIFEST, proof(there[1])) if there else None,
        why="changed inputs",
    )
    source = Source("main", "HEAD", "a" * 40, 1_700_000_000, dirty=dirty, url="")
    return Plan(tag, source, [image]), [Proven(image, MANIFEST, proof("new"))]


def test_an_image_that_was_to_go_with_it_keeps_its_tag_too() -> None:
    """It was not built; the new tag was for the sake of the one that turned out to be the same."""
    plan, proven = planned(f"{OLD}=new")
    [web] = plan.images
    api = replace(web, config=cast("ImageConfig", type("Other", (Named,), {"name": "api"})()), builds=False)
    joined = Proven(api, MANIFEST, proof("old"))
    kept, left = without_same_results(replace(plan, images=[web, api]), [*proven, joined], force=False)
    assert ([image.tag for image in kept.images], left) == ([None, None], [])
    again = replace(api, seen=frozenset({plan.tag.text}))  # a run was killed between the two: the pair is made whole
    kept, left = without_same_results(replace(plan, images=[web, again]), [*proven, joined], force=False)
    assert ([image.tag for image in kept.images], left) == ([None, plan.tag.text], [joined])


def test_what_is_there_already_keeps_its_tag() -> None:
    plan, proven = planned(f"{OLD}=new")
    kept, left = without_same_results(plan, proven, force=False)
    assert left == []
    assert (kept.images[0].tag, kept.images[0].after, kept.images[0].why) == (None, OLD, SAME_RESULT)
    assert kept.to_publish == []


@pytest.mark.parametrize(
    ("published", "force", "dirty"),
    [
        (None, False, False),
        (f"{OLD}=old", False, False),
        ("other-bbbbbbb-1600000000=new", False, False),
        ("latest=new", False, False),
        (f"{OLD}=new", True, False),
        (f"{OLD}=new", False, True),
    ],
)
def test_everything_else_is_published(published: str | None, *, force: bool, dirty: bool) -> None:
    plan, proven = planned(published, dirty=dirty)
    assert without_same_results(plan, proven, force=force) == (plan, proven)
