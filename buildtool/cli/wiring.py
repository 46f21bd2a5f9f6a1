"""Makes the adapters for the use cases. Each is made, and imported, when a command first asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from buildtool.adapters.buildx import Buildx
    from buildtool.adapters.cache_folders import RotatedCaches
    from buildtool.adapters.clock import SystemClock
    from buildtool.adapters.digest_files import DigestFiles
    from buildtool.adapters.engine_images import EngineImages
    from buildtool.adapters.git import GitRepo
    from buildtool.adapters.manifests import RepositoryFiles
    from buildtool.adapters.registry.base_registries import BaseImageRegistries
    from buildtool.adapters.registry.inspection import RegistryInspection
    from buildtool.adapters.registry.registries import Registries, RegistriesRemovalWays
    from buildtool.cli.builder_parts import BuilderParts
    from buildtool.cli.output import Output
    from buildtool.cli.registry_wiring import RegistryWiring
    from buildtool.config import Config, TagConfig
    from buildtool.core.build.builder import EngineLimits
    from buildtool.core.commit.checkout import Checkout
    from buildtool.core.commit.ci import CiFacts
    from buildtool.core.flux.manifests import Manifests
    from buildtool.core.flux.policy import ImagePolicy
    from buildtool.core.flux.tree.model import FluxTree
    from buildtool.core.image.makings import Makings
    from buildtool.core.image.programs import LayerIndex
    from buildtool.usecases.doctor import DoctorPorts
    from buildtool.usecases.ports import Builder
    from buildtool.usecases.side_by_side import Task
    from buildtool.usecases.verify import VerifyPorts


@dataclass
class Wiring:
    """What a command is given: the global options, and the outside world behind properties."""

    directory: Path
    config_file: Path | None
    output: Output
    environment: Mapping[str, str]
    _reading: Task[object] | None = None

    def run_in(self, directory: Path) -> None:
        """Take -C after the command; nothing has been read yet when options are."""
        self.directory = directory

    def use_config(self, file: Path) -> None:
        self.config_file = file

    @cached_property
    def clock(self) -> SystemClock:
        from buildtool.adapters.clock import SystemClock

        return SystemClock()

    @cached_property
    def config_path(self) -> Path | None:
        from buildtool.config import find

        return find(self.directory, self.config_file, self.environment)

    @cached_property
    def config(self) -> Config:
        from buildtool.config import load
        from buildtool.errors import CONFIG_MISSING, BuildtoolError

        if self.config_path is None:
            where = self.directory.absolute()
            raise BuildtoolError(CONFIG_MISSING, f"no buildtool.toml in {where}, nor above it in its git repository")
        return load(self.config_path, self.environment)

    @cached_property
    def tag_settings(self) -> TagConfig:
        """Also for a checkout that has no configuration."""
        from buildtool.config import load_tag

        return load_tag(self.config_path, self.environment)

    @cached_property
    def repo(self) -> GitRepo:
        from buildtool.adapters.git import GitRepo

        return GitRepo(self.directory, self.environment)

    def read_ahead(self) -> None:
        """Begin what git has to be asked for in any case, while Python imports the rest.

        What fails is asked again by whoever needs it, and fails there.
        """
        from buildtool.usecases.side_by_side import Task

        self._reading = Task(lambda: (self.repo.facts, self.files.paths()))

    @property
    def checkout(self) -> Checkout:
        """The facts of the commit, as soon as git has told them."""
        if self._reading is not None:
            self._reading.wait()
        return self.repo.facts

    @cached_property
    def ci(self) -> CiFacts:
        from buildtool.adapters.ci import read

        return read(self.environment)

    @cached_property
    def registry(self) -> Registries:
        """The registries of the configuration."""
        from buildtool.adapters.registry.registries import Registries

        made = self._registry_wiring
        return Registries(lambda host: made.client(host, self.output.warn))

    @property
    def _registry_wiring(self) -> RegistryWiring:
        from buildtool.cli.registry_wiring import RegistryWiring

        return RegistryWiring(self.config, self.environment, self.output, self.clock)

    @property
    def base_registries(self) -> BaseImageRegistries:
        """The registries that base images are in."""
        from buildtool.adapters.registry.base_registries import BaseImageRegistries

        return BaseImageRegistries(self._registry_wiring.for_bases)

    @property
    def builder_parts(self) -> BuilderParts:
        """Which builder the configuration names, and what it is made with."""
        from buildtool.cli.builder_parts import BuilderParts

        return BuilderParts(self.config, self.for_docker, self.cache, self.output.say)

    @cached_property
    def builder(self) -> Builder:
        """The builder of a push: made where it is missing, measured."""
        from buildtool.adapters.buildx import Buildx
        from buildtool.adapters.process import Silence

        parts = self.builder_parts
        inner = Buildx(
            root=self.config.root,
            environment=self.for_docker,
            builder=parts.choice.name,
            engine_limits=self._engine_limits,
            login=self._login,
            silence=Silence(self.config.push.silence or None),
        )
        return parts.complete(self._with_caches(inner))

    @cached_property
    def local_builder(self) -> Builder:
        """The same for a build that goes to no registry: none is asked for, and no login is handed over."""
        from buildtool.adapters.buildx import Buildx
        from buildtool.adapters.engine import engine_limits
        from buildtool.adapters.process import Silence

        parts = self.builder_parts
        inner = Buildx(
            root=self.config.root,
            environment=self.for_docker,
            builder=parts.choice.name,
            engine_limits=lambda: engine_limits(self.environment, {}),
            silence=Silence(self.config.push.silence or None),
        )
        return parts.complete(self._with_caches(inner))

    def _with_caches(self, buildx: Buildx) -> RotatedCaches:
        """The builder that renews the folders of layer caches."""
        from buildtool.adapters.cache_folders import RotatedCaches
        from buildtool.adapters.lock import MachineLock

        local = self.config.cache.local
        lock = MachineLock(self.cache / "locks", self.clock, self.output.say)
        return RotatedCaches(buildx, lock, self.config.root / local if local is not None else None)

    @property
    def engine_images(self) -> EngineImages:
        from buildtool.adapters.engine import engine_facts
        from buildtool.adapters.engine_images import EngineImages

        return EngineImages(self.for_docker, lambda: engine_facts(self.environment).containerd_store)

    @property
    def for_docker(self) -> Mapping[str, str]:
        """The environment without the registries' passwords: docker hands its own on to git and to helpers.

        A variable that a build secret names stays: the build asks for it.
        """
        from buildtool.core.build.secret_source import secret_source
        from buildtool.errors import BuildtoolError

        held = {"BUILDTOOL_REGISTRY_PASSWORD"}
        try:
            asked = {secret_source(one).variable for image in self.config.images.values() for one in image.secrets}
            held |= {str(one.password_env) for one in self.config.registries.values()} - asked
        except BuildtoolError:  # doctor looks at docker also where the configuration has mistakes
            pass
        return {name: value for name, value in self.environment.items() if name not in held}

    def _login(self) -> AbstractContextManager[Mapping[str, str]]:
        return self._registry_wiring.docker_login(self.for_docker)

    def _engine_limits(self) -> EngineLimits:
        from buildtool.adapters.engine import engine_limits

        config = self.config
        images = [config.repository(name) for name in config.images]
        candidate = config.push.candidate_tag
        return engine_limits(
            self.environment, {one.host: one.at(candidate) for one in images if config.is_insecure(one.host)}
        )

    @cached_property
    def files(self) -> RepositoryFiles:
        from buildtool.adapters.manifests import RepositoryFiles

        return RepositoryFiles(self.repo.root)

    @cached_property
    def repository_root(self) -> Path:
        """The folder with .git around the directory, found without running git."""
        from buildtool.adapters.manifests import repository_root

        return repository_root(self.directory)

    @cached_property
    def repository_files(self) -> RepositoryFiles:
        """The same as `files`, without git's own facts: `check` also works where there is no commit, or no git."""
        from buildtool.adapters.manifests import RepositoryFiles

        return RepositoryFiles(self.repository_root)

    @cached_property
    def texts(self) -> Mapping[str, str]:
        return dict(self.files.texts())

    @cached_property
    def remote(self) -> str:
        """The URL of the repository's remote, "" where there is none, or no git."""
        from buildtool.errors import BuildtoolError

        try:
            return self.repo.source or ""
        except BuildtoolError:
            return ""

    @cached_property
    def tree(self) -> FluxTree:
        """What each cluster gets of the repository."""
        from buildtool.core.flux.tree.model import read_tree

        return read_tree(self.texts.items(), self.files.paths(), self.files.text, self.remote)

    @cached_property
    def manifests(self) -> Manifests:
        """The Flux image objects committed in the repository."""
        from buildtool.core.flux.manifests import from_objects

        return from_objects(self.tree)

    @property
    def policies(self) -> Mapping[str, ImagePolicy]:
        return self.manifests.policies

    @cached_property
    def layers(self) -> DigestFiles[LayerIndex]:
        from buildtool.adapters.digest_files import DigestFiles
        from buildtool.core.image.programs import dump, load

        return DigestFiles(self.cache / "layers" / "v1", load, dump)

    @property
    def same_results(self) -> DigestFiles[Makings]:
        """What published images are known to be made from, beside what their labels say."""
        from buildtool.adapters.digest_files import DigestFiles
        from buildtool.core.image.makings import dump, load

        return DigestFiles(self.cache / "same-results" / "v1", load, dump)

    @property
    def cache(self) -> Path:
        """A folder that is this user's alone; nothing is lost with it."""
        own = self.environment.get("XDG_CACHE_HOME")
        return (Path(own) if own else Path(self.environment.get("HOME") or Path.home()) / ".cache") / "buildtool"

    def verify_ports(self) -> VerifyPorts:
        from buildtool.usecases.verify import VerifyPorts

        return VerifyPorts(self.config, self.registry, self.layers, self.manifests, self.repo)

    def doctor_ports(self) -> DoctorPorts:
        from buildtool.adapters.buildx import Buildx
        from buildtool.adapters.ci import read
        from buildtool.adapters.docker_tools import DockerTools
        from buildtool.adapters.engine import endpoint, engine_facts
        from buildtool.adapters.git import GitRepo
        from buildtool.adapters.git.setup import GitSetup
        from buildtool.adapters.machine import Machine
        from buildtool.cli.builder_parts import builders_of
        from buildtool.core.flux.manifests import find_policies
        from buildtool.usecases.doctor import DoctorPorts

        environment, files = self.environment, self.repository_files
        return DoctorPorts(
            environment=environment,
            config=lambda: self.config,
            git=GitSetup(self.directory, environment),
            checkout=lambda: GitRepo(self.directory, environment),
            ci=lambda: read(environment),
            manifests=lambda: find_policies(files.texts(), files.paths(), files.text),
            texts=lambda: dict(files.texts()),
            docker=DockerTools(self.for_docker),
            choice=lambda: self.builder_parts.choice,
            builders=builders_of(self.for_docker),
            buildx_version=Buildx(root=self.directory, environment=self.for_docker).version,
            endpoint=lambda: endpoint(environment),
            engine=lambda: engine_facts(environment, timeout=6),
            engine_limits=self._engine_limits,
            registry=self._inspected_registry,
            machine=Machine(),
            clock=self.clock,
        )

    @property
    def removal_ways(self) -> RegistriesRemovalWays:
        """The registries, asked whether they can take tags away; nothing is changed."""
        from buildtool.adapters.registry.registries import RegistriesRemovalWays

        return RegistriesRemovalWays(self.registry, self.environment)

    def _inspected_registry(self, host: str) -> RegistryInspection:
        from buildtool.adapters.registry.inspection import SHORT, RegistryInspection

        client = self._registry_wiring.client(host, self.output.detail, SHORT)
        return RegistryInspection(client, self.environment)
