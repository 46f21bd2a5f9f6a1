"""Read a repository: what can be built, which files run images, and the Flux objects that are there."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from buildtool.core.flux.lint import relevance
from buildtool.core.flux.lint.tree import is_compose, is_workflow
from buildtool.core.flux.manifests import from_objects
from buildtool.core.flux.tree import sourceignore
from buildtool.core.flux.tree.model import FluxTree
from buildtool.core.flux.tree.worlds import is_abandoned
from buildtool.core.flux.unreadable import UnreadableError
from buildtool.core.init import dockerfiles
from buildtool.core.init.build_context import bases, context_of
from buildtool.core.init.compose_builds import builds
from buildtool.core.init.found import Recipe
from buildtool.core.init.image_uses import uses, with_renames
from buildtool.core.init.workflow_text import HOOKS
from buildtool.core.yaml.parser import parse
from buildtool.errors import INIT_TOO_MANY, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from buildtool.core.flux.manifests import Manifests
    from buildtool.core.init.dockerfiles import DockerfilePath
    from buildtool.core.init.found import ImageUse
    from buildtool.core.yaml.node import Node
    from buildtool.core.yaml.parser import Parsed

_MOST_IMAGES = 100
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_WORDS = (b"image", b"toolkit.fluxcd.io", b"fluxcd.controlplane.io")


class Files(Protocol):
    """The files of the repository."""

    def paths(self) -> Sequence[str]: ...
    def read(self, path: str) -> bytes: ...


@dataclass
class Survey:
    """What is in the repository. `texts` and `parsed` are of the YAML files that were looked at, by path.

    `notes` say what was left out, and why.
    """

    paths: frozenset[str]
    recipes: list[Recipe] = field(default_factory=list)
    uses: list[ImageUse] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    parsed: dict[str, Parsed] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    remote: str = ""

    def __post_init__(self) -> None:
        ignores = {path: text for path, text in self.texts.items() if sourceignore.is_one(path)}
        left_out = sourceignore.left_out(self.paths, ignores)
        self.tree = FluxTree(self.parsed, self.paths, self.parsed.get, self.remote, left_out)

    @property
    def manifests(self) -> Manifests:
        return from_objects(self.tree)

    @property
    def workflows(self) -> Mapping[str, Node]:
        return {path: root for path in self.parsed if is_workflow(path) and (root := self.root(path)) is not None}

    def root(self, path: str) -> Node | None:
        """The first document of a file; None where it was not read, or is empty."""
        documents = self.parsed[path].documents if path in self.parsed else []
        return documents[0].root if documents else None


def look(files: Files, *, below: Sequence[str] = (), only: Sequence[str] = (), remote: str = "") -> Survey:
    """`below` are the files of submodules; `only` the Dockerfiles to take, all that look like images when empty.

    Raises init-too-many.
    """
    paths = frozenset(files.paths())
    reader = _Reader(files, paths)
    reader.read()
    found = Survey(paths, [], [], reader.texts, reader.parsed, reader.notes, remote)
    listed = [
        use
        for path, parsed in sorted(reader.parsed.items())
        if not is_workflow(path) and not is_abandoned(path)
        for use in uses(path, parsed)
    ]
    found.uses = with_renames(listed)
    found.recipes = _recipes(found, reader, frozenset(below), only)
    if len(found.recipes) > _MOST_IMAGES:
        message = f"{len(found.recipes):,} Dockerfiles look like images, more than {_MOST_IMAGES}"
        raise BuildtoolError(INIT_TOO_MANY, message)
    return found


class _Reader:
    """Reads the YAML files that name an image or a Flux object, each once."""

    def __init__(self, files: Files, paths: frozenset[str]) -> None:
        self.files, self.paths = files, paths
        self.texts: dict[str, str] = {}
        self.parsed: dict[str, Parsed] = {}
        self.notes: list[str] = []

    def read(self) -> None:
        for path in sorted(self.paths):
            if sourceignore.is_one(path):
                self.texts[path] = self.text(path) or ""
            elif relevance.is_yaml(path) and not relevance.is_components(path):
                self._yaml(path)

    def text(self, path: str) -> str | None:
        """The text of a file; None, with a note, where it cannot be read as UTF-8."""
        try:
            return self.files.read(path).decode("utf-8")
        except UnreadableError as error:
            if not error.missing:
                self.notes.append(f"{path} was not looked at: {error}")
        except UnicodeDecodeError:
            self.notes.append(f"{path} was not looked at: it is no text in UTF-8")
        return None

    def _yaml(self, path: str) -> None:
        try:
            data = self.files.read(path)
        except UnreadableError as error:
            if not error.missing:
                self.notes.append(f"{path} was not looked at: {error}")
            return
        named = (
            is_workflow(path)
            or is_compose(path)
            or path == HOOKS
            or (relevance.is_yaml(path) and "ustomization" in path)
        )
        if not named and not data.startswith(_UTF_16) and not any(word in data for word in _WORDS):
            return
        if "/templates/" in path and relevance.is_chart_template(path, self.paths):
            return
        text = self.text(path)
        if text is None:
            return
        parsed = parse(text)
        if parsed.broken:
            problem = parsed.problems[0]
            self.notes.append(f"{path}:{problem.line} was not looked at: {problem.message}")
            return
        self.texts[path], self.parsed[path] = text, parsed


def _recipes(found: Survey, reader: _Reader, below: frozenset[str], only: Sequence[str]) -> list[Recipe]:
    """What compose files build, and the Dockerfiles that none of them names."""
    every = found.paths | below
    folders = {path[:at] for path in every for at in _slashes(path)}
    composed = _composed(found, every)
    named = {recipe.dockerfile for recipe in composed}
    plain = [one for one in dockerfiles.find(every) if one.path not in named]
    if only:
        known = {one.path: one for one in dockerfiles.find(every)}
        missing = [path for path in only if path not in known and path not in every]
        if missing:
            raise BuildtoolError(
                INIT_TOO_MANY, f"there is no file {missing[0]}", fix="--dockerfile PATH, from the root"
            )
        chosen = [known.get(path) or dockerfiles.DockerfilePath(path, "") for path in only]
        composed = [recipe for recipe in composed if recipe.dockerfile in only]
        plain = [one._replace(doubt="") for one in chosen if one.path not in named]
    else:
        alone = not named and all(one.path in below for one in plain)
        plain = _without_doubt(found, [_in_submodule(one, below, alone=alone) for one in plain], plain)
    made = [_recipe(one, reader, folders, every) for one in plain]
    return composed + [recipe for recipe in made if recipe is not None]


def _slashes(path: str) -> list[int]:
    return [index for index, character in enumerate(path) if character == "/"]


def _in_submodule(one: DockerfilePath, below: frozenset[str], *, alone: bool) -> DockerfilePath:
    return one if one.path not in below or alone else one._replace(doubt="it is in a submodule")


def _without_doubt(found: Survey, listed: list[DockerfilePath], every: list[DockerfilePath]) -> list[DockerfilePath]:
    """Those that are surely images: a doubtful one counts where a file runs an image of its name."""
    names = {use.image.rpartition("/")[2] for use in found.uses}
    sure = [one for one in listed if not one.doubt or (one.hint in names and one.path.isprintable())]
    for one in every:
        if one not in sure and (doubt := next((other.doubt for other in listed if other.path == one.path), "")):
            found.notes.append(f"{one.path} is left out: {doubt}; take it with --dockerfile")
    return sure


def _composed(found: Survey, every: frozenset[str]) -> list[Recipe]:
    seen: dict[tuple[str, str, str], Recipe] = {}
    for path in sorted(found.parsed):
        root = found.root(path)
        if root is None or not is_compose(path) or is_abandoned(path):
            continue
        for build in builds(path, root):
            recipe, why_not = build.recipe, build.why_not
            if recipe is not None and recipe.dockerfile not in every:
                why_not = f"there is no file {recipe.dockerfile}"
            if recipe is None or why_not:
                found.notes.append(f"{path}:{build.line}: service {build.service} is left out: {why_not}")
                continue
            found.notes += [f"{path}:{build.line}: service {build.service}: {note}" for note in build.notes]
            key = (recipe.dockerfile, recipe.context, recipe.target)
            known = seen.setdefault(key, recipe)
            if recipe.image and not known.image:
                seen[key] = replace(known, image=recipe.image, hint=recipe.hint)
    return list(seen.values())


def _recipe(one: DockerfilePath, reader: _Reader, folders: set[str], every: frozenset[str]) -> Recipe | None:
    text = reader.text(one.path)
    if text is None:
        return None
    hint = one.hint
    if hint and any(base.partition(":")[0] == hint for base in bases(text)):
        hint = f"own-{hint}"  # `FROM redis` in redis/: the image redis that files run may be the public one
    return Recipe(one.path, context_of(one.path, text, folders, every), hint, one.path)
