"""The folder and the cluster that new image objects go to."""

from __future__ import annotations

import pytest

from buildtool.core.init.found import Image, Recipe
from buildtool.usecases.init.decisions import Answers
from buildtool.usecases.init.home import clusters, home
from buildtool.usecases.init.survey import look
from tests.support.flux_repo import IMAGES
from tests.support.memory_files import MemoryFiles
from tests.support.odd_repos import cluster
from tests.support.scratch_repos import TINY, deployment

BOTH: dict[str, str | bytes] = {
    "web/Dockerfile": TINY,
    "apps/web/web.yaml": deployment("web", "r.example/web:1"),
    "apps/other/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n",
    **cluster("a", "apps/other"),
    **cluster("b", "apps/web"),
}
WEB = Image("web", Recipe("web/Dockerfile", "web", "web", "web/Dockerfile"), "web", ("linux/amd64",))


@pytest.mark.parametrize(
    ("files", "named", "folder", "where"),
    [
        ({}, "", "clusters/b", {"clusters/b"}),
        ({}, "clusters/a", "clusters/a", {"clusters/a"}),
        ({"clusters/a/images.yaml": IMAGES}, "", "clusters/a", {"clusters/a"}),
        ({"clusters/a/images.yaml": IMAGES}, "clusters/b", "clusters/b", {"clusters/b"}),
        ({"clusters/a/i.yaml": IMAGES, "clusters/b/x/i.yaml": IMAGES}, "", "clusters/b/x", {"clusters/b"}),
    ],
)
def test_one_cluster_gets_them(files: dict[str, str | bytes], named: str, folder: str, where: set[str]) -> None:
    answers = Answers("r.example", insecure=False, branch="main", name="s", author=("F", "f@x"), cluster=named)
    found = look(MemoryFiles({**BOTH, **files}))
    assert clusters(found) == ["clusters/a", "clusters/b"]
    place = home(found, [WEB], answers)
    assert (place.folder, place.clusters) == (folder, frozenset(where))
    assert ("--cluster PATH" in place.note) is (named == "")


def test_without_a_cluster_there_is_a_folder_of_its_own_and_nothing_to_say() -> None:
    answers = Answers("r.example", insecure=False, branch="main", name="s", author=("F", "f@x"))
    place = home(look(MemoryFiles({"web/Dockerfile": TINY})), [WEB], answers)
    assert (place.folder, place.clusters, place.note) == ("flux", frozenset(), "")
