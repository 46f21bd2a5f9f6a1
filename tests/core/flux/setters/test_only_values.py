"""A change that Flux's automation can have made, and any other."""

from __future__ import annotations

import pytest

from buildtool.core.flux.setters import LatestImage, preview
from buildtool.core.flux.setters.blanked import Scope
from buildtool.core.flux.setters.only_values import changes_only_values

MARKER = '# {"$imagepolicy": "ns:app"}'
EVERYTHING = Scope("", lambda policy: policy.startswith("ns:"))
FILE = f"kind: Deployment\nspec:\n    image: reg.io/app:v1 {MARKER}\n\n    replicas: 1\n"


def after(text: str, tag: str = "v2") -> str:
    return preview({"a.yaml": text}, {"ns:app": LatestImage("reg.io/app", tag)}, "").files["a.yaml"]


def only_values(before: dict[str, str], changed: dict[str, str]) -> bool:
    return changes_only_values(before, changed, [EVERYTHING])


def test_the_automations_first_and_second_commit() -> None:
    """The first one also writes the file in its own form."""
    first = after(FILE)
    assert "\n\n" not in first
    assert only_values({"a.yaml": FILE}, {"a.yaml": first})
    assert only_values({"a.yaml": first}, {"a.yaml": after(first, "v3")})


@pytest.mark.parametrize(
    "changed",
    [
        FILE.replace("replicas: 1", "replicas: 2").replace("v1", "v2"),
        FILE.replace(MARKER, "").replace("v1", "v2"),
        FILE.replace("ns:app", "ns:other").replace("v1", "v2"),
        FILE.replace("kind: Deployment", "kind: DaemonSet"),
        FILE + "# a word\n",
        "",
        ": :\n -",
    ],
)
def test_anything_else(changed: str) -> None:
    assert not only_values({"a.yaml": FILE}, {"a.yaml": changed})


def test_another_file_beside_it() -> None:
    assert not only_values({"a.yaml": FILE, "b.sh": "1"}, {"a.yaml": after(FILE), "b.sh": "2"})
    assert not only_values({"a.yaml": FILE}, {"a.yaml": after(FILE), "b.yaml": FILE})
    assert not only_values({"a.yaml": FILE, "b.yaml": FILE}, {"a.yaml": after(FILE)})
    other = Scope("", lambda _: False)
    assert not changes_only_values({"a.yaml": FILE}, {"a.yaml": after(FILE)}, [other])
