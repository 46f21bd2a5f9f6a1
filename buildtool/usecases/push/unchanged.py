"""The digest of everything an image is made from; empty where that cannot be known, and the image is always built."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from buildtool.core.build.inputs import InputFile, inputs_digest
from buildtool.core.text.globs import matches
from buildtool.usecases.push.plan import Inputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from buildtool.config import Config, ImageConfig
    from buildtool.usecases.ports import Context, Repo


class CommittedInputs:
    """Files and settings that reach an image, as one digest.

    Files are those of the context that .dockerignore lets through: committed ones, and ones git ignores that are there
    (they would be copied all the same). `inputs` in the configuration narrows it to the committed files it names.
    """

    def __init__(self, config: Config, repo: Repo, context: Context) -> None:
        self._config = config
        self._repo = repo
        self._context = context

    def of(self, image: ImageConfig) -> Inputs:
        prefix = os.path.relpath(self._config.root, self._repo.root)
        folders = [image.context, *(path for path in image.contexts.values() if _is_folder(path))]
        if prefix.startswith("..") or any(_leaves(os.path.normpath(folder)) for folder in folders):
            return Inputs("", "its context is outside of the repository")
        committed = _below(self._repo.files(), prefix)
        always = {os.path.normpath(image.dockerfile), self._context.ignore_file(image.context, image.dockerfile)}
        if image.inputs:
            names = [path for path in committed if matches(path, image.inputs)]
            ignored: dict[str, InputFile] = {}
        else:
            names = [path for folder in folders for path in self._sent(image, folder, committed)]
            extra = _below(dict.fromkeys(self._repo.ignored(), ("", "")), prefix)
            found = {path for folder in folders for path in self._sent(image, folder, extra)}
            ignored = {path: self._context.on_disk(path) for path in found}
        names += [path for path in always if path in committed and path not in names]
        files = {path: self._committed(path, committed[path]) for path in names}
        return Inputs(inputs_digest(files | ignored, self._settings(image)))

    def _sent(self, image: ImageConfig, folder: str, paths: Mapping[str, object]) -> list[str]:
        return self._context.sent(os.path.normpath(folder), os.path.normpath(image.dockerfile), paths)

    def _committed(self, path: str, entry: tuple[str, str]) -> InputFile:
        mode, blob = entry
        return InputFile(mode, self._context.without_setters(path) or blob)

    def _settings(self, image: ImageConfig) -> dict[str, object]:
        return {
            "dockerfile": image.dockerfile,
            "context": image.context,
            "platforms": sorted(map(str, image.platforms)),
            "target": image.target,
            "args": dict(image.args),
            "contexts": dict(image.contexts),
            "labels": dict(image.labels),
            "secrets": sorted(image.secrets),
            "attestations": self._config.push.attestations,
        }


def _below(paths: Mapping[str, tuple[str, str]], prefix: str) -> dict[str, tuple[str, str]]:
    """The paths below a folder of the repository, relative to it."""
    if prefix == ".":
        return dict(paths)
    folder = prefix + "/"
    return {path.removeprefix(folder): entry for path, entry in paths.items() if path.startswith(folder)}


def _is_folder(source: str) -> bool:
    return "://" not in source and not source.startswith("target:")


def _leaves(path: str) -> bool:
    return path.startswith(("/", ".."))
