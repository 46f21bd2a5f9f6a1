from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import pytest

from buildtool.usecases import policy_eval
from buildtool.usecases.policy_eval import evaluate_line, evaluate_stream

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

GOOD = b'{"id":1,"policy":{"numerical":{}},"tags":["1","2"]}'


def _run(chunks: Iterable[bytes]) -> tuple[list[Any], bool, int]:
    """The answers, whether every line was readable, and how often something was written."""
    waiting = iter(chunks)
    written: list[Sequence[Any]] = []

    def write(answers: Sequence[Any]) -> bool:
        written.append(answers)
        return True

    good = evaluate_stream(lambda _: next(waiting, b""), write)
    return [answer for block in written for answer in block], good, len(written)


def test_nothing_more_is_read_when_nobody_wants_an_answer() -> None:
    endless = itertools.repeat(GOOD + b"\n")
    written: list[Any] = []

    def once(answers: Sequence[Any]) -> bool:
        written.extend(answers)
        return False

    assert evaluate_stream(lambda _: next(endless), once)
    assert len(written) == 1


def test_one_answer_a_line_in_order() -> None:
    answers, good, _ = _run([b"".join(GOOD.replace(b"1", str(n).encode(), 1) + b"\n" for n in range(50))])
    assert [answer["id"] for answer in answers] == list(range(50))
    assert good


def test_answers_come_as_soon_as_their_line_is_there() -> None:
    answers, good, writes = _run([GOOD + b"\n" + GOOD[:9], GOOD[9:] + b"\n", GOOD])
    assert (len(answers), good, writes) == (3, True, 3)


def test_a_line_may_come_in_many_pieces() -> None:
    answers, good, _ = _run([GOOD[n : n + 1] for n in range(len(GOOD))])
    assert (answers, good) == ([{"id": 1, "latest": "2", "error": None}], True)


def test_blank_lines_are_passed_over_and_counted() -> None:
    answers, good, _ = _run([b"\n  \n\r\nnonsense\n"])
    assert [(answer["line"], good) for answer in answers] == [(4, False)]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "line 1 column 2"),
        (b"[]", "not a JSON object"),
        (b"7", "not a JSON object"),
        (b"\xff\xfe\x00", "Expecting value"),
        (b"{}", "tags must be"),
        (b'{"tags":[1],"policy":{}}', "tags must be"),
        (b'{"tags":"a","policy":{}}', "tags must be"),
        (b'{"tags":[]}', "policy must be"),
        (b'{"tags":[],"policy":[]}', "policy must be"),
        (b'{"tags":[],"policy":{"numerical":"asc"}}', "spec.policy.numerical must be a mapping"),
        (b'{"tags":[],"policy":{"semver":{"range":1}}}', "spec.policy.semver.range must be text"),
        (b'{"tags":[],"policy":{},"pattern":1}', "pattern must be"),
        (b'{"tags":[],"policy":{},"extract":{}}', "extract must be"),
        (b'{"id":NaN}', "NaN is not JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"id":' + b"1" * 5000 + b"}", "digits"),
    ],
)
def test_a_line_that_cannot_be_read(line: bytes, reason: str) -> None:
    answer, readable = evaluate_line(line, 9)
    assert not readable
    assert answer["line"] == 9
    assert answer["id"] is None
    assert reason in answer["error"]


def test_the_id_is_kept_where_it_can_be_read() -> None:
    assert evaluate_line(b'{"id":{"a":[1]},"tags":7}', 1)[0]["id"] == {"a": [1]}


def test_a_line_without_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy_eval, "MAX_LINE", 100)
    answers, good, _ = _run([b"x" * 60, b"x" * 60, b"x" * 60 + b"\n" + GOOD + b"\n", b"y" * 101])
    assert [answer.get("line", answer["id"]) for answer in answers] == [1, 1, 3]
    assert not good


def test_errors_and_random_answers() -> None:
    failed, _ = evaluate_line(b'{"id":1,"policy":{"numerical":{}},"tags":["x"]}', 1)
    assert failed == {
        "id": 1,
        "latest": None,
        "error": "failed to parse invalid numeric value 'x'",
        "error_class": "not_numeric",
    }
    tied, _ = evaluate_line(b'{"id":1,"pattern":"","policy":{"numerical":{}},"tags":["1","01"]}', 1)
    assert tied == {"id": 1, "latest": None, "error": None, "possible_latest": ["01", "1"]}


def test_no_filter_and_an_empty_filter_are_two_things() -> None:
    body = b'"policy":{"numerical":{}},"tags":["1","01"]}'
    assert evaluate_line(b"{" + body, 1)[0]["latest"] == "01"
    assert evaluate_line(b'{"pattern":null,"extract":null,' + body, 1)[0]["latest"] == "01"
    assert evaluate_line(b'{"extract":"",' + body, 1)[0]["latest"] is None


def test_half_surrogates_and_bad_bytes_are_read_as_go_reads_them() -> None:
    case = b'{"id":"\\ud800","policy":{"alphabetical":{}},"pattern":"^\\ud800$","tags":["\\ud800"]}'
    answer, readable = evaluate_line(case, 1)
    assert readable
    assert answer["latest"] == "\ufffd"
    json.dumps(answer).encode()
    assert evaluate_line(b'{"policy":{"alphabetical":{}},"tags":["\xff"]}', 1)[0]["latest"] == "\ufffd"


@pytest.mark.parametrize(
    "pattern",
    [
        "(" * 5000,
        "a" * 200_000,
        "(?:" * 2000 + ")" * 2000,
        "((a{100}){10}){2}",
        r"(\pL{500}){2}",
        "[" + "a-z" * 9999 + "]",
    ],
)
def test_hostile_patterns_are_answered(pattern: str) -> None:
    line = json.dumps({"pattern": pattern, "policy": {"alphabetical": {}}, "tags": ["a" * 500, "é"]}).encode()
    answer, readable = evaluate_line(line, 1)
    assert readable
    assert (answer["error"] is None) is (answer["latest"] is not None)
