"""`htpasswd` Basic authentication, the way distribution reads it: bcrypt only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import bcrypt

if TYPE_CHECKING:
    from pathlib import Path

USER, PASSWORD = "robot$builder", "basic-s3cr3t: & $igns"


def htpasswd(folder: Path) -> dict[str, Any]:
    """Write the file and give the `auth` section of a registry that reads it."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "htpasswd"
    hashed = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(rounds=4)).decode()
    file.write_text(f"{USER}:{hashed}\n", encoding="utf-8")
    return {"htpasswd": {"realm": "test", "path": str(file)}}
