"""What an image is known to be made from: pairs of the digest of its inputs and its base images.

The labels of a published image name one pair. Another build may have had the same content: then the image stays as it
is, and what it was made from this time is only remembered on this machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

Making = tuple[str, str]  # the label of the inputs, and that of the base images ("" for none that are known)
Makings = tuple[Making, ...]
_MOST = 20


def with_making(known: Makings | None, made: Making) -> Makings:
    """The newest ones, this at the end."""
    return (*(one for one in known or () if one != made), made)[-_MOST:]


def dump(makings: Makings) -> Any:
    return [list(one) for one in makings]


def load(document: Any) -> Makings:
    """Raises ValueError or TypeError for JSON of another form."""
    return tuple(_making(one) for one in document)[-_MOST:]


def _making(entry: Sequence[Any]) -> Making:
    inputs, bases = entry
    if not isinstance(inputs, str) or not isinstance(bases, str):
        raise TypeError("a making is two texts")
    return inputs, bases
