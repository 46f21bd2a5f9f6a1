"""PyYAML, imported when it is first needed: that takes 10 ms, and `--help` does not need it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any


@lru_cache(maxsize=1)
def pyyaml() -> Any:
    """The module `yaml`."""
    import yaml  # noqa: PLC0415

    return yaml
