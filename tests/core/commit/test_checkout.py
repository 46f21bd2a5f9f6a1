from __future__ import annotations

import pytest

from buildtool.core.commit.checkout import Checkout, ignored_configuration, source_url, uncommitted
from buildtool.errors import DIRTY_TREE
from buildtool.errors.findings import Severity


@pytest.mark.parametrize(
    ("remote", "expected"),
    [
        ("https://github.com/owner/repo.git", "https://github.com/owner/repo"),
        ("https://user:hunter2@github.com/owner/repo", "https://github.com/owner/repo"),
        ("https://hunter2@github.com/owner/repo.git?token=hunter2", "https://github.com/owner/repo"),
        ("http://192.168.0.40:3000/owner/repo/", "http://192.168.0.40:3000/owner/repo"),
        ("https://user:p@ss@github.com/owner/repo", "https://github.com/owner/repo"),
        ("https://user:pa/ss@github.com/owner/repo", None),
        ("https://pa/ss@github.com/owner/repo", None),
        ("git@github.com:owner/repo.git", "https://github.com/owner/repo"),
        ("github.com:owner/repo", "https://github.com/owner/repo"),
        ("ssh://git@github.com:22/owner/repo.git", "https://github.com/owner/repo"),
        ("git://example.org/x", "https://example.org/x"),
        ("/srv/git/repo.git", None),
        ("../repo", None),
        ("./x:y", None),
        ("C:\\repo", None),
        ("file:///srv/git/repo", None),
        ("ext::sh -c x", None),
        ("https://", None),
        ("https://host/", None),
        ("", None),
    ],
)
def test_a_remote_as_a_person_opens_it(remote: str, expected: str | None) -> None:
    assert source_url(remote) == expected


def test_an_ignored_configuration_is_named_with_the_command_that_adds_it() -> None:
    said = ignored_configuration("sub/buildtool.toml")
    assert said.startswith("sub/buildtool.toml is ignored by git")
    assert said.endswith("(git add --force -- sub/buildtool.toml)")


def test_a_tree_with_changes_is_dirty() -> None:
    assert Checkout("/x", "a" * 40, None, ("file",), shallow=False, commit_time=1).dirty
    assert not Checkout("/x", "a" * 40, None, (), shallow=False, commit_time=1).dirty


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ((), ""),
        (("a", "b\x1b"), "uncommitted: a, b\\x1b"),
        (tuple("abcde"), "uncommitted: a, b, c, d, e"),
        (tuple("abcdefgh"), "uncommitted: a, b, c, d, e and 3 more"),
    ],
)
def test_the_first_changed_files_are_named(changes: tuple[str, ...], words: str) -> None:
    found = list(uncommitted(changes))
    assert [(one.code, one.severity, one.message) for one in found] == (
        [(DIRTY_TREE.code, Severity.ERROR, words)] if words else []
    )


@pytest.mark.parametrize("changes", [("buildtool.toml", "k8s/a b.yaml"), ("x/buildtool.toml", *map(str, range(30)))])
def test_the_first_push_after_init_is_told_what_to_commit(changes: tuple[str, ...]) -> None:
    [found] = uncommitted(changes)
    assert found.fix == f"commit {changes[0]}: git add --all && git commit -m 'Add buildtool'"
    assert "--allow-dirty" in next(uncommitted(["other"])).fix
