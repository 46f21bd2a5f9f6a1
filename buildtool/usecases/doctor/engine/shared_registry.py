"""The values about one registry that several checks use: its answer, its answers to a push, Harbor's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from buildtool.core.flux.setters import committed_tags
from buildtool.core.registry.harbor import Use
from buildtool.errors import REGISTRY_AUTH, REGISTRY_CREDENTIALS, REGISTRY_REALM, BuildtoolError
from buildtool.usecases.doctor.engine.shared import Shared

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from buildtool.config import Config
    from buildtool.core.commit.tags import Tag
    from buildtool.core.flux.manifests import Manifests
    from buildtool.core.image.names import Repository
    from buildtool.core.registry.contents import RegistryFacts
    from buildtool.errors.findings import Finding
    from buildtool.usecases.doctor.engine.interfaces import DoctorPorts, Registry

LOGIN_KINDS = {REGISTRY_AUTH, REGISTRY_CREDENTIALS, REGISTRY_REALM}


class Around(Protocol):
    """The values about the rest of the world."""

    @property
    def ports(self) -> DoctorPorts: ...
    @property
    def config(self) -> Shared[Config]: ...
    @property
    def tag(self) -> Shared[Tag]: ...
    @property
    def manifests(self) -> Shared[Manifests]: ...
    @property
    def branches(self) -> tuple[str, ...]: ...
    def deployed(self) -> Mapping[str, str | None]:
        """What each image's policy selects now, as far as that can be told."""
        ...

    def watched(self, name: str, repository: Repository) -> str | None:
        """The ImageRepository that reads this image's tags without a login, as far as that can be told."""
        ...


class SharedRegistry:
    """One registry host. `places` gives, by image, the repository there; it may raise BlockedError.

    `subject` is that of the facts about it.
    """

    def __init__(self, values: Around, subject: str, places: Callable[[], Mapping[str, Repository]]) -> None:
        self.values = values
        self.subject = subject
        self.places = places
        self.registry = Shared("a registry that answers", self._registry, 12.0)
        self.harbor = Shared("Harbor's settings", self._harbor, 25.0)
        self.pushes = Shared("the answers to a push", self._pushes, 20.0)

    @property
    def host(self) -> str:
        return next(iter(self.places().values())).host

    def login_fails(self) -> bool:
        """Whether every push is refused because the registry does not accept the credentials."""
        answers = self.pushes.maybe()
        return answers is not None and all(
            error is not None and error.kind in LOGIN_KINDS for error in answers.values()
        )

    def _registry(self) -> tuple[Registry, RegistryFacts]:
        registry = self.values.ports.registry(self.host)
        return registry, registry.probe()

    def _harbor(self) -> list[Finding] | None:
        """The findings about Harbor's settings; None where the registry is not a Harbor."""
        (registry, _), values = self.registry.need(), self.values
        config, tag = values.config.need(), values.tag.maybe()
        final = tag.text if tag is not None else f"{values.branches[0]}-{'0' * 7}-1700000000"
        candidate, deployed = config.push.candidate_tag, values.deployed()
        texts = values.ports.texts() if values.manifests.maybe() is not None else {}
        uses = [
            Use(
                repository,
                final,
                candidate,
                deployed.get(name),
                committed_tags(texts, policy) if (policy := config.images[name].policy) else (),
                values.watched(name, repository),
            )
            for name, repository in self.places().items()
        ]
        return registry.harbor_findings(uses, values.ports.clock.now())

    def _pushes(self) -> Mapping[str, BuildtoolError | None]:
        """By image, the error that a push would meet; None where it is allowed."""
        registry, _ = self.registry.need()
        return {name: _refusal(registry, repository) for name, repository in self.places().items()}


def _refusal(registry: Registry, repository: Repository) -> BuildtoolError | None:
    try:
        registry.check_push(repository)
    except BuildtoolError as error:
        return error
    return None
