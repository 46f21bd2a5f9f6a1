from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from buildtool.cli.step_summary import failure, markdown, outputs
from buildtool.errors import AFTER_PUBLISHING, BuildtoolError
from buildtool.usecases.push.options import PushOptions
from tests.support.memory.push import HOST, MemoryPush

TAG = "master-abc1234-1707300000"
OLD = "master-0ff1ce0-1707200000"


def image(name: str = "frontend", **changes: Any) -> dict[str, Any]:
    return {
        "image": name,
        "status": "published",
        "tag": TAG,
        "reference": f"192.168.0.40:5000/{name}:{TAG}",
        "digest": "sha256:" + "ab" * 32,
        "size": 12_345_678,
        "platforms": ["linux/arm64"],
        "policy": f"flux-system:{name}",
        "flux": {"before": OLD, "after": TAG},
        **changes,
    }


def document(*images: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "tag": TAG,
        "branch": "master",
        "revision": "abc1234" + "0" * 33,
        "time": 1707300000,
        "dry_run": False,
        "warnings": [],
        "images": list(images) or [image()],
        **changes,
    }


def rows(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in text.splitlines() if line[:1] == "|"]


def test_a_table_says_what_was_published() -> None:
    text = markdown(document(image(), image("backend", status="unchanged", platforms=["linux/amd64"], size=999)))
    assert text.startswith(f"## Published `{TAG}`\n")
    assert rows(text)[2:4] == [
        [
            "frontend",
            "published",
            f"`192.168.0.40:5000/frontend:{TAG}`",
            "`sha256:abababababab`",
            "12.3 MB",
            "linux/arm64",
        ],
        ["backend", "unchanged", f"`192.168.0.40:5000/backend:{TAG}`", "`sha256:abababababab`", "999 B", "linux/amd64"],
    ]


@pytest.mark.parametrize(
    ("changes", "cells"),
    [
        ({}, ["`flux-system:frontend`", f"`{OLD}`", f"**`{TAG}`**"]),
        ({"flux": {"before": None, "after": TAG}}, ["`flux-system:frontend`", "nothing yet", f"**`{TAG}`**"]),
        ({"flux": {"before": OLD, "after": OLD}}, ["`flux-system:frontend`", f"`{OLD}`", f"stays with `{OLD}`"]),
        ({"flux": {"before": None, "after": None}}, ["`flux-system:frontend`", "nothing yet", "no tag matches"]),
        ({"policy": None}, ["none", "", "Flux does not deploy this image"]),
    ],
)
def test_a_table_says_what_flux_will_select(changes: dict[str, Any], cells: list[str]) -> None:
    assert rows(markdown(document(image(**changes))))[-1][1:] == cells


def test_a_dry_run_has_no_digest_and_says_so() -> None:
    text = markdown(document(image(digest=None, size=None), dry_run=True))
    assert text.startswith("## Would publish")
    assert rows(text)[2][3:5] == ["", ""]


def test_warnings_are_shown() -> None:
    assert "> **Warning** the clock is 90 s late" in markdown(document(warnings=["the clock is\n90 s late"]))


def test_the_timeline_holds_only_moves_and_no_colon_but_mermaids_own() -> None:
    text = markdown(document(image(), image("back:end", flux={"before": OLD, "after": OLD}), branch="a:b\nc"))
    diagram = text.split("```mermaid\n")[1].split("```")[0]
    assert "        scan selects : frontend master-abc1234-1707300000\n" in diagram
    assert "        commit to git : 1 image changes\n" in diagram
    assert "back end" in diagram
    assert all(line.count(":") <= 1 for line in diagram.splitlines())


def test_nothing_changes_is_said() -> None:
    text = markdown(document(image(flux={"before": OLD, "after": OLD})))
    assert "commit to git : none" in text
    assert "stay as they are" in text


def test_hostile_text_stays_in_its_cell() -> None:
    text = markdown(document(image("x|y<script>", status="`a`\n| b |")))
    assert "<script>" not in text
    assert len(rows(text)) == len(rows(markdown(document())))


def test_outputs_are_single_lines() -> None:
    values = outputs(document(image(), image("a.b/c", digest="sha256:" + "c" * 64), image("dry", digest=None)))
    assert values["tag"] == TAG
    assert values["digest-frontend"] == "sha256:" + "ab" * 32
    assert values["digest-a-b-c"] == "sha256:" + "c" * 64
    assert "digest-dry" not in values
    assert json.loads(values["digests"]) == {"frontend": "sha256:" + "ab" * 32, "a.b/c": "sha256:" + "c" * 64}
    assert json.loads(values["json"])["tag"] == TAG
    assert not any("\n" in value for value in values.values())


def test_an_error_says_what_failed_and_what_to_type() -> None:
    text = failure(
        BuildtoolError(AFTER_PUBLISHING, "published h/web:t; then: full", place="out.json:3", fix="type this")
    )
    assert text.startswith("## buildtool: the tags are published, and something failed afterwards\n")
    for words in ("out.json:3", "published h/web:t", "**Fix** type this", "buildtool explain after-publishing", "17"):
        assert words in text


# --- of real runs


def named(values: dict[str, str]) -> dict[str, str]:
    """The outputs that name one thing each."""
    return {name: value for name, value in values.items() if not value.startswith("{")}


