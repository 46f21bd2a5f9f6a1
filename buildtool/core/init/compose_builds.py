"""The `build:` sections of a compose file -> what they build, as paths from the root of the repository."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from buildtool.core.flux.tree.layers import split_image
from buildtool.core.init.found import Recipe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.yaml.node import Node

_REMOTE = re.compile(r"[a-z0-9+.-]+://|git@|github\.com/", re.IGNORECASE)
_VARIABLE = re.compile(r"\$\$|\$\{(?P<name>\w+)(?::?-(?P<default>[^${}]*))?\}|\$\w+|\$")
_SERVICE = "service:"
_ARGUMENT = re.compile(r"[A-Za-z_]\w*\Z", re.ASCII)


class ComposeBuild(NamedTuple):
    """A service that is built: what it builds, or why that cannot be taken over. `notes` say what was left out."""

    service: str
    line: int
    recipe: Recipe | None
    why_not: str = ""
    notes: tuple[str, ...] = ()


def builds(path: str, root: Node) -> Iterator[ComposeBuild]:
    """Every service of the file with a `build`, in order."""
    services = root.get("services")
    for key, service in services.pairs if services is not None else ():
        build = service.real.get("build")
        if build is not None and (build.text or build.pairs):
            yield _Service(path, key.text, service.real, build).read(key.line)


def resolved(text: str) -> str | None:
    """The text with the defaults of its variables (`${NAME:-default}`); None where one has none."""
    parts: list[str] = []
    position = 0
    for found in _VARIABLE.finditer(text):
        if found[0] != "$$" and found["default"] is None:
            return None
        parts += [text[position : found.start()], "$" if found[0] == "$$" else found["default"]]
        position = found.end()
    return "".join(parts) + text[position:]


class _CannotBeReadError(Exception):
    pass


class _Service:
    """One service; paths in it count from the folder of the compose file."""

    def __init__(self, path: str, name: str, service: Node, build: Node) -> None:
        self.path, self.name, self.service, self.build = path, name, service, build
        self.folder = posixpath.dirname(path)
        self.notes: list[str] = []

    def read(self, line: int) -> ComposeBuild:
        try:
            recipe = self._recipe()
        except _CannotBeReadError as error:
            return ComposeBuild(self.name, line, None, str(error))
        return ComposeBuild(self.name, line, recipe, notes=tuple(self.notes))

    def _recipe(self) -> Recipe:
        build = self.build
        if build.get("dockerfile_inline") is not None:
            raise _CannotBeReadError("its Dockerfile is written inside the compose file (dockerfile_inline)")
        context = self._context(build.text or build.string("context") or ".")
        dockerfile = self._text(build.string("dockerfile") or "Dockerfile", "dockerfile")
        image = resolved(self.service.string("image")) or ""
        return Recipe(
            dockerfile=self._inside("/" + context, dockerfile, "dockerfile"),
            context=context,
            hint=split_image(image)[0].rpartition("/")[2] or self.name,
            said=self.path,
            target=self._text(build.string("target"), "target"),
            args=self._args(),
            contexts=self._contexts(),
            platforms=self._platforms(),
            image=image,
        )

    def _context(self, text: str) -> str:
        text = self._text(text, "context")
        if _REMOTE.match(text):
            raise _CannotBeReadError(f"its context {text} is somewhere else")
        return self._inside("/" + self.folder, text, "context")

    def _text(self, text: str, key: str) -> str:
        value = resolved(text)
        if value is None:
            raise _CannotBeReadError(f"{key} is {text}, and only the environment knows the variable")
        return value

    def _inside(self, folder: str, name: str, key: str) -> str:
        """The path that a name in the file stands for; `folder` is below `/`, the root of the repository here."""
        if name.startswith(("/", "~")):
            raise _CannotBeReadError(f"its {key} is a path of one computer: {name}")
        path = posixpath.join(folder, name)
        whole = posixpath.normpath(path)
        depth = 0
        for part in path.split("/"):
            depth += {"..": -1, ".": 0, "": 0}.get(part, 1)
            if depth < 0:
                raise _CannotBeReadError(f"its {key} is outside of the repository")
        if not whole.startswith("/"):
            raise _CannotBeReadError(f"its {key} is not a path in the repository")
        return whole.lstrip("/")

    def _entries(self, key: str) -> Iterator[tuple[str, str | None]]:
        """The entries of a map, or of a list of NAME=VALUE; None for one without a value."""
        node = self.build.get(key)
        for name, value in node.pairs if node is not None else ():
            yield name.text, None if value.real.kind == "null" else value.real.text
        for item in node.items if node is not None else ():
            name_text, equals, text = item.real.text.partition("=")
            yield name_text, text if equals else None

    def _args(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for name, text in self._entries("args"):
            value = resolved(text) if text is not None else None
            if value is None or _ARGUMENT.match(name) is None:
                self.notes.append(f"the argument {name} has no value in the file, and is left out")
            elif not value.isprintable():
                self.notes.append(f"the argument {name} holds a character that cannot be printed, and is left out")
            else:
                found[name] = value
        return found

    def _contexts(self) -> dict[str, str]:
        """Named contexts: `service:NAME` stays so until the name of its image is known."""
        found: dict[str, str] = {}
        for name, text in self._entries("additional_contexts"):
            value = resolved(text or "")
            if not value:
                self.notes.append(f"the context {name} has no value in the file, and is left out")
            elif value.startswith(_SERVICE) or _REMOTE.match(value):
                found[name] = value
            else:
                found[name] = self._inside("/" + self.folder, value, "additional_contexts") or "."
        return found

    def _platforms(self) -> tuple[str, ...]:
        listed = [resolved(node.text) or "" for node in self.build.each("platforms")]
        listed = listed or [resolved(self.service.string("platform")) or ""]
        return tuple(one for one in listed if one)
