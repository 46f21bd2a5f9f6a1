"""buildtool.toml: whether it is found and has no mistakes, and where each value comes from that is not the default."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from buildtool.core.facts import Fact, State
from buildtool.core.image.names import Platform
from buildtool.usecases.doctor.engine.interfaces import Check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.config import Config
    from buildtool.usecases.doctor.engine.shared_values import SharedValues

CONFIGURATION = "configuration"
_DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Setting:
    """A value that differs from the default. `value` is None for lists and tables, which may hold secrets."""

    key: str
    value: str | None
    origin: str

    def document(self) -> dict[str, Any]:
        return {"key": self.key, "value": self.value, "origin": self.origin}


def checks(shared: SharedValues) -> list[Check]:
    return [
        Check(CONFIGURATION, "file", lambda: _file(shared)),
        Check(CONFIGURATION, "origins", lambda: _origins(shared)),
    ]


def settings(config: Config) -> list[Setting]:
    """Every value that differs from the default, with its origin, in the order of the file's tables."""
    return [
        Setting(key, _shown(_value(config, key)), origin)
        for key, origin in config.origins.items()
        if origin != _DEFAULT
    ]


def _file(shared: SharedValues) -> Iterator[Fact]:
    config = shared.config.own()
    images = ", ".join(config.images)
    own = [image.registry for image in config.images.values() if image.registry]
    registries = ", ".join(dict.fromkeys([config.registry, *own]))
    yield Fact(CONFIGURATION, "file", State.OK, f"{config.path}: registry {registries}, images {images}")


def _origins(shared: SharedValues) -> Iterator[Fact]:
    found = settings(shared.config.need())
    places = Counter(setting.origin.rpartition(":")[0] or setting.origin for setting in found)
    listed = ", ".join(f"{number} from {place}" for place, number in places.items())
    yield Fact(CONFIGURATION, "origins", State.OK, f"{listed}; buildtool doctor -v lists them")


def _value(config: Config, key: str) -> object:
    """The value of a dotted key (`images.NAME.key`, `table.key` or `key`)."""
    first, _, rest = key.partition(".")
    if first == "images":
        name, _, attribute = rest.rpartition(".")
        return getattr(config.images.get(name.strip('"')), attribute, None)
    holder: object = getattr(config, first, None)
    return getattr(holder, rest, None) if rest else holder


def _shown(value: object) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (str, int)):
        return str(value)
    if isinstance(value, tuple) and value and all(isinstance(item, Platform) for item in value):
        return ", ".join(map(str, value))
    return None
