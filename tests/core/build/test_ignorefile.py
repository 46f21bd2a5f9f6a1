"""Ignore files against what BuildKit does: a table, and the recorded answers of moby's own code where present."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.build.ignorefile import TOP, IgnoreFileError, parse, sent
from tests.vectors.dockerignore import answer

VECTORS = Path(__file__).parents[4] / "shared" / "conformance" / "dockerignore-vectors.jsonl"

TABLE = [
    ("", "a", True),
    ("# a\n\n", "a", True),
    (" # a", "# a", False),  # a comment begins in the first column
    ("a", "a/b", False),
    ("a", "ab", True),
    ("/a", "a", False),
    ("a/", "a/b", False),
    ("./a/./b/../c", "a/c", False),
    ("../a", "a", True),
    ("a/..", "a", True),
    ("*.md", "README.md", False),
    ("*.md", "docs/README.md", True),
    ("**/*.md", "docs/README.md", False),
    ("**/*.md", "README.md", False),
    ("**.md", "docs/README.md", False),
    ("**/node_modules", "node_modules/x/y", False),
    ("**/node_modules", "web/node_modules/x/y", False),
    ("**/node_modules", "web/my_node_modules", True),
    ("docs/**", "docs/a", False),
    ("docs/**/b", "docs/b", False),
    ("docs/**/b", "docs/x/y/b", False),
    ("a?c", "abc", False),
    ("a?c", "a/c", True),
    ("[a-c]x", "bx", False),
    ("[^a-c]x", "bx", True),
    ("[!a]x", "bx", True),  # Go takes only ^ for not: this is ! or a
    ("\\*", "*", False),
    ("\\*", "b", True),
    ("a b", "a b", False),
    ("{a,b}", "a", True),
    ("{a,b}", "{a,b}", False),
    ("a\r\nb\r\n", "b", False),
    ("\ufeffa", "a", False),
    ("a\n\ufeffb", "b", True),
    ("**\n!site", "site/a/b", True),
    ("**\n!site\nsite/*/__pycache__", "site/a/__pycache__/x", False),
    ("**\n!**/keep", "keep", True),
    ("**\n!**/keep", "other", False),
    ("*\n!**/src", "services/api/src/main", True),
    ("*\n!a/b", "a/b/c", True),
    ("*\n!a/b", "a/c", False),
    ("!a\na", "a", False),
    ("a\n! a", "a", True),
    ("a\n!/a", "a", True),
    ("x\x1cy", "x\x1cy", False),
    ("\u00a0a\u2003", "a", False),
]


@pytest.mark.parametrize(("ignore", "path", "goes"), TABLE)
def test_what_is_sent(ignore: str, path: str, goes: bool) -> None:  # noqa: FBT001 -- of the table
    assert sent(parse(ignore.encode()), [path]) == ([path] if goes else [])


@pytest.mark.parametrize("ignore", ["!", "a\n!/.", "[", "[a", "[]a]", "a\\", "[a-]", "[^]", "x" * 65_536])
def test_what_buildkit_refuses(ignore: str) -> None:
    with pytest.raises(IgnoreFileError):
        parse(ignore.encode())


def test_what_buildkit_refuses_when_it_is_used() -> None:
    """A range the wrong way round: Go's syntax check lets it through, and its regular expressions do not."""
    rules = parse(b"*.md\n![z-a]")
    assert sent(rules, ["a.txt"]) == ["a.txt"]
    with pytest.raises(IgnoreFileError, match="z-a"):
        sent(rules, ["a.md"])


def test_a_file_of_any_bytes() -> None:
    rules = parse(b"\xff*\n\xfe")
    names = [name.decode("utf-8", "surrogateescape") for name in (b"\xffa", b"\xfe", b"a")]
    assert sent(rules, names) == ["a"]


def test_folders_that_may_be_skipped() -> None:
    """Only where no `!` pattern can take anything back below them."""
    plain, literal, wild = parse(b"a"), parse(b"a\n!a/b\n!c/*"), parse(b"a\n!**/b")
    assert plain.enter("a", TOP, folder=True).skips
    assert not plain.enter("a", TOP, folder=False).skips
    assert not literal.enter("a", TOP, folder=True).skips
    assert not wild.enter("a", TOP, folder=True).skips
    assert parse(b"*\n!c/*").enter("d", TOP, folder=True).skips


@pytest.mark.skipif(not VECTORS.exists(), reason="the conformance vectors are not beside the project")
def test_every_vector() -> None:
    for line in VECTORS.read_text(encoding="utf-8").splitlines():
        vector = json.loads(line)
        found = answer(vector)
        assert ("error" in found) == ("error" in vector), vector
        assert sorted(found.get("sent", [])) == sorted(vector.get("sent", [])), vector


LINES = st.lists(st.text("ab*/.!?#[]^-\\ ä", max_size=8), max_size=5)
PATHS = st.lists(
    st.lists(st.sampled_from(["a", "b", "ab", ".b", "ä"]), min_size=1, max_size=4).map("/".join), max_size=6
)


def kept(lines: list[str], paths: list[str]) -> list[str] | None:
    """What is sent; None where the file is refused."""
    try:
        return sent(parse("\n".join(lines).encode()), paths)
    except IgnoreFileError:
        return None


@given(LINES, PATHS)
def test_each_path_goes_or_stays_by_itself(lines: list[str], paths: list[str]) -> None:
    alone = [kept(lines, [path]) for path in paths]
    together = kept(lines, paths)
    assert together == (None if None in alone or together is None else [one for found in alone for one in found or []])


@given(LINES, PATHS)
def test_a_last_line_that_takes_all(lines: list[str], paths: list[str]) -> None:
    assert kept([*lines, "!**"], paths) in (paths, None)
    assert kept([*lines, "**"], paths) in ([], None)
