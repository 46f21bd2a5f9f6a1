"""buildtool.toml: found, read, checked once, with the origin of each value.

schema  the one table of keys: validation, the JSON schema and docs/configuration.md come from it
load    the way in: `load(path, environ, overrides)`
"""

from buildtool.config.model import (
    BuilderConfig,
    BuilderNode,
    CacheConfig,
    Config,
    ImageConfig,
    PushConfig,
    TagConfig,
)

__all__ = [
    "BuilderConfig",
    "BuilderNode",
    "CacheConfig",
    "Config",
    "ImageConfig",
    "PushConfig",
    "TagConfig",
]
