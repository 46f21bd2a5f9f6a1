"""The doors that text leaves by."""

from __future__ import annotations

import json

from buildtool.core.commit.checkout import source_url
from buildtool.core.text import printable
from buildtool.core.text.globs import matches
from buildtool.core.text.secrets import Secrets
from fuzz.target import Target


def _doors(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    shown = printable.terminal(text) + printable.one_line(text) + printable.markdown(text) + printable.mermaid(text)
    shown += printable.workflow_command("error", {"file": text}, text) + printable.markdown_code(text)
    assert all(one.isprintable() or one in "\n\t" for one in shown)
    assert json.loads(printable.json_text([text])) == [text]


def _secrets(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    secrets = Secrets()
    secrets.add("hunter22")
    secrets.learn({"HTTP_PROXY": text, "MY_TOKEN": text[:50]})
    assert "hunter22" not in secrets.clean(text + " hunter22")


def _globs(data: bytes) -> None:
    glob, _, path = data.decode("utf-8", "replace").partition("\n")
    matches(path[:300], (glob[:300],))


TARGETS = (
    Target("doors", (b"::error::x\n##[group]\x1b[31m", b"| a | `b` <c> [d](e)"), _doors, share=0.3),
    Target("secrets", (b"https://u:p@h/x Authorization: Basic aHVudGVyMjI=", b"authorization:    x"), _secrets),
    Target("globs", (b"**/[a-z]*.py\nsrc/a/b.py", b"src/\nsrc/x"), _globs),
    Target(
        "remote",
        (b"git@github.com:o/r.git", b"https://u:p@h:1/o/r?x#y"),
        lambda d: source_url(d.decode("utf-8", "replace")),
    ),
)
