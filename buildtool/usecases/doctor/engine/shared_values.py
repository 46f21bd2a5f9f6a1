"""The values of one doctor run that several checks use: configuration, checkout, builder, registry, tags, ..."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from buildtool.config import TagConfig
from buildtool.core.commit.branch import choose_branch
from buildtool.core.commit.checkout import Head
from buildtool.core.commit.naming import build_facts, tag_of
from buildtool.core.commit.release import choose_release
from buildtool.core.flux.policy import select
from buildtool.errors import (
    BUILDER_UNUSABLE,
    GIT_NO_COMMIT,
    BuildtoolError,
)
from buildtool.usecases.doctor.engine.shared import BlockedError, Shared
from buildtool.usecases.doctor.engine.shared_registry import SharedRegistry
from buildtool.usecases.push import selection
from buildtool.usecases.push.readiness import asked_of_builder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from buildtool.core.build.builder import EngineLimits
    from buildtool.core.build.builder_view import BuilderView
    from buildtool.core.build.prerequisites import Wanted
    from buildtool.core.commit.tags import Tag
    from buildtool.core.image.names import Repository
    from buildtool.usecases.builder.which import Choice
    from buildtool.usecases.doctor.engine.interfaces import Checkout, DoctorPorts

REGISTRY = "registry"  # the subject of the facts about the first registry


class SharedValues:
    """Each value is computed when a check first asks for it, see `engine.shared`."""

    def __init__(self, ports: DoctorPorts) -> None:
        self.ports = ports
        self.config = Shared("a configuration without mistakes", ports.config)
        self.git = Shared("git", ports.git.version)
        self.checkout = Shared("a git repository", self._checkout)
        self.branch = Shared("a commit and a branch", self._branch)
        self.tag = Shared("a commit and a branch", self._tag)
        self.ci = Shared("the CI variables", ports.ci)
        self.manifests = Shared("the committed manifests", ports.manifests)
        self.client = Shared("the docker program", ports.docker.client_version)
        self.engine = Shared("the docker engine", ports.engine)
        self.limits = Shared("the docker engine", self._limits, 20.0)
        self.buildx = Shared("docker buildx", self._buildx)
        self.choice = Shared("the builder", self._choice)
        self.builder = Shared("the builder", self._builder, 15.0)
        self.tags = Shared("the registry's tags", self._tags, 20.0)
        self.first = SharedRegistry(self, REGISTRY, lambda: self._published_at(self.config.need().hosts[0]))
        self._registries = Shared("a configuration without mistakes", self._every_registry)

    @property
    def branches(self) -> tuple[str, ...]:
        """The deploy branches."""
        return self._rules.branches

    def _checkout(self) -> Checkout:
        self.git.need()
        checkout = self.ports.checkout()
        checkout.root  # noqa: B018 -- asks git whether there is a repository
        return checkout

    def _branch(self) -> tuple[str, str]:
        checkout, ci = self.checkout.need(), self.ci.need()
        head = _head(checkout)
        release = choose_release(None, ci, head, self._rules.release, asked=False)
        if release is not None:
            return f"release {release.tag}", release.source
        return choose_branch(None, ci, head, self.branches)

    @property
    def _rules(self) -> TagConfig:
        config = self.config.maybe()
        return config.tag if config is not None else TagConfig()

    def _tag(self) -> Tag:
        """The tag that a push of what is committed would get now."""
        self.branch.own()
        sha, _ = self.checkout.need().head
        checkout, ci, rules = self.checkout.need(), self.ci.need(), self._rules
        head = Head(sha, checkout.branch, tags=checkout.tags)
        return tag_of(build_facts(head, ci, rules, flag=None, time=self.ports.clock.now()), rules)

    def _limits(self) -> EngineLimits:
        """What the engine cannot do with images for the configured registry."""
        self.engine.need()
        return self.ports.engine_limits()

    def _buildx(self) -> tuple[int, int, int]:
        self.client.need()
        return self.ports.buildx_version()

    def _choice(self) -> Choice:
        self.config.need()
        return self.ports.choice()

    @property
    def builder_is_missing(self) -> bool:
        """Whether the builder is one that buildtool makes, and has not made yet."""
        choice = self.choice.need()
        return choice.ours and self.ports.builders.stored(str(choice.name)) is None

    def _builder(self) -> BuilderView:
        self.buildx.need()
        if self.builder_is_missing:
            raise BlockedError("the builder is not made yet")
        try:
            view = self.ports.docker.view(self.choice.need().name)
            if view.problem:
                fix = f"docker buildx inspect --bootstrap {shlex.quote(view.name)}"
                raise BuildtoolError(BUILDER_UNUSABLE, f"{view.name}: {view.problem}", fix=fix)  # noqa: TRY301 -- one way out
        except BuildtoolError:
            self.engine_must_answer()
            raise
        if not view.running:
            self.engine_must_answer()
        return view

    def wanted(self) -> Wanted:
        """What push asks of the builder."""
        config = self.config.need()
        return asked_of_builder(config, list(config.images.values()))

    def engine_must_answer(self) -> None:
        """Raise BlockedError where the engine is down: then the builder is not reported as a second failure."""
        if not self.engine_is_far:
            self.engine.need()

    @property
    def engine_is_far(self) -> bool:
        """Whether the engine is used over ssh: then only the docker program can ask it."""
        try:
            return (self.ports.endpoint() or "").startswith("ssh:")
        except BuildtoolError:
            return False

    def registries(self) -> list[SharedRegistry]:
        """Every registry that images are published to; the first alone where the configuration has mistakes."""
        return self._registries.own()

    def _every_registry(self) -> list[SharedRegistry]:
        config = self.config.maybe()
        if config is None:
            return [self.first]
        mirrors = [
            SharedRegistry(self, f"mirror {mirror}", lambda mirror=mirror: self._copied_to(mirror))  # type: ignore[misc]
            for mirror in dict.fromkeys(one for name in config.images for one in config.mirror_registries(name))
        ]
        return [self.first, *(self._at(host) for host in config.hosts[1:]), *mirrors]

    def _copied_to(self, mirror: str) -> Mapping[str, Repository]:
        """The images that are copied to a mirror (`host[:port][/project]`), with their repositories there."""
        config = self.config.need()
        pairs = {
            name: zip(config.mirror_registries(name), config.mirrors_of(name), strict=True) for name in config.images
        }
        return {name: place for name, found in pairs.items() for registry, place in found if registry == mirror}

    def _at(self, host: str) -> SharedRegistry:
        return SharedRegistry(self, f"registry {host}", lambda: self._published_at(host))

    def _published_at(self, host: str) -> Mapping[str, Repository]:
        """The images that are published to a registry, with their repositories there."""
        config = self.config.need()
        places = {name: config.repository(name) for name in config.images}
        return {name: place for name, place in places.items() if place.host == host}

    def watched(self, name: str, repository: Repository) -> str | None:
        """The ImageRepository that reads this image's tags without a login, as far as that can be told."""
        manifests, config = self.manifests.maybe(), self.config.need()
        policy = config.images[name].policy
        return manifests.without_login(policy, str(repository)) if manifests is not None else None

    def deployed(self) -> Mapping[str, str | None]:
        """What each image's policy selects now, as far as that can be told."""
        tags, manifests, config = self.tags.maybe(), self.manifests.maybe(), self.config.need()
        if tags is None or manifests is None:
            return {}
        known = {name: manifests.policies.get(image.policy or "") for name, image in config.images.items()}
        return {name: select(policy, tags[name]).winner for name, policy in known.items() if policy is not None}

    def _tags(self) -> Mapping[str, list[str]]:
        """By image, the tags that Flux sees."""
        config = self.config.need()
        needed = {config.repository(name).host for name in config.images}
        clients = {one.host: one.registry.need()[0] for one in self._registries.need() if one.host in needed}
        manifests = self.manifests.need()
        places = {name: config.repository(name) for name in config.images}
        return {
            name: selection.visible(
                clients[place.host].tags(place), manifests.repository_of(config.images[name].policy or "")
            )
            for name, place in places.items()
        }


def _head(checkout: Checkout) -> Head:
    """The commit and branch of the checkout; the commit is None in a repository without commits."""
    try:
        return Head(checkout.head[0], checkout.branch, tags=checkout.tags)
    except BuildtoolError as error:
        if error.kind is not GIT_NO_COMMIT:
            raise
        return Head(None, checkout.branch)
