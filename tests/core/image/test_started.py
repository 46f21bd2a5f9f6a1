"""What an image starts, followed through its working directory, PATH, links, scripts, shells and inits."""

from __future__ import annotations

import pytest

from buildtool.core.image.programs import FileKind, LayerEntry, merge
from buildtool.core.image.started import Command, wrong_program
from tests.core.image.test_programs import AMD, ARM, elf, layer

SH = b'#!/bin/sh\nexec "$@"\n'
WRONG = "{}, which the image starts, is a program for amd64"


def test_the_program_itself() -> None:
    files = merge([layer({"app": AMD})])
    assert wrong_program(files, Command(["/app"]), "amd64") is None
    assert wrong_program(files, Command(["/app"]), "arm64") == WRONG.format("/app")


def test_a_script_runs_by_its_interpreter_through_links() -> None:
    """As in most images: an entrypoint script, /bin a link to usr/bin, sh a link to busybox."""
    base = layer({"bin": "usr/bin", "usr/bin/sh": "busybox", "usr/bin/busybox": AMD})
    files = merge([base, layer({"entrypoint.sh": b"#!/bin/sh\nexec nginx"})])
    assert wrong_program(files, Command(["/entrypoint.sh", "x"]), "amd64") is None
    assert "/usr/bin/busybox" in (wrong_program(files, Command(["/entrypoint.sh"]), "arm64") or "")


def test_a_name_is_looked_up_in_the_images_own_path() -> None:
    files = merge([layer({"opt/x/run": ARM, "usr/bin/run": AMD})])
    assert wrong_program(files, Command(["run"], ["PATH=/opt/x:/usr/bin"]), "arm64") is None
    assert wrong_program(files, Command(["run"]), "arm64") is not None


def test_without_a_known_entrypoint_all_programs_must_be_wrong() -> None:
    assert "other platforms" in (wrong_program(merge([layer({"a": AMD, "b": AMD})]), Command([]), "arm64") or "")
    assert wrong_program(merge([layer({"a": AMD, "b": ARM})]), Command(["/nowhere"]), "arm64") is None


def test_no_program_at_all_is_fine() -> None:
    assert wrong_program(merge([layer({"index.html": b"<html>"})]), Command([]), "arm64") is None
    assert wrong_program({}, Command([]), "arm64") is None


def test_programs_of_the_smaller_sibling_run() -> None:
    assert wrong_program(merge([layer({"a": elf(3, bits=1)})]), Command(["/a"]), "amd64") is None


def test_links_in_a_circle_end() -> None:
    files = merge([layer({"a": "b", "b": "a", "s": b"#!/s\n"})])
    assert wrong_program(files, Command(["/a"]), "arm64") is None
    assert wrong_program(files, Command(["/s"]), "arm64") is None


def test_a_file_that_is_not_executable_is_no_program() -> None:
    assert wrong_program(merge([layer({"lib.so": AMD}, mode=0o644)]), Command([]), "arm64") is None


@pytest.mark.parametrize(
    "program", ["./server", "server", "../app/./server", "bin/../server", "/app/server", "/./app/server"]
)
def test_names_count_from_the_working_directory(program: str) -> None:
    """`WORKDIR /app`, `CMD ["./server"]`: a file of another architecture elsewhere must not be taken for it."""
    files = merge([layer({"app/server": AMD, "server": ARM, "other": ARM})])
    command = Command([program], ["PATH=/usr/bin:."], "/app")
    assert wrong_program(files, command, "arm64") == WRONG.format("/app/server")
    assert wrong_program(files, command, "amd64") is None


@pytest.mark.parametrize(
    ("search", "found"),
    [(".:/usr/bin", "/app/run"), (":/usr/bin", "/app/run"), ("bin", "/app/bin/run"), ("./bin/.", "/app/bin/run")],
)
def test_folders_of_path_count_from_the_working_directory(search: str, found: str) -> None:
    files = merge([layer({"app/run": AMD, "app/bin/run": AMD, "usr/bin/run": ARM})])
    assert wrong_program(files, Command(["run"], [f"PATH={search}"], "/app"), "arm64") == WRONG.format(found)


@pytest.mark.parametrize(
    "words",
    [
        ["/entry.sh", "server", "--port", "80"],
        ["./entry.sh", "./server"],
        ["sh", "/entry.sh", "server"],
        ["/entry.sh", "/entry.sh", "server"],
        ["tini", "-g", "--", "server"],
        ["tini", "--", "/entry.sh", "server"],
        ["sh", "-c", "exec ./server --port 80"],
        ["/bin/sh", "-c", "  server"],
    ],
)
def test_the_program_behind_a_script_a_shell_or_an_init_counts(words: list[str]) -> None:
    """All of those that start it are of the right architecture."""
    base = layer({"bin/sh": ARM, "sbin/tini": ARM, "app/entry.sh": SH, "entry.sh": SH})
    command = Command(words, ["PATH=/bin:/sbin:/app"], "/app")
    assert wrong_program(merge([base, layer({"app/server": AMD})]), command, "arm64") == WRONG.format("/app/server")
    assert wrong_program(merge([base, layer({"app/server": ARM})]), command, "arm64") is None


def test_the_interpreter_counts_as_much_as_what_the_script_starts() -> None:
    files = merge([layer({"bin/sh": AMD, "entry.sh": SH, "server": ARM})])
    assert wrong_program(files, Command(["/entry.sh", "/server"]), "arm64") == WRONG.format("/bin/sh")


@pytest.mark.parametrize(
    "words",
    [
        ["/entry.sh"],
        ["/entry.sh", "--verbose", "/data/firmware"],
        ["/tool", "/data/firmware"],
        ["/bin/sh", "-c", "cd /data && /tool"],
        ["/bin/sh", "-c", "$PROGRAM /data/firmware"],
        ["/bin/sh", "-x"],
        ["tini"],
    ],
)
def test_what_is_no_program_of_the_command_is_none(words: list[str]) -> None:
    """Arguments of programs are theirs: a file of another architecture is not started by being named."""
    base = {"bin/sh": ARM, "tool": ARM, "entry.sh": SH, "sbin/tini": ARM, "data/firmware": AMD}
    assert wrong_program(merge([layer(base)]), Command(words), "arm64") is None


@pytest.mark.parametrize("words", [["/entry.sh"] * 1000, ["/loop"], ["sh"] * 5])
def test_what_starts_itself_for_ever_ends(words: list[str]) -> None:
    files = merge([layer({"entry.sh": SH, "loop": b"#!/loop\n", "bin/sh": ARM})])
    assert wrong_program(files, Command(words), "arm64") is None
    assert files["/bin/sh"] == LayerEntry(FileKind.ELF, "arm64")
