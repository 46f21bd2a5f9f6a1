"""What fails after tags were written is told together with the tags: the run must not look as if nothing happened."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from buildtool.adapters.signals import ignore_all
from buildtool.cli.bug import report
from buildtool.errors import AFTER_PUBLISHING, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from buildtool.cli.output import Output

_GONE = "the reader of stdout went away, so the result was not shown in full"


@contextmanager
def told_after_publishing(
    output: Output, done: Callable[[], Sequence[str]], *, what: str = "published", again: str
) -> Iterator[None]:
    """Raises after-publishing for whatever fails inside once `done` names something; else that failure itself.

    `done` gives the references that were written by now, `what` is what was done with them, and `again` says what
    running the same command again does.
    """
    try:
        yield
        if output.reader_gone and done():
            raise OSError(_GONE)  # noqa: TRY301 -- one way out
    except (Exception, KeyboardInterrupt) as error:
        if not done():
            raise
        ignore_all()
        fix = f"{error.fix}; {again}" if isinstance(error, BuildtoolError) else again
        message = f"{what} {', '.join(dict.fromkeys(done()))}; then: {_words(output, error)}"
        raise BuildtoolError(AFTER_PUBLISHING, message, fix=fix) from error


def _words(output: Output, error: BaseException) -> str:
    if isinstance(error, BuildtoolError):
        return f"{error.place}: {error.message}" if error.place else error.message
    if isinstance(error, KeyboardInterrupt) or isinstance(error.__cause__, KeyboardInterrupt):
        return "interrupted"
    if isinstance(error, OSError):
        return str(error)
    output.say(report(error))
    return f"a bug in buildtool, reported above: {type(error).__name__}"
