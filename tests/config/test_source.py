from __future__ import annotations

import os
from pathlib import Path

import pytest

from buildtool.config import ConfigError, find
from buildtool.config.source import read
from buildtool.errors import CONFIG_MISSING, BuildtoolError


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """outer/buildtool.toml, and a repository outer/repo with a folder a/b; we stand in outer."""
    (tmp_path / "outer/repo/a/b").mkdir(parents=True)
    (tmp_path / "outer/repo/.git").mkdir()
    (tmp_path / "outer/buildtool.toml").touch()
    monkeypatch.chdir(tmp_path / "outer")
    return tmp_path / "outer"


def test_found_here_or_above_up_to_the_git_root(tree: Path) -> None:
    assert find(Path(), None, {}) == Path("buildtool.toml")
    assert find(Path("repo/a/b"), None, {}) is None, "another repository's file is not ours"
    (tree / "repo/buildtool.toml").touch()
    assert find(Path("repo/a/b"), None, {}) == Path("repo/buildtool.toml")
    (tree / "repo/a/buildtool.toml").touch()
    assert find(Path("repo/a/b"), None, {}) == Path("repo/a/buildtool.toml")


def test_a_worktrees_git_file_ends_the_search_too(tree: Path) -> None:
    (tree / "worktree").mkdir()
    (tree / "worktree/.git").write_text("gitdir: elsewhere\n")
    assert find(Path("worktree"), None, {}) is None


@pytest.mark.usefixtures("tree")
def test_named_by_flag_before_variable() -> None:
    environ = {"BUILDTOOL_CONFIG": "from-variable.toml"}
    assert find(Path(), Path("from-flag.toml"), environ) == Path("from-flag.toml")
    assert find(Path("repo"), None, environ) == Path("repo/from-variable.toml")
    assert find(Path(), None, {"BUILDTOOL_CONFIG": ""}) == Path("buildtool.toml")


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(BuildtoolError, match=r"there is no file .*nowhere\.toml") as caught:
        read(tmp_path / "nowhere.toml")
    assert caught.value.kind is CONFIG_MISSING


BAD = {
    "syntax": (b"a = 1\nb == 2\n", ":2: is not TOML: Invalid value"),
    "unclosed": (b'a = 1\nb = """x\n\n', ":3: is not TOML: "),
    "twice": (b"a = 1\na = 2\n", ":2: is not TOML: Cannot overwrite a value"),
    "latin-1": (b"a = 1\nb = '\xe9'\n", ":2: is not UTF-8 text"),
    "binary": (bytes(range(256)), ":"),
    "huge": (b"#" * (1 << 20) + b"\n", "is larger than 1 MiB"),
    "huge number": (b"a = " + b"9" * 5000, "is not TOML: "),
    "deep": (b"a = " + b"[" * 50_000, ""),
    "impossible date": (b"a = 2024-99-99\n", "is not TOML: "),
    "nul": (b"a = 1\n\x00\n", ":2: is not TOML: "),
}


@pytest.mark.parametrize(("raw", "expected"), BAD.values(), ids=BAD.keys())
def test_any_bad_file_is_a_mistake_with_its_line(tmp_path: Path, raw: bytes, expected: str) -> None:
    file = tmp_path / "buildtool.toml"
    file.write_bytes(raw)
    with pytest.raises(ConfigError) as caught:
        read(file)
    assert str(file) in caught.value.message
    assert expected in caught.value.message


def test_what_is_no_file(tmp_path: Path) -> None:
    loop = tmp_path / "loop.toml"
    loop.symlink_to(loop)
    pipe = tmp_path / "pipe.toml"
    os.mkfifo(pipe)
    for path, words in ((tmp_path, "is a directory"), (loop, "cannot be read: "), (pipe, "is not a file")):
        with pytest.raises(ConfigError, match=words):
            read(path)
    with pytest.raises(ConfigError, match="cannot be read: is not a path"):
        read(Path("a\0b"))


def test_a_byte_order_mark_and_windows_line_ends_are_fine(tmp_path: Path) -> None:
    file = tmp_path / "buildtool.toml"
    file.write_bytes(b"\xef\xbb\xbfa = 1\r\nb = 2\r\n")
    source = read(file)
    assert source.document == {"a": 1, "b": 2}
    assert source.place(("b", "inside")) == f"{file}:2"
    assert source.place(("c",)) == str(file)


def test_dots_do_not_lead_astray(tree: Path) -> None:
    (tree / "repo/buildtool.toml").touch()
    assert find(Path("repo/.."), None, {}) == Path("buildtool.toml")
