"""The archive's address comes from the machine, in either of apt's two formats."""

from __future__ import annotations

import pytest

from realparts.sources import Archive, find

DEB822 = """\
Types: deb
# a comment
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
"""
KEYRING = {"Signed-By": "/usr/share/keyrings/debian-archive-keyring.gpg"}


@pytest.mark.parametrize(
    ("name", "text", "archive"),
    [
        ("debian.sources", DEB822, Archive("http://mirror.example/debian", KEYRING)),
        (
            "sources.list",
            "deb http://mirror.example/debian bookworm main\n",
            Archive("http://mirror.example/debian", {}),
        ),
        (
            "sources.list",
            (
                "deb-src http://other.example/debian bookworm main\n"
                "deb http://other.example/debian bookworm-updates main\n"
                "deb [signed-by=/k.gpg arch=amd64] http://mirror.example/debian bookworm main contrib # here\n"
            ),
            Archive("http://mirror.example/debian", {"Signed-By": "/k.gpg"}),
        ),
        (
            "sources.list",
            "deb [trusted=yes] file:/srv/debian bookworm main\n",
            Archive("file:/srv/debian", {"Trusted": "yes"}),
        ),
        ("vendor.list", "deb https://vendor.example/apt stable main\n", None),
        ("off.sources", "Enabled: no\n" + DEB822.partition("\n\n")[0], None),
        ("empty.sources", "", None),
    ],
)
def test_the_archive_of_this_release_is_found(name: str, text: str, archive: Archive | None) -> None:
    assert find("bookworm", [(name, text)]) == archive


def test_the_first_file_that_serves_it_wins() -> None:
    files = [("vendor.list", "deb https://vendor.example/apt stable main"), ("debian.sources", DEB822)]
    found = find("bookworm", files)
    assert found is not None
    assert found.stanza("trixie") == (
        "Types: deb\nURIs: http://mirror.example/debian\nSuites: trixie\nComponents: main\n"
        "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n"
    )


def test_a_key_written_into_the_source_is_kept_line_by_line() -> None:
    text = "Types: deb\nURIs: u\nSuites: bookworm\nComponents: main\nSigned-By:\n -----BEGIN\n .\n abc\n"
    found = find("bookworm", [("debian.sources", text)])
    assert found is not None
    assert found.options["Signed-By"] == "\n -----BEGIN\n .\n abc"
