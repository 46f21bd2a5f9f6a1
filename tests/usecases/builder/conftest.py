"""A configuration of two nodes, and the parts of `builder` in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from buildtool.config import BuilderConfig, BuilderNode, Config, ImageConfig
from buildtool.core.image.names import Platform
from buildtool.usecases.builder.making import Making
from buildtool.usecases.builder.show import Looking
from buildtool.usecases.builder.which import choose
from tests.support.memory.builders import MemoryBuilders, MemoryUse

if TYPE_CHECKING:
    from buildtool.usecases.builder.which import Choice

AMD, ARM = Platform("linux", "amd64"), Platform("linux", "arm64")
NODES = (BuilderNode("vm", (AMD,)), BuilderNode("ssh://pi@pi.lan", (ARM,)))
CONFIG = Config(
    "192.168.0.40:5000",
    {"web": ImageConfig("web", (ARM,)), "api": ImageConfig("api", (AMD,))},
    Path("/srv/shop"),
    insecure=True,
    builder=BuilderConfig(driver="docker-container", nodes=NODES),
)
OWNER = "/srv/shop"


@dataclass
class Farm:
    """What a test turns before it makes, shows or removes builders."""

    config: Config = CONFIG
    environment: dict[str, str] = field(default_factory=dict)
    builders: MemoryBuilders = field(default_factory=MemoryBuilders)
    use: MemoryUse = field(default_factory=MemoryUse)
    said: list[str] = field(default_factory=list)

    @property
    def choice(self) -> Choice:
        return choose(self.config, self.environment, lambda: "default")

    @property
    def making(self) -> Making:
        return Making(self.builders, self.use, OWNER, self.said.append)

    @property
    def looking(self) -> Looking:
        return Looking(self.config, self.choice, self.builders, self.use, OWNER)

    def make(self) -> str:
        """The name of the builder, which is there then."""
        spec = self.choice.spec
        assert spec is not None
        self.making.made(spec)
        return spec.name


@pytest.fixture
def farm() -> Farm:
    return Farm()
