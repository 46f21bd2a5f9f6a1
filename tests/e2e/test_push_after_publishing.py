"""What fails after the tags are written: the run says that they are published, and ends with a code of its own."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import registry_view
from tests.support.buildtool import Ran, buildtool
from tests.support.httpserver import forward, serve
from tests.support.shop import Shop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from tests.support.httpserver import Handler, Question

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]
PUBLISHED = 17


@pytest.fixture
def shop(tmp_path: Path, upstream: str) -> Shop:
    return Shop(tmp_path / "shop", f"{upstream}/{tmp_path.name.replace('_', '-').strip('-')[-40:]}", {}, tiny=True)


def published(shop: Shop, host: str) -> set[str]:
    """The final tags of both images: one tag, or the test fails."""
    project = shop.registry.partition("/")[2]
    tags = [registry_view.tags(host, f"{project}/{name}") - {"unproven"} for name in ("web", "api")]
    assert tags[0] == tags[1]
    return tags[0]


def push(shop: Shop, engine: Mapping[str, str], *arguments: str, stdout: Any, **env: str) -> Ran:
    argv = [sys.executable, "-m", "buildtool", "push", *arguments]
    environment = {**os.environ, **engine, **env}
    done = subprocess.run(
        argv, cwd=shop.folder, env=environment, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False
    )
    return Ran(done.returncode, "", done.stderr)


@contextlib.contextmanager
def nobody_reads() -> Iterator[int]:
    reading, writing = os.pipe()
    os.close(reading)
    yield writing
    os.close(writing)


@contextlib.contextmanager
def full_disk() -> Iterator[int]:
    descriptor = os.open("/dev/full", os.O_WRONLY)
    yield descriptor
    os.close(descriptor)


@pytest.mark.parametrize("arguments", [(), ("--json",)], ids=["table", "json"])
@pytest.mark.parametrize(
    ("stdout", "words"), [(nobody_reads, "the reader of stdout went away"), (full_disk, "No space left on device")]
)
def test_stdout_takes_nothing(
    shop: Shop,
    upstream: str,
    engine: Mapping[str, str],
    tmp_path: Path,
    stdout: Callable[[], contextlib.AbstractContextManager[int]],
    words: str,
    arguments: tuple[str, ...],
) -> None:
    """The metadata file and the runner's files are written all the same."""
    files = {name: tmp_path / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    metadata = tmp_path / "metadata.json"
    with stdout() as descriptor:
        variables = {name: str(path) for name, path in files.items()}
        ran = push(
            shop, engine, *arguments, "--metadata-file", str(metadata), stdout=descriptor, GITHUB_ACTIONS="true",
            **variables,
        )  # fmt: skip
    assert ran.code == PUBLISHED, ran
    [tag] = published(shop, upstream)
    for name in ("web", "api"):
        assert f"{shop.registry}/{name}:{tag}" in ran.stderr
    assert f"error: published {shop.registry}/" in ran.stderr
    assert words in ran.stderr
    assert "Traceback" not in ran.stderr
    assert json.loads(metadata.read_text(encoding="utf-8"))["tag"] == tag
    assert f"\n{tag}\n" in files["GITHUB_OUTPUT"].read_text(encoding="utf-8")
    assert f"Published `{tag}`" in files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")
    with stdout() as descriptor:
        again = push(shop, engine, *arguments, stdout=descriptor)
    assert again.code == (0 if stdout is nobody_reads else 2), again
    assert published(shop, upstream) == {tag}


def through(
    shop: Shop, upstream: str, engine: Mapping[str, str], meanwhile: Callable[[str, int], None], **env: str
) -> Ran:
    """A push through a proxy; `meanwhile` is called after each manifest that the registry took: its tag, the process.

    The answer to the push waits for it.
    """
    running: list[subprocess.Popen[str]] = []

    def answer(handler: Handler, question: Question) -> None:
        reply = forward(upstream, question)
        if question.method == "PUT" and "/manifests/" in question.target:
            meanwhile(question.target.rpartition("/")[2], running[0].pid)
        handler.reply(reply)

    with serve(answer) as host:
        shop.configure(registry=shop.registry.replace(upstream, host))
        shop.commit("through a proxy")
        argv = [sys.executable, "-m", "buildtool", "push", "--json"]
        environment = {**os.environ, **engine, **env}
        pipe = subprocess.PIPE
        with subprocess.Popen(argv, cwd=shop.folder, env=environment, stdout=pipe, stderr=pipe, text=True) as process:
            running.append(process)
            out, said = process.communicate(timeout=240)
    return Ran(process.returncode, out, said)


@pytest.mark.parametrize("variable", ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"])
def test_a_file_of_the_runner_that_is_no_file_any_more(
    shop: Shop, upstream: str, engine: Mapping[str, str], tmp_path: Path, variable: str
) -> None:
    """It could be written before the build; whoever took it away is another step."""
    file = tmp_path / "runner"
    done: list[str] = []

    def replaced(tag: str, _pid: int) -> None:
        if not done:
            done.append(tag)
            file.unlink()
            file.mkdir()

    ran = through(shop, upstream, engine, replaced, **{variable: str(file)})
    assert ran.code == PUBLISHED, ran
    [tag] = published(shop, upstream)
    assert "error: published " in ran.stderr
    assert f"/web:{tag}" in ran.stderr
    assert str(file) in ran.stderr
    assert ran.document["tag"] == tag, "the result is printed all the same"


def _kill(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("pauses", [(), (0.01, 0.1, 0.3, 0.3, 0.3)], ids=["once", "again-and-again"])
def test_an_interruption_after_the_last_tag(
    shop: Shop, upstream: str, engine: Mapping[str, str], number: signal.Signals, pauses: tuple[float, ...]
) -> None:
    """Whoever presses ^C again while the run ends changes nothing about what it says."""
    written: list[str] = []
    lock = threading.Lock()

    def interrupted(tag: str, pid: int) -> None:
        with lock:
            if tag != "unproven":
                written.append(tag)
            if tag == "unproven" or len(written) != 2:
                return
        os.kill(pid, number)
        for wait in itertools.accumulate(pauses):
            threading.Timer(wait, _kill, [pid, number]).start()

    ran = through(shop, upstream, engine, interrupted)
    assert ran.code == PUBLISHED, ran
    [tag] = published(shop, upstream)
    assert written == [tag, tag]
    assert "error: published " in ran.stderr
    assert "then: interrupted" in ran.stderr


def test_a_refusal_before_publishing_keeps_its_own_code(shop: Shop, upstream: str, engine: Mapping[str, str]) -> None:
    shop.write("web/index.txt", "uncommitted\n")
    with nobody_reads() as descriptor:
        ran = push(shop, engine, "--json", stdout=descriptor)
    assert ran.code == 3, ran
    assert published(shop, upstream) == set()


def test_a_failed_step_is_annotated_at_its_line(shop: Shop, engine: Mapping[str, str], tmp_path: Path) -> None:
    shop.write("api/Dockerfile", "FROM scratch\n\nCOPY index.txt /\nCOPY missing.txt /\n")
    shop.commit("a file that is not there")
    summary = tmp_path / "summary"
    ran = buildtool(
        "push", "--json", cwd=shop.folder,
        env={**engine, "GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary), "GITHUB_REF_TYPE": "branch",
             "GITHUB_REF_NAME": "main"},
    )  # fmt: skip
    assert (ran.code, ran.stdout) == (12, ""), ran
    [line] = [line for line in ran.stderr.splitlines() if line.startswith("::error ")]
    assert line.startswith("::error file=api/Dockerfile,line=4,title=")
    assert "missing.txt" in line
    assert "api/Dockerfile:4" in summary.read_text(encoding="utf-8")


def test_what_lies_outside_is_named_here_and_refused_in_ci(
    shop: Shop, upstream: str, engine: Mapping[str, str]
) -> None:
    (shop.folder.parent / "note").write_text("a note\n", encoding="utf-8")
    shop.configure(web='secrets = ["id=note,src=../note"]')
    shop.commit("a secret outside")
    refused = buildtool("push", cwd=shop.folder, env={**engine, "CI": "true"})
    assert refused.code == 3, refused
    assert f"web: secrets reads {shop.folder.parent}/note" in refused.stderr
    assert "buildtool.toml:" in refused.stderr
    assert published(shop, upstream) == set()
    for environment, arguments in (({"CI": "true"}, ["--allow-outside"]), ({}, [])):
        ran = buildtool("push", "--json", *arguments, cwd=shop.folder, env={**engine, **environment})
        assert ran.code == 0, ran
        [outside] = ran.document["outside"]
        assert outside == {
            "image": "web",
            "key": "secrets",
            "path": f"{shop.folder.parent}/note",
            "access": "read",
        }
        assert f"outside   web: secrets reads {shop.folder.parent}/note" in ran.stderr
