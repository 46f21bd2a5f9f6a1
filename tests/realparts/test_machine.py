from __future__ import annotations

from dataclasses import replace

import pytest

from realparts import machine
from tests.realparts.machines import BOOKWORM, FEDORA, MAC


def test_os_release_is_read_as_its_manual_says() -> None:
    text = "# a comment\nID=debian\nVERSION_CODENAME=\"bookworm\"\nPRETTY_NAME='Debian'\n\nbroken line\n"
    assert machine.parse_os_release(text) == {
        "ID": "debian",
        "VERSION_CODENAME": "bookworm",
        "PRETTY_NAME": "Debian",
    }


def test_this_machine_is_known() -> None:
    here = machine.read()
    assert here.system in {"Linux", "Darwin"}
    assert here.arch in {"amd64", "arm64"}


@pytest.mark.parametrize(
    ("here", "installs"),
    [(BOOKWORM, True), (replace(BOOKWORM, root=False), False), (FEDORA, False), (MAC, False)],
)
def test_only_root_with_apt_installs(here: machine.Machine, *, installs: bool) -> None:
    assert here.installs is installs


def test_the_foreign_architecture_is_the_other_one() -> None:
    assert (BOOKWORM.foreign, BOOKWORM.foreign_qemu) == ("arm64", "aarch64")
    assert (MAC.foreign, MAC.foreign_qemu) == ("amd64", "x86_64")
