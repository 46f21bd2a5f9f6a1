"""Instructions out of a Dockerfile's text, as BuildKit's parser splits them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.build.dockerfile import DockerfileError, Instruction, parse


def read(text: str) -> list[tuple[str, str]]:
    return [(one.keyword, one.rest) for one in parse(text).instructions]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("# only a comment\n\n", []),
        ("from a\nRun b", [("FROM", "a"), ("RUN", "b")]),
        ("FROM\ta\n", [("FROM", "a")]),
        ("FROM a\r\nRUN b\r\n", [("FROM", "a"), ("RUN", "b")]),
        ("\ufeffFROM a", [("FROM", "a")]),
        ("FROM \\\n  a \\  \n  AS b\nRUN c", [("FROM", "a   AS b"), ("RUN", "c")]),
        ("RUN a \\\n# a comment\n\n  b\nRUN c", [("RUN", "a   b"), ("RUN", "c")]),
        ("RUN a \\\n# the end", [("RUN", "a")]),
        ("  # FROM x\n  FROM a", [("FROM", "a")]),
        ("# escape=`\nFROM `\na\nRUN c:\\\nRUN d", [("FROM", "a"), ("RUN", "c:\\"), ("RUN", "d")]),
        ("# a comment\n# escape=`\nRUN a \\\nb", [("RUN", "a b")]),
        ("RUN <<EOF\nFROM x\nEOF\nFROM a", [("RUN", "<<EOF"), ("FROM", "a")]),
        ('RUN <<"E" cat > /x\n$y\nE\nFROM a', [("RUN", '<<"E" cat > /x'), ("FROM", "a")]),
        ("RUN <<-E\n\tFROM x\n\tE\nFROM a", [("RUN", "<<-E"), ("FROM", "a")]),
        ("COPY <<A <<B /x/\nFROM 1\nA\nFROM 2\nB\nFROM a", [("COPY", "<<A <<B /x/"), ("FROM", "a")]),
        ("RUN 3<<E\nFROM x\nE\nFROM a", [("RUN", "3<<E"), ("FROM", "a")]),
        ("RUN cat<<E\nFROM a", [("RUN", "cat<<E"), ("FROM", "a")]),
        ("ENV A=<<E\nFROM a", [("ENV", "A=<<E"), ("FROM", "a")]),
    ],
)
def test_instructions(text: str, found: list[tuple[str, str]]) -> None:
    assert read(text) == found


def test_flags_stand_before_the_rest() -> None:
    [one, two] = parse(
        "COPY --from=a --chmod=755 x --y /z\nRUN --mount=type=bind,from=b,target=/t --network=none make"
    ).instructions
    assert one == Instruction("COPY", ("--from=a", "--chmod=755"), "x --y /z")
    assert (two.flags, two.rest) == (("--mount=type=bind,from=b,target=/t", "--network=none"), "make")


@pytest.mark.parametrize(
    ("text", "syntax"),
    [
        ("# syntax=docker/dockerfile:1\nFROM a", "docker/dockerfile:1"),
        ("#Syntax = a/b \n# escape=\\\nFROM a", "a/b"),
        ("# escape=`\n# syntax=a/b\nFROM a", "a/b"),
        ("\n# syntax=a/b\nFROM a", ""),
        ("FROM a\n# syntax=a/b", ""),
    ],
)
def test_another_frontend(text: str, syntax: str) -> None:
    assert parse(text).syntax == syntax


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("RUN <<EOF\nFROM x\n", "<<EOF begins has no end"),
        ("# escape=x\nFROM a", "escape directive"),
        ("#" * (1 << 20) + "\n", "larger than 1 MiB"),
    ],
)
def test_what_is_not_read(text: str, words: str) -> None:
    with pytest.raises(DockerfileError, match=words):
        parse(text)


@given(st.text(alphabet=st.sampled_from("FROMRUNCOPYARG <<E\n\\`#=$-\"'\t@:/")))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = parse(text)
    except DockerfileError:
        return
    assert all(one.keyword == one.keyword.upper() and one.keyword.strip() for one in found.instructions)
