from __future__ import annotations

import json
from typing import Any

import pytest

from buildtool.cli.step_summary import markdown, outputs

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
