"""buildtool.toml as text: a new one, or the one that is there with more tables at its end."""

from __future__ import annotations

import json
import posixpath
import re
import tomllib
from typing import TYPE_CHECKING, Any, NamedTuple

from buildtool.core.image.names import Platform

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from buildtool.core.init.found import Image, Recipe

_REGISTRY_NOTE = "# host[:port][/project]"
_DEFAULT_BRANCHES = frozenset({"main", "master"})


class Top(NamedTuple):
    """The keys that stand above the images. `branches` are the deploy branches."""

    registry: str
    insecure: bool
    branches: Sequence[str]


def new_file(top: Top, images: Sequence[Image]) -> str:
    """A whole buildtool.toml."""
    head = f"registry = {_string(top.registry)}  {_REGISTRY_NOTE}\n"
    if top.insecure:
        head += "insecure = true  # plain HTTP\n"
    tables = [_table(one, top.registry) for one in images]
    if not set(top.branches) <= _DEFAULT_BRANCHES:
        tables.append(f"[tag]\nbranches = {_strings(top.branches)}\n")
    return "\n".join([head, *tables])


def with_images(text: str, registry: str, images: Sequence[Image]) -> str | None:
    """The text with a table for each image at its end; None where the result would not be the old file and these."""
    end = "\r\n" if "\r\n" in text else "\n"
    tables = "\n".join(["", *(_table(one, registry) for one in images)])
    new = text + ("" if text.endswith("\n") or not text else end) + tables.replace("\n", end)
    before, after = _read(text), _read(new)
    added = _read(tables)
    if before is None or after is None or added is None:
        return None
    expected = {**before, "images": {**before.get("images", {}), **added["images"]}}
    return new if after == expected else None


def with_policy(text: str, image: str, policy: str) -> str | None:
    """The text with the policy in the table of one image; None where that is not possible exactly."""
    header = re.compile(rf"^\[images\.(?:{re.escape(image)}|\"{re.escape(image)}\")\][ \t]*(?:#[^\n]*)?$", re.MULTILINE)
    found = header.search(text.replace("\r\n", " \n"))
    before = _read(text)
    if found is None or before is None:
        return None
    end = "\r\n" if text[found.end() - 1 : found.end() + 1] == "\r\n" else "\n"
    at = text.find("\n", found.start())
    line = f"policy = {_string(policy)}"
    new = f"{text[: at + 1]}{line}{end}{text[at + 1 :]}" if at >= 0 else f"{text}{end}{line}"
    before["images"][image]["policy"] = policy
    return new if _read(new) == before else None


def _read(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError):
        return None


def _table(image: Image, registry: str) -> str:
    recipe = image.recipe
    lines = [f"[images.{image.name}]", f"dockerfile = {_string(_dockerfile(recipe))}"]
    if recipe.context:
        lines.append(f"context = {_string(recipe.context)}")
    lines.append(f"platforms = {_strings(str(Platform.parse(one)) for one in image.platforms)}")
    below = registry.partition("/")[2]
    repository = image.path.removeprefix(f"{below}/") if below else image.path
    if repository != image.name:
        lines.append(f"repository = {_string(repository)}")
    if image.policy:
        lines.append(f"policy = {_string(image.policy)}")
    if recipe.target:
        lines.append(f"target = {_string(recipe.target)}")
    if recipe.args:
        lines.append(f"args = {_inline(recipe.args)}")
    if recipe.contexts:
        lines.append(f"contexts = {_inline(recipe.contexts)}")
    return "\n".join(lines) + "\n"


def _dockerfile(recipe: Recipe) -> str:
    """The path as buildtool.toml finds it, which looks in the context first: one outside of it is named from there."""
    context = recipe.context or "."
    inside = context == "." or recipe.dockerfile.startswith(context.rstrip("/") + "/")
    return recipe.dockerfile if inside else posixpath.relpath(recipe.dockerfile, context)


def _inline(values: Mapping[str, str]) -> str:
    return "{ " + ", ".join(f"{_key(name)} = {_string(text)}" for name, text in values.items()) + " }"


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _string(name)


def _strings(values: Iterable[str]) -> str:
    return f"[{', '.join(_string(one) for one in values)}]"


def _string(text: str) -> str:
    """A TOML string; JSON's escapes are TOML's, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
