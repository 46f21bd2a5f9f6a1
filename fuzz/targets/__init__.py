"""All targets by name."""

from __future__ import annotations

from fuzz.targets import build, docker, files, images, policy, registry, text

TARGETS = {
    target.name: target
    for module in (build, docker, files, images, policy, registry, text)
    for target in module.TARGETS
}
