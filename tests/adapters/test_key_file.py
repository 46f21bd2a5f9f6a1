"""The key of the signatures, from a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.key_file import read_key
from buildtool.errors import USAGE, BuildtoolError

if TYPE_CHECKING:
    from pathlib import Path


def test_every_byte_counts(tmp_path: Path) -> None:
    (tmp_path / "token").write_bytes(b"token\n\x00")
    assert read_key(tmp_path / "token") == b"token\n\x00"


@pytest.mark.parametrize("content", [b"", b"x" * 4097, None])
def test_no_key(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "token").write_bytes(content)
    with pytest.raises(BuildtoolError) as raised:
        read_key(tmp_path / "token")
    assert raised.value.kind is USAGE
    assert str(tmp_path / "token") in raised.value.message
