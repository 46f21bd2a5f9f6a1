r"""Names for images: what a name may hold, and how several are told apart.

>>> as_name("Shop_Web.v2")
'shop-web-v2'
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from buildtool.core.init.found import Recipe

_LONGEST = 50  # characters: a Kubernetes name has 63, and a number may follow
_FALLBACK = "image"


def as_name(text: str) -> str:
    """The text as a name of an image, of a Flux object and of a repository: small letters, digits, and `-` between."""
    name = re.sub(r"[^a-z0-9]+", "-", text.lower())[:_LONGEST].strip("-")
    return f"{name}-{_FALLBACK}" if len(name) == 1 else name  # Flux refuses a path of one character


def unique(recipes: Sequence[Recipe], repository: str, taken: Collection[str] = ()) -> list[str]:
    """A name for each, in order: its hint, where two have the same with the folders above it, then with a number.

    `repository` names what has no hint; `taken` are names that others have already.
    """
    used = set(taken)
    names: list[str] = []
    for recipe in recipes:
        options = [as_name(recipe.hint or repository) or _FALLBACK, *_longer(recipe)]
        name = next((one for one in options if one not in used), "") or _numbered(options[0], used)
        used.add(name)
        names.append(name)
    return names


def _longer(recipe: Recipe) -> list[str]:
    """The hint with one more folder each time: `web`, `services-web`, `shop-services-web`; and the target behind it."""
    folders = [*posixpath.dirname(recipe.dockerfile).split("/")]
    base = as_name(recipe.hint)
    if folders and as_name(folders[-1]) == base:
        folders.pop()
    found = [as_name(f"{recipe.hint}-{recipe.target}")] if recipe.target else []
    found += [as_name("-".join([*folders[index:], recipe.hint])) for index in reversed(range(len(folders)))]
    return [name for name in found if name]


def _numbered(name: str, used: Collection[str]) -> str:
    number = 2
    while f"{name}-{number}" in used:
        number += 1
    return f"{name}-{number}"
