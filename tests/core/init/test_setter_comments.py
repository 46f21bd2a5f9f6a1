"""Markers are put behind values and nothing else changes; what Flux would not read is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.flux.marker_name import KEY
from buildtool.core.flux.setters import LatestImage, preview
from buildtool.core.init.image_uses import uses
from buildtool.core.init.setter_comments import WantedMarker, with_markers
from buildtool.core.yaml.parser import parse

if TYPE_CHECKING:
    from buildtool.core.init.setter_comments import Commented

MARK = f' # {{"{KEY}": "flux-system:web"}}'
POD = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: "


def commented(text: str, path: str = "pod.yaml") -> Commented:
    wanted = [WantedMarker(slot, "flux-system:web") for use in uses(path, parse(text)) for slot in use.slots]
    return with_markers(path, text, wanted)


@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
@pytest.mark.parametrize("value", ["r/web:1", '"r/web:1"', "'r/web:1'", "&anchor r/web:1"])
def test_the_marker_is_all_that_is_added(value: str, end: str) -> None:
    text = POD.replace("\n", end or "\n") + value
    assert commented(text + end) == (text + MARK + end, ())


def test_both_values_of_helm() -> None:
    text = "image:\n  repository: r/web\n  tag: latest\n"
    assert commented(text, "values.yaml").text == (
        f'image:\n  repository: r/web # {{"{KEY}": "flux-system:web:name"}}\n'
        f'  tag: latest # {{"{KEY}": "flux-system:web:tag"}}\n'
    )


def test_twice_is_once() -> None:
    once = commented(POD + "r/web:1\n")
    assert commented(once.text) == once


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (POD + "r/web:1 # why\n", "another comment"),
        (POD + ">-\n        r/web:1\n", "several lines"),
        (POD.replace("- name: web\n      image: ", "- {name: web, image: ") + "r/web:1}\n", "inside { }"),
        ("apiVersion: v1\nkind: List\nitems: 1\n---\n" + POD + "r/web:1\n--- x\na: 1\n", "---"),
    ],
)
def test_what_is_refused_stays_as_it_is(text: str, why: str) -> None:
    result = commented(text)
    assert result.text == text
    assert why in result.refused[0].reason
    assert result.refused[0].text == MARK.strip()


def test_a_file_that_flux_does_not_open() -> None:
    result = commented(POD + "r/web:1\n", "pod.yaml.tmpl")
    assert "Flux reads only" in result.refused[0].reason


@given(
    st.lists(
        st.sampled_from(["r/web:1", "r/other:2", '"r/web:x"', "{}", "|\n        r/web:1", "r/web:1  "]), min_size=1
    ),
    st.sampled_from(["\n", "\r\n"]),
)
def test_without_the_markers_the_text_is_the_old_one_and_flux_acts_on_each(values: list[str], end: str) -> None:
    text = POD + "\n    - image: ".join(values) + "\n"
    text = text.replace("\n", end)
    result = commented(text)
    assert result.text.replace(MARK, "") == text
    shown = preview({"pod.yaml": result.text}, {"flux-system:web": LatestImage("r/web", "main-1")})
    assert len(shown.changes) == result.text.count(MARK)
