from __future__ import annotations

import pytest

from buildtool.adapters.registry.http.answer import Answer, Fault, clean


def of(body: bytes) -> Answer:
    return Answer("GET", "http://h/v2/", 404, {}, body)


def test_the_registrys_own_words() -> None:
    answer = of(b'{"errors":[{"code":"DENIED","message":"quota"},{"code":"X"},{"message":"only words"},7]}')
    assert answer.faults == (Fault("DENIED", "quota"), Fault("X", ""), Fault("", "only words"))
    assert answer.words == "DENIED: quota; X; only words"
    assert answer.has("X")
    assert not answer.has("quota")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"\xff\x00",
        b"[]",
        b'{"errors":7}',
        b'{"errors":null}',
        b"[" * 100_000,
        b'{"errors":[{"code":1}]}',
    ],
)
def test_what_is_no_answer_of_a_registry_says_nothing(body: bytes) -> None:
    assert of(body).words == ""


def test_foreign_text_cannot_paint_the_terminal() -> None:
    assert clean("red \x1b[31m\r\nnext\u202e line") == "red  [31m next  line"
    assert clean(None) == ""
    assert len(clean("x" * 100_000)) < 400


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"details":"incorrect username or password"}', "incorrect username or password"),
        (b'{"error":"Invalid robot","message":"Could not find robot"}', "Could not find robot"),
        (b'{"message":{"a":1},"error":"denied\\u001b[31m"}', "denied [31m"),
        (b'{"errors":[{"code":"DENIED"}],"message":"beside"}', "DENIED"),
    ],
)
def test_words_without_a_list_of_errors(body: bytes, words: str) -> None:
    assert of(body).words == words
    assert Answer("GET", "http://h/", 200, {}, body).words in {"", "DENIED"}, "a success has no words"
