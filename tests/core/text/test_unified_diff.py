"""Diffs that git and patch take: each is applied by the real programs and must give the new text to the byte."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.text.unified_diff import file_diff
from tests.support.need import need

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = {
    "a value": ("a: 1\nb: 2\nc: 3\n", "a: 1\nb: 9\nc: 3\n"),
    "the first and the last line": ("a\nb\nc\nd\n", "x\nb\nc\ny\n"),
    "no line feed before": ("a: 1\nb: 2", "a: 1\nb: 3\n"),
    "no line feed after": ("a: 1\nb: 2\n", "a: 1\nb: 3"),
    "no line feed in both": ("a: 1\nb: 2\nc: 3", "a: 9\nb: 2\nc: 3"),
    "only the last line feed": ("a: 1", "a: 1\n"),
    "Windows line ends become line feeds": ("a: 1\r\nb: 2\r\n", "a: 1\nb: 2\n"),
    "Windows line ends stay": ("a: 1\r\nb: 2\r\nc: 3\r\n", "a: 1\r\nb: 9\r\nc: 3\r\n"),
    "other line ends are text": ("a\x85b\u2028c\rd\x0ce\n", "a\x85b\u2028c\rd\x0cf\n"),
    "blank lines go": ("a\n\n\nb\n\nc\n" * 5, "a\nb\nc\n" * 5),
    "everything goes": ("a\nb\n", ""),
    "something where nothing was": ("", "a\nb\n"),
    "far apart": ("\n".join(map(str, range(60))), "\n".join(map(str, [*range(5), "x", *range(6, 50), "y"]))),
    "what looks like a diff": ("--- a/x\n+++ b/x\n@@ -1 +1 @@\n", "--- a/x\n+++ b/y\n@@ -1 +1 @@\n"),
    "a long file of one line": ("x\n" * 500, "x\n" * 300),
}
PATHS = [
    "a.yaml", "a/b.yaml", "with blank/a b.yaml", 'quote".yaml', "back\\slash.yaml", "tab\there.yaml", "ümlaut/é.yaml",
    "line\nfeed.yaml", "-.yaml", "bytes-\udcff.yaml", " .yaml", "b .yaml", "a b", "emoji-😀.yaml",
]  # fmt: skip
PROGRAMS = {"git": ["git", "apply", "-"], "patch": ["patch", "-s", "-p1"]}


def applied(folder: Path, program: str, path: str, before: str | None, after: str) -> bytes:
    """What is in the file once the program has applied the diff."""
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    if before is not None:
        file.write_bytes(before.encode())
    diff = file_diff(path, before, after)
    subprocess.run(PROGRAMS[program], cwd=folder, input=diff.encode(), check=True, capture_output=True)
    return file.read_bytes() if file.exists() else b""


def needs(program: str) -> None:
    need(shutil.which(program), f"{program} is not installed")


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("name", TEXTS)
def test_the_new_text_to_the_byte(tmp_path: Path, program: str, name: str) -> None:
    needs(program)
    before, after = TEXTS[name]
    assert applied(tmp_path, program, "dir/a.yaml", before, after) == after.encode()


@pytest.mark.parametrize(
    ("program", "path"),
    [(program, path) for program in PROGRAMS for path in PATHS if program == "git" or "\n" not in path],
)  # patch takes no name with a line feed
@pytest.mark.parametrize("new", [False, True])
def test_any_path(tmp_path: Path, program: str, path: str, *, new: bool) -> None:
    needs(program)
    assert applied(tmp_path, program, path, None if new else "a: 1\n", "a: 2\n") == b"a: 2\n"


@given(
    before=st.lists(st.sampled_from(["a", "b", "", "c\r", " d"]), max_size=30).map("\n".join),
    after=st.lists(st.sampled_from(["a", "b", "", "c\r", " d"]), max_size=30).map("\n".join),
)
def test_any_two_texts(before: str, after: str) -> None:
    assert patched(before, file_diff("a", before, after)) == after


def patched(before: str, diff: str) -> str:
    """Apply a diff as its format says: a second reading, independent of the writer."""
    if not diff:
        return before
    old = _split(before)
    out: list[str] = []
    position = 0
    lines = _split(diff)
    for index, line in enumerate(lines):
        if line.startswith("@@"):
            start, _, count = line.split()[1][1:].partition(",")
            first = int(start) - 1 if count != "0" else int(start)
            out += old[position:first]
            position = first
        elif line[0] in " -+" and not line.startswith(("--- ", "+++ ")):
            ends = index + 1 < len(lines) and lines[index + 1].startswith("\\")
            text = line[1:].removesuffix("\n") if ends else line[1:]
            if line[0] != "+":
                assert old[position] == text
                position += 1
            if line[0] != "-":
                out.append(text)
    return "".join(out + old[position:])


def _split(text: str) -> list[str]:
    parts = text.split("\n")
    return [part + "\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def test_equal_texts_have_no_diff() -> None:
    assert file_diff("a", "x\n", "x\n") == ""


def test_the_form_that_git_writes() -> None:
    assert file_diff("a b.yaml", "x: 1\ny: 2", "x: 1\ny: 3\n") == (
        "diff --git a/a b.yaml b/a b.yaml\n"
        "--- a/a b.yaml\t\n"
        "+++ b/a b.yaml\t\n"
        "@@ -1,2 +1,2 @@\n"
        " x: 1\n"
        "-y: 2\n"
        "\\ No newline at end of file\n"
        "+y: 3\n"
    )


def test_a_new_file_has_a_mode() -> None:
    assert file_diff("é.yaml", None, "x: 1\n") == (
        'diff --git "a/\\303\\251.yaml" "b/\\303\\251.yaml"\n'
        "new file mode 100644\n"
        "--- /dev/null\n"
        '+++ "b/\\303\\251.yaml"\n'
        "@@ -0,0 +1 @@\n"
        "+x: 1\n"
    )


def test_lines_that_repeat_are_replaced_as_one() -> None:
    """Comparing these line by line would take minutes: they are one change, and still the right one."""
    before, after = "a\nb\n" * 50_000, "b\na\nc\n" * 40_000
    diff = file_diff("a", before, after)
    assert diff.count("\n@@") == 1
    assert patched(before, diff) == after