def in_registry(run: MemoryPush, values: dict[str, str]) -> bool:
    """Whether every tag that the outputs name is in the registry, with the digest that they say."""
    names = [name.removeprefix("tag-") for name in values if name.startswith("tag-")]
    assert names
    return all(
        run.registry.tagged[name][values[f"tag-{name}"]] == values[f"digest-{name}"]
        and values[f"reference-{name}"] == f"{HOST}/{name}:{values[f'tag-{name}']}"
        for name in names
    )


def test_the_page_names_every_output() -> None:
    page = (Path(__file__).parents[2] / "docs" / "json.md").read_text(encoding="utf-8")
    table = page.partition("## Step outputs in GitHub Actions\n")[2].partition("\n#")[0]
    told = set(re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE))
    assert told == {name.replace("frontend", "<image>") for name in outputs(document())}


def test_a_first_push_names_its_tag() -> None:
    run = MemoryPush()
    values = outputs(run.run().document())
    assert values["tag"] == values["tag-web"] == values["tag-api"]
    assert (values["status-web"], values["status-api"]) == ("published", "published")
    assert in_registry(run, values)


def test_nothing_to_publish_names_no_tag_of_this_run() -> None:
    first = MemoryPush(inputs={"web": "sha256:1", "api": "sha256:1"})
    tag = first.run().tag
    run = MemoryPush(
        commit=2, registry=first.registry, clock=first.clock, inputs={"web": "sha256:1", "api": "sha256:1"}
    )
    result = run.run().document()
    values = outputs(result)
    assert "tag" not in values
    assert json.loads(values["tags"]) == {"web": tag, "api": tag}
    assert set(json.loads(values["statuses"]).values()) == {"unchanged"}
    assert in_registry(run, values)
    assert markdown(result).startswith("## Nothing to publish\n")
    assert result["tag"] is None


def test_one_published_and_one_unchanged_have_two_tags() -> None:
    first = MemoryPush(inputs={"web": "sha256:1", "api": "sha256:1"})
    old = first.run().tag
    run = MemoryPush(
        commit=2, registry=first.registry, clock=first.clock, inputs={"web": "sha256:2", "api": "sha256:1"}
    )
    values = outputs(run.run().document())
    assert (values["tag"], values["tag-api"]) == (values["tag-web"], old)
    assert (values["status-web"], values["status-api"]) == ("published", "unchanged")
    assert in_registry(run, values)


def test_a_retagged_image_is_named_by_the_tag_it_was_given() -> None:
    """A run was killed between its two tags: the next one gives the second image the tag of the first."""
    first = MemoryPush()
    tag = str(first.run().tag)
    del first.registry.tagged["api"][tag]
    run = MemoryPush(registry=first.registry, clock=first.clock)
    values = outputs(run.run().document())
    assert values["tag-web"] == values["tag-api"]
    assert in_registry(run, values)


def test_a_dry_run_names_nothing_that_is_not_there() -> None:
    run = MemoryPush(options=PushOptions(dry_run=True))
    result = run.run().document()
    values = outputs(result)
    assert named(values) == {}
    assert json.loads(values["tags"]) == {}
    assert markdown(result).startswith("## Would publish `main-")
    assert result["images"][0]["status"] == "planned"


def test_a_dry_run_names_what_is_there() -> None:
    first = MemoryPush(inputs={"web": "sha256:1", "api": "sha256:1"})
    tag = first.run().tag
    run = replace(first, commit=2, inputs={"web": "sha256:1", "api": "sha256:2"}, options=PushOptions(dry_run=True))
    values = outputs(run.run().document())
    assert {name: value for name, value in named(values).items() if name.startswith("tag")} == {"tag-web": tag}
    assert in_registry(run, values)


def test_several_tags_of_one_run_are_no_single_tag() -> None:
    values = outputs(document(image(), image("backend", tag=OLD), tag=None))
    assert "tag" not in values
    assert (values["tag-frontend"], values["tag-backend"]) == (TAG, OLD)
    assert markdown(document(image(), image("backend", tag=OLD), tag=None)).startswith(
        f"## Published `{OLD}`, `{TAG}`\n"
    )


def test_further_tags_have_a_table_of_their_own() -> None:
    tags = [
        {"template": "latest", "tag": "latest", "status": "moved", "reason": "from main-abc1234-1"},
        {"template": "pr-{number}", "tag": None, "status": "left-out", "reason": "this run is about no pull request"},
        {"template": "{branch}", "tag": "main", "status": "written", "reason": ""},
    ]
    text = markdown(document(image(further_tags=tags), image("backend", further_tags=[])))
    assert "### Further tags" in text
    assert rows(text[text.index("### Further tags") : text.index("### What Flux")])[2:] == [
        ["frontend", "`latest`", "moved: from main-abc1234-1"],
        ["frontend", "`pr-{number}`", "left-out: this run is about no pull request"],
        ["frontend", "`main`", "written"],
    ]
    assert "### Further tags" not in markdown(document())


def test_a_release_is_named_instead_of_a_branch() -> None:
    text = markdown(document(branch=None, release="v1.2.3", tag="1.2.3"))
    assert f"Commit `abc1234{'0' * 33}`, release `v1.2.3`." in text
    assert " : release v1.2.3" in text
    assert "branch" not in text.lower()


def test_the_summary_of_a_real_release() -> None:
    push = MemoryPush(branch=None, git_tags=("v1.2.3",), policies=False, further=["latest"])
    text = markdown(push.run().document())
    assert "release `v1.2.3`" in text
    assert "| `latest` | written |" in text
