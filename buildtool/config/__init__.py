"""buildtool.toml: found, read, checked once, with the origin of each value.

schema  the one table of keys: validation, the JSON schema and docs/configuration.md come from it
load    the way in: `load(path, environ, overrides)`
"""

from buildtool.config.load import image_names, load, load_tag
from buildtool.config.mistakes import ConfigError, Mistake
from buildtool.config.settings import (
    BuilderConfig,
    BuilderNode,
    CacheConfig,
    Config,
    HandlerConfig,
    ImageConfig,
    PushConfig,
    RegistrySettings,
    TagConfig,
)
from buildtool.config.source import find

__all__ = [
    "BuilderConfig",
    "BuilderNode",
    "CacheConfig",
    "Config",
    "ConfigError",
    "HandlerConfig",
    "ImageConfig",
    "Mistake",
    "PushConfig",
    "RegistrySettings",
    "TagConfig",
    "find",
    "image_names",
    "load",
    "load_tag",
]
