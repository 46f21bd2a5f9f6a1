"""Which files docker sends to the builder, and their bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.context import ContextFiles

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("ignore", "path", "sent"),
    [
        ("", "a", True),
        ("# a\n\n", "a", True),
        ("a", "a/b", False),
        ("/a", "a", False),
        ("a/", "a/b", False),
        ("*.md", "README.md", False),
        ("*.md", "docs/README.md", True),
        ("**/*.md", "docs/README.md", False),
        ("**/*.md", "README.md", False),
        ("**/node_modules", "node_modules/x/y", False),
        ("**/node_modules", "web/node_modules/x/y", False),
        ("**\n!site", "site/a/b", True),
        ("**\n!site\nsite/*/__pycache__", "site/a/__pycache__/x", False),
        ("**\n!**/keep", "keep", True),
        ("**\n!**/keep", "other", False),
    ],
)
def test_dockerignore(tmp_path: Path, ignore: str, path: str, sent: bool) -> None:  # noqa: FBT001 -- of the table
    (tmp_path / ".dockerignore").write_text(ignore)
    assert ContextFiles(tmp_path).sent(".", "Dockerfile", [path]) == ([path] if sent else [])


def test_patterns_count_from_the_context(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web/.dockerignore").write_text("dist\n")
    files = ContextFiles(tmp_path)
    assert files.sent("web", "web/Dockerfile", ["web/dist/a", "web/src/a", "dist/a"]) == ["web/src/a"]


def test_the_dockerfiles_own_file_comes_first(tmp_path: Path) -> None:
    (tmp_path / ".dockerignore").write_text("a\n")
    (tmp_path / "Dockerfile.web.dockerignore").write_text("b\n")
    files = ContextFiles(tmp_path)
    assert files.sent(".", "Dockerfile.web", ["a", "b"]) == ["a"]
    assert files.sent(".", "Dockerfile", ["a", "b"]) == ["b"]
    assert files.ignore_file("none", "none/Dockerfile") is None


def test_files_git_does_not_hold(tmp_path: Path) -> None:
    files = ContextFiles(tmp_path)
    (tmp_path / "a").write_text("1")
    one = files.on_disk("a")
    (tmp_path / "a").write_text("2")
    (tmp_path / "link").symlink_to("a")
    (tmp_path / "folder").mkdir()
    kinds = [one, files.on_disk("a"), files.on_disk("link"), files.on_disk("folder"), files.on_disk("gone")]
    assert len(set(kinds)) == 5
    assert kinds[-1].mode == "unreadable"


def test_setters_are_left_out(tmp_path: Path) -> None:
    files = ContextFiles(tmp_path)
    marked = 'image: a:{} # {{"$imagepolicy": "x:y"}}\n'
    (tmp_path / "a.yaml").write_text(marked.format(1))
    first = files.without_setters("a.yaml")
    (tmp_path / "a.yaml").write_text(marked.format(2))
    assert first == files.without_setters("a.yaml") is not None
    (tmp_path / "b.yaml").write_text("plain: 1\n")
    (tmp_path / "c.txt").write_text(marked.format(1))
    assert [files.without_setters(name) for name in ("b.yaml", "c.txt", "gone.yaml")] == [None, None, None]
