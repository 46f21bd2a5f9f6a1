"""Values of arguments in FROM lines."""

from __future__ import annotations

import pytest

from buildtool.core.build.from_arguments import ArgumentError, Arguments
from buildtool.core.image.names import Platform


def arguments(*declared: str, given: dict[str, str] | None = None, changing: frozenset[str] = frozenset()) -> Arguments:
    found = Arguments(given or {}, changing, Platform.parse("linux/arm/v7"))
    for line in declared:
        found.declare(line)
    return found


@pytest.mark.parametrize(
    ("declared", "word", "value"),
    [
        ((), "nginx:1", "nginx:1"),
        (("V=1",), "nginx:$V", "nginx:1"),
        (("V=1",), "nginx:${V}-x", "nginx:1-x"),
        (('V="1" W=2 X',), "$V$W$X", "12"),
        (("V='$W'", "W=2"), "$W", "2"),
        (("V=1", "W=a-$V"), "$W", "a-1"),
        (("V",), "a$V", "a"),
        (("V=1", "V"), "$V", "1"),
        (("V=",), "${V:-d}${V-e}", "d"),
        ((), "${V:-d}${V-e}", "de"),
        (("V=1",), "${V:+x}${W:+y}${V+z}", "xz"),
        ((), "os-$TARGETARCH$TARGETVARIANT", "os-armv7"),
        ((), "$TARGETOS/$TARGETPLATFORM", "linux/linux/arm/v7"),
    ],
)
def test_what_a_word_becomes(declared: tuple[str, ...], word: str, value: str) -> None:
    assert arguments(*declared).filled(word) == value


def test_a_build_argument_counts_where_it_is_declared() -> None:
    given = {"V": "2", "TARGETARCH": "mine", "W": "never declared"}
    assert arguments("V=1", given=given).filled("$V-$TARGETARCH-$W") == "2-mine-"


@pytest.mark.parametrize(
    ("declared", "word"),
    [
        ((), "$BUILDARCH"),
        ((), "${BUILDPLATFORM:-x}"),
        (("V=$BUILDARCH",), "a:$V"),
        (("V=1",), "${V%1}"),
        (("V=1",), "${V/1/2}"),
        (("V=1",), "${V:-$W}"),
        ((), "a$"),
        ((), '"a"'),
        ((), "a\\b"),
    ],
)
def test_what_cannot_be_told(declared: tuple[str, ...], word: str) -> None:
    with pytest.raises(ArgumentError):
        arguments(*declared).filled(word)


def test_a_value_that_changes_with_each_run() -> None:
    found = arguments("V=1", "W=1", changing=frozenset({"V"}), given={"V": "x"})
    assert found.filled("$W") == "1"
    with pytest.raises(ArgumentError, match="the value of V is not known before the build"):
        found.filled("a:$V")


@pytest.mark.parametrize("line", ['A="x', "1=2", "A=b\\ c", "A=x'y'"])
def test_an_arg_line_that_is_not_read(line: str) -> None:
    with pytest.raises(ArgumentError, match="cannot be read"):
        arguments(line)
