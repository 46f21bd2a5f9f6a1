"""Where a build secret comes from, as buildx reads `id=npm,env=NPM_TOKEN`, `id=npm,src=FILE` and `id=npm`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SecretSource:
    """`variable` and `file` are the places buildx looks at, in this order; empty where it does not look there."""

    name: str
    variable: str
    file: str


def secret_source(declared: str) -> SecretSource:
    """A declaration that the configuration has checked."""
    fields = {key.lower(): value for key, _, value in (part.partition("=") for part in declared.split(","))}
    name, variable = fields.get("id", ""), fields.get("env", "")
    file = fields.get("src") or fields.get("source") or ""
    if not variable and not file:
        only = fields.get("type")
        return SecretSource(name, "" if only == "file" else name, "" if only == "env" else name)
    if fields.get("type") == "env" and not variable:
        return SecretSource(name, file, "")
    return SecretSource(name, variable, "" if variable else file)
