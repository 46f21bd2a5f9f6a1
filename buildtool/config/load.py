"""Defaults < file < environment < flags: one value for each key, its origin, and every mistake at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from buildtool.config import cross_checks, unknown_keys
from buildtool.config.args_table import resolved
from buildtool.config.environment import keys, overlay, variable
from buildtool.config.load_state import DEFAULT, ENVIRONMENT, FLAG, LoadState
from buildtool.config.mistakes import ConfigError, dotted
from buildtool.config.schema import IMAGES
from buildtool.config.settings import (
    BuilderConfig,
    CacheConfig,
    Config,
    HandlerConfig,
    ImageConfig,
    PushConfig,
    TagConfig,
)
from buildtool.config.source import ConfigFile, read
from buildtool.config.value_types import inside

if TYPE_CHECKING:
    from collections.abc import Mapping

    from buildtool.config.load_state import KeyPath
    from buildtool.config.mistakes import Mistake
    from buildtool.config.schema import Key


def load(
    path: Path, environ: Mapping[str, str], overrides: Mapping[str, object] | None = None, *, on_disk: bool = True
) -> Config:
    """The checked settings. `overrides` are flags: a dotted key and its value, as a file would hold it.

    `on_disk` also looks whether Dockerfiles and folders are there, which a sparse checkout need not have for a tag.
    Raises config-missing, or config-invalid (a `ConfigError`) that lists every mistake.
    """
    state = LoadState(read(path), Path(path).absolute().parent)
    state.images = unknown_keys.report(state.source.document, state.wrong)
    _collect(state, environ, overrides or {})
    cross_checks.check(state, on_disk=on_disk)
    if state.mistakes:
        raise ConfigError(_in_order(state.mistakes))
    return _model(state, path, environ)


def image_names(path: Path) -> list[str]:
    """The images of a file in its order, also where other keys of it are wrong. Raises where it is no TOML file."""
    return unknown_keys.report(read(path).document, lambda *_: None)


def load_tag(path: Path | None, environ: Mapping[str, str]) -> TagConfig:
    """What `[tag]` says; a checkout without a configuration has the defaults and the environment."""
    if path is not None:
        return load(path, environ, on_disk=False).tag
    every = keys([])
    state = LoadState(ConfigFile(""), Path())
    for at, value in overlay(environ, every)[0].items():
        if at[0] == "tag":
            state.origins[at] = ENVIRONMENT + variable(at)
            _checked(state, at, every[at], value)
    cross_checks.check(state, on_disk=False)
    if state.mistakes:
        raise ConfigError(state.mistakes)
    return TagConfig(**state.table("tag"))


def _collect(state: LoadState, environ: Mapping[str, str], flags: Mapping[str, object]) -> None:
    every = keys(state.images)
    from_environment, mistakes = overlay(environ, every)
    state.mistakes += mistakes
    for path, key in every.items():
        value, origin = _in_file(state.source, path)
        if path in from_environment and dotted(path) not in flags:
            _from_environment(state, path, key, from_environment[path])
            continue
        if dotted(path) in flags:
            value, origin = flags[dotted(path)], FLAG
        state.origins[path] = origin
        if origin != DEFAULT:
            _checked(state, path, key, value)
        elif key.required and not _misspelt(state, path):
            state.wrong(f"is missing: {key.doc[0].lower()}{key.doc[1:]}", *path)
        elif not key.required and key.default is not None:
            _checked(state, path, key, key.default)


def _from_environment(state: LoadState, path: KeyPath, key: Key, value: object) -> None:
    """A variable replaces what the file says; a table's entries replace those of the same name, the others stay."""
    in_file, state.origins[path] = _in_file(state.source, path)
    if isinstance(in_file, dict):
        _checked(state, path, key, in_file)
    kept = state.good.pop(path, {})
    state.origins[path] = ENVIRONMENT + variable(path)
    _checked(state, path, key, value)
    if isinstance(in_file, dict) and path in state.good:
        state.good[path] = {**kept, **state.good[path]}


def _in_file(source: ConfigFile, path: KeyPath) -> tuple[object, str]:
    value: object = source.document
    for part in path:
        if not isinstance(value, dict) or part not in value:
            return None, DEFAULT
        value = value[part]
    return value, source.place(path)


def _misspelt(state: LoadState, path: KeyPath) -> bool:
    """Whether a required key is missing only because it is misspelt: then one mistake is reported, not two."""
    table = dotted(path[:-1])
    return any(
        mistake.key.rpartition(".")[0] == table and mistake.text.endswith(f"; did you mean {path[-1]}?")
        for mistake in state.mistakes
    )


def _checked(state: LoadState, path: KeyPath, key: Key, value: object) -> None:
    before = len(state.mistakes)
    checked = key.kind.check(value, inside(state.wrong, *path))
    if len(state.mistakes) == before:
        state.good[path] = checked


def _in_order(mistakes: list[Mistake]) -> list[Mistake]:
    """By line of the file; what has no line comes last, in the order it was found."""

    def line(mistake: Mistake) -> int:
        number = mistake.place.rpartition(":")[2]
        return int(number) if number.isdecimal() else 1 << 30

    return sorted(mistakes, key=line)


def _model(state: LoadState, path: Path, environ: Mapping[str, str]) -> Config:
    tables = {name: state.table(IMAGES, name) for name in state.images}
    return Config(
        **state.table(),
        images={
            name: ImageConfig(**{"name": name, **table, **resolved(table["args"], environ)})
            for name, table in tables.items()
        },
        root=state.root,
        path=path,
        tag=TagConfig(**state.table("tag")),
        builder=BuilderConfig(**state.table("builder")),
        cache=CacheConfig(**state.table("cache")),
        push=PushConfig(**state.table("push")),
        handler=HandlerConfig(**state.table("handler")),
        origins={dotted(at): origin for at, origin in state.origins.items()},
    )
