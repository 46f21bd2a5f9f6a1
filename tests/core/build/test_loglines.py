from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.build.loglines import LONGEST, LogLines, Tail


def lines(*pieces: bytes) -> list[str]:
    reader = LogLines()
    return [line for piece in pieces for line in reader.feed(piece)] + reader.end()


@pytest.mark.parametrize(
    ("pieces", "wanted"),
    [
        ([b"a\nb\n"], ["a", "b"]),
        ([b"a", b"b\nc"], ["ab", "c"]),
        ([b"a\r\nb\r", b"\n"], ["a", "b"]),
        ([b"10%\r20%\r30%\n"], ["30%"]),
        ([b"10%\r", b"20%\r", b"30%"], ["30%"]),
        ([b"10%", b"\r20%"], ["20%"]),
        ([b"10%\r"], ["10%"]),
        ([b"\xc3", b"\xa9\n"], ["é"]),
        ([b"\xc3"], ["\ufffd"]),
        ([b"", b"\n\n"], ["", ""]),
    ],
)
def test_lines(pieces: list[bytes], wanted: list[str]) -> None:
    assert lines(*pieces) == wanted


def test_a_line_of_any_length_is_cut_and_said_to_be() -> None:
    pieces = [b"x" * 1000] * 200
    assert lines(*pieces, b"\ny") == ["x" * LONGEST + "…", "y"]


def test_a_progress_bar_without_end_takes_no_space() -> None:
    reader = LogLines()
    assert [line for number in range(100_000) for line in reader.feed(f"\r{number}%".encode())] == []
    assert reader.end() == ["99999%"]


@given(st.lists(st.text("ab\r\né", max_size=5)))
def test_where_the_pieces_end_does_not_matter(pieces: list[str]) -> None:
    whole = "".join(pieces).encode()
    assert lines(*(piece.encode() for piece in pieces)) == lines(whole) == lines(*(bytes([one]) for one in whole))


@given(st.lists(st.text(max_size=9)), st.integers(1, 20))
def test_a_tail(pieces: list[str], size: int) -> None:
    tail = Tail(size)
    for piece in pieces:
        tail.add(piece)
    assert str(tail) == "".join(pieces)[-size:]
