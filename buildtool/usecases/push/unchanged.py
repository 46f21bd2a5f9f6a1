"""The digest of everything an image is made from; empty where that cannot be known, and then the image is built."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, TypeVar

from buildtool.core.build.definition import TARGET
from buildtool.core.build.ignorefile import IgnoreFileError, Rules, parse
from buildtool.core.build.input_globs import InputGlobs
from buildtool.core.build.inputs import Inputs, UnknownInputError, check_remote, inputs_digest, tree_digest
from buildtool.core.flux.marker_name import TOKEN
from buildtool.usecases.push.bake_targets import run_settings
from buildtool.usecases.push.cache_in_context import CacheFolders

if TYPE_CHECKING:
    from collections.abc import Mapping

    from buildtool.config import Config, ImageConfig
    from buildtool.core.build.ignorefile import EntryFilter
    from buildtool.core.build.inputs import ContextTree
    from buildtool.core.flux.manifests import Manifests
    from buildtool.usecases.ports import Context, Repo

Value = TypeVar("Value")
_MAIN = ""  # the name of the main context among the parts


class ImageInputs:
    """The inputs of a configuration's images, as the files are now: make a new one to look again.

    `texts` are the YAML files of the repository that hold setters, by path from its root.
    """

    def __init__(
        self, config: Config, repo: Repo, context: Context, manifests: Manifests, texts: Mapping[str, str]
    ) -> None:
        self._config = config
        self._context = context
        self._root = context.real(str(repo.root))
        self._known = repo.unmodified()
        self._forms = self._blanked(manifests, texts)
        self._caches = CacheFolders(config, context)
        self._found: dict[str, Inputs] = {}

    def of(self, image: ImageConfig) -> Inputs:
        """Files and settings that reach the image; raises config-invalid where a layer cache would be among them."""
        if image.name not in self._found:
            try:
                self._found[image.name] = self._look(image)
            except (UnknownInputError, IgnoreFileError) as error:
                self._found[image.name] = Inputs("", str(error))
        return self._found[image.name]

    def _look(self, image: ImageConfig) -> Inputs:
        folders, parts = {_MAIN: image.context}, {"dockerfile": self._dockerfile(image)}
        for name, source in image.contexts.items():
            if source.startswith(TARGET):
                parts[f"image {name}"] = self._other(source.removeprefix(TARGET))
            elif "://" in source:
                check_remote(source)
            else:
                folders[name] = source
        trees = {name: self._tree(image, name, folder) for name, folder in folders.items()}
        parts |= {f"context {name}": tree_digest(tree, self._here(folders[name], tree)) for name, tree in trees.items()}
        if image.inputs:
            parts["elsewhere"] = self._elsewhere(image, folders, trees)
        warnings = tuple(
            _sends_git(image, folders[name], tree, self._shown(self._ignore_file(image, name, folders[name])))
            for name, tree in trees.items()
            if tree.git
        )
        return Inputs(inputs_digest(parts, _settings(image, self._config)), "", warnings)

    def _other(self, name: str) -> str:
        """Another image of the configuration, by its own inputs; the configuration holds no circle of images."""
        found = self.of(self._config.images[name])
        if found.unknown:
            raise UnknownInputError(f"of image {name}, which it is built on: {found.unknown}")
        return found.digest

    def _dockerfile(self, image: ImageConfig) -> str:
        path = self._absolute(image.dockerfile)
        text = self._context.text(path)
        if text is None:
            raise UnknownInputError(f"the Dockerfile {image.dockerfile} is not there")
        return hashlib.sha256(text).hexdigest()

    # --- contexts

    def _tree(self, image: ImageConfig, name: str, folder: str) -> ContextTree:
        place = self._place(folder)
        ignore = self._ignore_file(image, name, folder)
        try:
            parsed = parse(self._context.text(ignore) or b"")
            rules: EntryFilter = parsed
            if image.inputs:
                rules = InputGlobs(rules, image.inputs, place, self._context.real(str(self._config.root)))
            else:
                self._caches.refuse_sent(image.name, place, parsed, self._shown(ignore))
            return self._context.tree(place, rules, self._below(self._known, place))
        except IgnoreFileError as error:
            raise UnknownInputError(f"{self._shown(ignore)} cannot be used: {error}") from error

    def _elsewhere(self, image: ImageConfig, folders: Mapping[str, str], trees: Mapping[str, ContextTree]) -> str:
        """Files that `inputs` names and that are in none of the contexts."""
        root = self._context.real(str(self._config.root))
        apart = [os.path.relpath(self._place(folder), root) for folder in folders.values()]
        narrowed = InputGlobs(Rules([]), image.inputs, root, root, apart)
        inside = any((root + "/").startswith(self._place(folder) + "/") for folder in folders.values())
        tree = None if inside else self._context.tree(root, narrowed, self._below(self._known, root))
        if not any(one.entries for one in [*trees.values(), *([tree] if tree else [])]):
            raise UnknownInputError(f"no file is named by inputs = {list(image.inputs)}")
        return tree_digest(tree, self._below(self._forms, root, tree)) if tree else ""

    def _ignore_file(self, image: ImageConfig, name: str, folder: str) -> str:
        """`<Dockerfile>.dockerignore`, which BuildKit prefers for the main context, or the context's own."""
        special = self._absolute(image.dockerfile) + ".dockerignore"
        if name == _MAIN and self._context.text(special) is not None:
            return special
        return os.path.join(self._place(folder), ".dockerignore")  # noqa: PTH118 -- text in, text out

    def _place(self, folder: str) -> str:
        """A context's folder with all links followed; raises UnknownInputError where it is not in the repository."""
        place = self._context.real(self._absolute(folder))
        if _leaves(os.path.relpath(place, self._root)):
            raise UnknownInputError(f"context {folder} is outside of the repository")
        return place

    def _shown(self, path: str) -> str:
        return os.path.relpath(path, self._root)

    def _absolute(self, path: str) -> str:
        return os.path.normpath(self._config.root / path)

    # --- files with setters

    def _blanked(self, manifests: Manifests, texts: Mapping[str, str]) -> Mapping[str, str | None]:
        marked = {path: text for path, text in texts.items() if TOKEN in text}
        if not marked:
            return {}
        from buildtool.core.flux.automation_runs import scopes  # noqa: PLC0415 -- the setters take 40 ms to import
        from buildtool.core.flux.setters.blanked import blanked_forms  # noqa: PLC0415

        return blanked_forms(marked, scopes(manifests), self._text)

    def _text(self, path: str) -> str | None:
        data = self._context.text(os.path.join(self._root, path))  # noqa: PTH118 -- text in, text out
        return None if data is None else data.decode("utf-8", "replace")

    def _here(self, folder: str, tree: ContextTree) -> dict[str, str | None]:
        return self._below(self._forms, self._place(folder), tree)

    def _below(self, paths: Mapping[str, Value], place: str, tree: ContextTree | None = None) -> dict[str, Value]:
        """What is known of paths from the repository's root, by path from a folder; with a tree, of its files only."""
        prefix = os.path.relpath(place, self._root) + "/"
        prefix = "" if prefix == "./" else prefix
        below = {path[len(prefix) :]: value for path, value in paths.items() if path.startswith(prefix)}
        if tree is None:
            return below
        files = tree.entries
        return {path: value for path, value in below.items() if path in files and files[path].kind == "file"}


def _settings(image: ImageConfig, config: Config) -> dict[str, object]:
    """What of the configuration reaches the image; newer keys stand here only where they are set.

    So an update of buildtool changes no digest, and builds nothing.
    """
    told = {name: one.value for name, one in image.environment_args.items()}
    return {
        "platforms": sorted(map(str, image.platforms)),
        "target": image.target,
        "args": dict(image.args),
        "contexts": dict(image.contexts),
        "labels": dict(image.labels),
        "secrets": sorted(image.secrets),
        "attestations": config.push.attestations,
        **({"environment_args": told} if told else {}),
        **({"sbom": True} if config.push.sbom else {}),
        **run_settings(image).inputs(),
    }


def _sends_git(image: ImageConfig, folder: str, tree: ContextTree, ignore: str) -> str:
    """A repository's own folder in a context: in each commit another, and nothing that an image is made from."""
    line = ".git" if tree.git == (".git",) else "**/.git"
    return (
        f"{image.name}: context {folder} sends {tree.git[0]} to the builder, which is not counted as an input: "
        f"add the line {line} to {ignore}"
    )


def _leaves(path: str) -> bool:
    return path == ".." or path.startswith(("/", "../"))
