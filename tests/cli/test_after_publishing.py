"""Whatever fails once something is published is told with it; before that it is what it is."""

from __future__ import annotations

import pytest

from buildtool.cli.after_publishing import told_after_publishing
from buildtool.cli.output import Output
from buildtool.core.text.secrets import Secrets
from buildtool.errors import AFTER_PUBLISHING, CI_FILE, BuildtoolError, Exit

REFERENCES = ["h/web:t", "h/api:t", "h/web:t"]
FAILURES = [
    (BuildtoolError(CI_FILE, "full", place="/out"), "/out: full", f"{CI_FILE.fix}; again"),
    (KeyboardInterrupt(), "interrupted", "again"),
    (OSError(28, "No space left on device"), "No space left on device", "again"),
    (ZeroDivisionError("x"), "a bug in buildtool, reported above: ZeroDivisionError", "again"),
]


def output() -> Output:
    return Output(Secrets(), color=False)


def fail(error: BaseException) -> None:
    raise error


@pytest.mark.parametrize(("error", "words", "fix"), FAILURES, ids=lambda value: type(value).__name__)
def test_after_publishing(error: BaseException, words: str, fix: str, capsys: pytest.CaptureFixture[str]) -> None:
    with (
        pytest.raises(BuildtoolError) as caught,
        told_after_publishing(output(), lambda: REFERENCES, again="again"),
    ):
        fail(error)
    assert (caught.value.kind, caught.value.kind.exit) == (AFTER_PUBLISHING, Exit.AFTER_PUBLISHING)
    assert caught.value.message.startswith("published h/web:t, h/api:t; then: ")
    assert caught.value.message.endswith(words)
    assert caught.value.fix == fix
    assert ("This is a bug" in capsys.readouterr().err) == isinstance(error, ZeroDivisionError)


@pytest.mark.parametrize(("error", "_words", "_fix"), FAILURES, ids=lambda value: type(value).__name__)
def test_before_publishing(error: BaseException, _words: str, _fix: str) -> None:
    with pytest.raises(type(error)) as caught, told_after_publishing(output(), list, again="again"):
        fail(error)
    assert caught.value is error


@pytest.mark.parametrize("done", [[], REFERENCES])
def test_a_reader_that_went_away(done: list[str]) -> None:
    """With nothing published the run ends as it would have."""
    writer = output()
    ended: BuildtoolError | None = None
    try:
        with told_after_publishing(writer, lambda: done, what="withdrew", again="again"):
            writer.reader_gone = True
    except BuildtoolError as error:
        ended = error
    assert (ended is not None) == bool(done)
    if ended is not None:
        assert ended.message == (
            "withdrew h/web:t, h/api:t; then: the reader of stdout went away, so the result was not shown in full"
        )


def test_a_good_end(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is said, and what was published is not even asked for."""
    asked = iter([REFERENCES])
    with told_after_publishing(output(), lambda: next(asked), again="again"):
        ended = True
    assert (ended, list(asked)) == (True, [REFERENCES])
    assert "".join(capsys.readouterr()) == ""
