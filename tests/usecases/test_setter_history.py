"""What stood at the setters before, on a real repository."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.git import GitRepo
from buildtool.errors import GIT_FAILED, BuildtoolError
from buildtool.usecases.setter_history import SetterHistory, Value
from tests.support.gitrepos import commit, git, repository

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from buildtool.adapters.git.history import Commit

A, B, C = (
    f"main-{letter * 7}-{time}" for letter, time in (("a", 1_700_000_001), ("b", 1_700_000_002), ("c", 1_700_000_003))
)
WHOLE = 'image: r.example/web:{} # {{"$imagepolicy": "flux-system:web"}}\nother: 1\n'
PARTS = 'tag: {} # {{"$imagepolicy": "flux-system:web:tag"}}\nname: x # {{"$imagepolicy": "flux-system:web:name"}}\n'


class Git:
    """The history of one clone."""

    def __init__(self, folder: Path) -> None:
        self._repo = GitRepo(folder, dict(os.environ))

    def commits_of(self, path: str, revision: str, limit: int) -> Sequence[Commit]:
        return self._repo.history.commits_of(path, revision, limit)

    def text(self, sha: str, path: str) -> str | None:
        return self._repo.remote.text(sha, path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = repository(tmp_path / "repo")
    git(folder, "remote", "add", "origin", str(tmp_path))
    for tag in (A, B, C):
        commit(folder, **{"deploy/web.yaml": WHOLE.format(tag), "deploy/parts.yaml": PARTS.format(tag)})
    return folder


def history(folder: Path) -> SetterHistory:
    texts = {path: (folder / path).read_text(encoding="utf-8") for path in ("deploy/web.yaml", "deploy/parts.yaml")}
    return SetterHistory(Git(folder), texts, git(folder, "rev-parse", "HEAD").strip())


def test_the_tag_that_was_replaced(folder: Path) -> None:
    assert history(folder).tag("flux-system:web", C) == B
    assert history(folder).tag("flux-system:web", B) == A


def test_a_commit_that_changes_something_else_is_passed_over(folder: Path) -> None:
    commit(folder, **{"deploy/web.yaml": WHOLE.format(C).replace("other: 1", "other: 2")})
    assert history(folder).tag("flux-system:web", C) == B


@pytest.mark.parametrize(("policy", "tag"), [("flux-system:web", A), ("flux-system:web", "unknown"), ("a:b", C)])
def test_what_nobody_knows(folder: Path, policy: str, tag: str) -> None:
    assert history(folder).tag(policy, tag) is None


def test_the_values_now_and_the_commits_that_wrote_them(folder: Path) -> None:
    written = git(folder, "rev-parse", "HEAD").strip()
    commit(folder, **{"deploy/web.yaml": WHOLE.format(C).replace("other: 1", "other: 2")})
    assert history(folder).values("flux-system:web") == [
        Value("deploy/web.yaml", "flux-system:web", C, written),
        Value("deploy/parts.yaml", "flux-system:web:tag", C, written),
    ]


def test_a_reference_with_a_port_or_a_digest(folder: Path) -> None:
    reference = "r.example:5000/web:{}@sha256:" + "0" * 64
    for tag in (A, B):
        commit(folder, **{"deploy/web.yaml": WHOLE.replace("r.example/web:{}", reference).format(tag)})
    found = SetterHistory(
        Git(folder),
        {"deploy/web.yaml": (folder / "deploy/web.yaml").read_text(encoding="utf-8")},
        git(folder, "rev-parse", "HEAD").strip(),
    )
    assert found.tag("flux-system:web", B) == A


def test_a_history_that_cannot_be_read_is_not_known(folder: Path) -> None:
    class Broken(Git):
        def commits_of(self, path: str, revision: str, limit: int) -> Sequence[Commit]:
            raise BuildtoolError(GIT_FAILED, "broken")

    texts = {"deploy/web.yaml": WHOLE.format(C)}
    assert SetterHistory(Broken(folder), texts, "HEAD").tag("flux-system:web", C) is None
