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
from buildtool.core.flux.setters import committed_tags
from buildtool.core.registry.harbor import Use
from buildtool.errors import (
    BUILDER_UNUSABLE,
    GIT_NO_COMMIT,
    REGISTRY_AUTH,
    REGISTRY_CREDENTIALS,
    REGISTRY_REALM,
    BuildtoolError,
)
from buildtool.usecases.doctor.engine.shared import BlockedError, Shared
from buildtool.usecases.push import selection
from buildtool.usecases.push.readiness import asked_of_builder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from buildtool.core.build.builder import EngineLimits
    from buildtool.core.build.builder_view import BuilderView
    from buildtool.core.build.prerequisites import Wanted
    from buildtool.core.commit.tags import Tag
    from buildtool.core.image.names import Repository
    from buildtool.core.registry.contents import RegistryFacts
    from buildtool.errors.findings import Finding
    from buildtool.usecases.builder.which import Choice
    from buildtool.usecases.doctor.engine.interfaces import Checkout, DoctorPorts, Registry

LOGIN_KINDS = {REGISTRY_AUTH, REGISTRY_CREDENTIALS, REGISTRY_REALM}


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
        self.registry = Shared("a registry that answers", self._registry, 12.0)
        self.tags = Shared("the registry's tags", self._tags, 20.0)
        self.harbor = Shared("Harbor's settings", self._harbor, 25.0)
        self.pushes = Shared("the answers to a push", self._pushes, 20.0)

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

    def _registry(self) -> tuple[Registry, RegistryFacts]:
        self.config.need()
        registry = self.ports.registry()
        return registry, registry.probe()

    def _harbor(self) -> list[Finding] | None:
        """The findings about Harbor's settings; None where the registry is not a Harbor."""
        (registry, _), config = self.registry.need(), self.config.need()
        tag = self.tag.maybe()
        final = tag.text if tag is not None else f"{self.branches[0]}-{'0' * 7}-1700000000"
        candidate, deployed = config.push.candidate_tag, self._deployed()
        texts = self.ports.texts() if self.manifests.maybe() is not None else {}
        uses = [
            Use(
                config.repository(name),
                final,
                candidate,
                deployed.get(name),
                committed_tags(texts, image.policy) if image.policy else (),
                self._watched(name),
            )
            for name, image in config.images.items()
        ]
        return registry.harbor_findings(uses, self.ports.clock.now())

    def _watched(self, name: str) -> str | None:
        """The ImageRepository that reads this image's tags without a login, as far as that can be told."""
        manifests, config = self.manifests.maybe(), self.config.need()
        policy, image = config.images[name].policy, str(config.repository(name))
        return manifests.without_login(policy, image) if manifests is not None else None

    def _deployed(self) -> Mapping[str, str | None]:
        """What each image's policy selects now, as far as that can be told."""
        tags, manifests, config = self.tags.maybe(), self.manifests.maybe(), self.config.need()
        if tags is None or manifests is None:
            return {}
        known = {name: manifests.policies.get(image.policy or "") for name, image in config.images.items()}
        return {name: select(policy, tags[name]).winner for name, policy in known.items() if policy is not None}

    def _tags(self) -> Mapping[str, list[str]]:
        """By image, the tags that Flux sees."""
        (registry, _), config = self.registry.need(), self.config.need()
        manifests = self.manifests.need()
        return {
            name: selection.visible(registry.tags(config.repository(name)), manifests.repository_of(image.policy or ""))
            for name, image in config.images.items()
        }

    def _pushes(self) -> Mapping[str, BuildtoolError | None]:
        """By image, the error that a push would meet; None where it is allowed."""
        config, (registry, _) = self.config.need(), self.registry.need()
        return {name: _refusal(registry, config.repository(name)) for name in config.images}

    def login_fails(self) -> bool:
        """Whether every push is refused because the registry does not accept the credentials."""
        answers = self.pushes.maybe()
        return answers is not None and all(
            error is not None and error.kind in LOGIN_KINDS for error in answers.values()
        )


def _head(checkout: Checkout) -> Head:
    """The commit and branch of the checkout; the commit is None in a repository without commits."""
    try:
        return Head(checkout.head[0], checkout.branch, tags=checkout.tags)
    except BuildtoolError as error:
        if error.kind is not GIT_NO_COMMIT:
            raise
        return Head(None, checkout.branch)


def _refusal(registry: Registry, repository: Repository) -> BuildtoolError | None:
    try:
        registry.check_push(repository)
    except BuildtoolError as error:
        return error
    return None
