"""A repository in memory, for `check`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from buildtool.core.flux.unreadable import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass
class MemoryFiles:
    """Texts by path; `refuse` maps a path to the rule's code and the reason why it cannot be read.

    `leads` maps a symbolic link to the path that it leads to.
    """

    texts: Mapping[str, str | bytes]
    refuse: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    leads: Mapping[str, str] = field(default_factory=dict)

    def paths(self) -> Sequence[str]:
        return sorted({*self.texts, *self.refuse, *self.leads})

    def links(self) -> Mapping[str, str]:
        return {link: path if path in self.texts else "" for link, path in self.leads.items()}

    def read(self, path: str) -> bytes:
        path = self.leads.get(path, path)
        if path in self.refuse:
            code, reason = self.refuse[path]
            raise UnreadableError(reason, code=code)
        if path not in self.texts:
            raise UnreadableError("No such file or directory", missing=True)
        value = self.texts[path]
        return value.encode() if isinstance(value, str) else value
