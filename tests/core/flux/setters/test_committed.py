from __future__ import annotations

import pytest

from buildtool.core.flux.setters import committed_tags


def file(value: str, setter: str = "flux-system:web") -> str:
    return f'image: {value} # {{"$imagepolicy": "{setter}"}}\n'


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (file("host:5000/site/web:master-1"), ("master-1",)),
        (file("host:5000/site/web:master-1@sha256:abc"), ("master-1",)),
        (file("host:5000/site/web"), ()),
        (file("master-2", "flux-system:web:tag"), ("master-2",)),
        (file("host/web", "flux-system:web:name"), ()),
        (file("host/web:1", "flux-system:other"), ()),
        ("image: host/web:1\n", ()),
    ],
)
def test_the_tag_beside_a_marker(text: str, wanted: tuple[str, ...]) -> None:
    assert committed_tags({"a.yaml": text}, "flux-system:web") == wanted


def test_each_tag_once_over_all_files() -> None:
    texts = {"a.yaml": file("h/w:1"), "b.yaml": file("h/w:2"), "c.yaml": file("1", "flux-system:web:tag")}
    assert committed_tags(texts, "flux-system:web") == ("1", "2")
