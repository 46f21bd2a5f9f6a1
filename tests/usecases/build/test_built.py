from __future__ import annotations

from pathlib import Path

import pytest

from buildtool.cli.step_summary import built_markdown
from buildtool.config import ImageConfig
from buildtool.core.build.inputs import Inputs
from buildtool.core.commit.tags import BuildFacts, make_tag
from buildtool.core.image.names import Platform, Repository
from buildtool.core.image.proof import Proof, PushedImage
from buildtool.core.registry.contents import Manifest
from buildtool.usecases.build.built import BuildResult
from buildtool.usecases.push.options import Source
from buildtool.usecases.push.outside import Outside
from buildtool.usecases.push.plan import ImagePlan, Plan
from buildtool.usecases.push.result import Proven

ARM = Platform.parse("linux/arm64")
DIGEST = "sha256:" + "a" * 64


def result(output: str | None = None) -> BuildResult:
    source = Source("main", "HEAD", "b" * 40, 1_700_000_000, dirty=True, url="")
    tag = make_tag(BuildFacts("main", "HEAD", "b" * 40, 1_700_000_001, dirty=True), 7, ("main",))
    image = ImageConfig("web", (ARM,))
    planned = ImagePlan(image, Repository("r.example", "web"), Inputs("sha256:i"), None, None, None, True, tag.text)
    proof = Proof(DIGEST, [PushedImage(DIGEST, ARM, {}, 2_000)])
    plan = Plan(tag, source, [planned], ["a <warning>"], outside=[Outside("web", "ssh", "/key", "read")])
    loaded = {} if output else {"web": "r.example/web:1"}
    return BuildResult(plan, [Proven(planned, Manifest("", DIGEST, b""), proof)], 1.26, loaded, output)


@pytest.mark.parametrize("output", [None, "/out"])
def test_the_document(output: str | None) -> None:
    document = result(output).document()
    assert (document["tag"], document["dirty"], document["seconds"]) == ("main-bbbbbbb-dirty-1700000001", True, 1.3)
    assert document["outside"] == [{"image": "web", "key": "ssh", "path": "/key", "access": "read"}]
    assert document["output"] == output
    assert document["images"] == [
        {
            "image": "web",
            "status": "built",
            "digest": DIGEST,
            "size": 2_000,
            "platforms": ["linux/arm64"],
            "layout": str(Path(output) / "web") if output else None,
            "loaded": None if output else "r.example/web:1",
        }
    ]


def test_the_summary_says_that_nothing_is_published() -> None:
    text = built_markdown(result().document())
    assert text.startswith("## Built and proven, nothing published\n")
    assert "| web | `sha256:aaaaaaaaaaaa` | 2.0 kB | linux/arm64 |" in text
    assert "> **Warning** a &lt;warning&gt;" in text
