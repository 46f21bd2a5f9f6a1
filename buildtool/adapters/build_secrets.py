"""The values of build secrets, so that nothing printed shows them; BuildKit gets them from buildx, never from here."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from buildtool.core.text.secrets import Secrets

_MOST_BYTES = 1 << 20


def remember(declared: Sequence[str], root: Path, environment: Mapping[str, str], secrets: Secrets) -> None:
    """Read what `id=…,env=NAME`, `id=…,src=FILE` and `id=NAME` stand for; buildx says when a source is missing."""
    for secret in declared:
        fields = dict(field.partition("=")[::2] for field in secret.split(","))
        name = fields.get("env") or (fields.get("id", "") if not {"src", "source"} & fields.keys() else "")
        if name:
            secrets.add(environment.get(name))
        file = fields.get("src") or fields.get("source")
        if file:
            try:
                with (root / file).open("rb") as handle:
                    secrets.add(handle.read(_MOST_BYTES).decode("utf-8", "replace"))
            except OSError:
                continue
