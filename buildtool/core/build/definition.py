"""The bake definition: all images of a run as targets of one build graph.

Format: buildx's bake file reference (JSON). An image goes to a registry (see `RegistryDestination` for the two ways it
can get there without a tag that Flux could select), into an OCI layout, or into the engine.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from buildtool.core.build.local_paths import join_fields
from buildtool.core.build.run_settings import HOST_NETWORK, RunSettings, ssh_paths

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from buildtool.core.image.names import Platform, Repository

TARGET = "target:"


@dataclass(frozen=True, slots=True)
class BakeDefinition:
    """The document for `docker buildx bake --file -`, and what bake has to be allowed for it.

    `reads` and `writes` are paths outside the work tree, `allowed` other entitlements (`ssh`, `network.host`). `hosts`
    are the registries (`host[:port]`) it pushes to. `local_caches` are the folders (absolute) of caches `type=local`
    that it writes.
    """

    document: Mapping[str, Any]
    targets: tuple[str, ...]
    reads: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    hosts: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    local_caches: tuple[str, ...] = ()

    @property
    def dockerfiles(self) -> dict[str, str]:
        """The absolute path of each target's Dockerfile, by its name."""
        targets: Mapping[str, Any] = self.document["target"]
        return {name: literal(str(target["dockerfile"])) for name, target in targets.items()}


class Destination(Protocol):
    """Where an image goes."""

    def tags(self) -> list[str]: ...
    def output(self) -> str:
        """One output as buildx writes it."""
        ...


@dataclass(frozen=True, slots=True)
class RegistryDestination:
    """A registry, before the image is proven: by digest alone, or under a candidate tag where the driver cannot."""

    repository: Repository
    insecure: bool
    candidate_tag: str | None

    def tags(self) -> list[str]:
        return [self.repository.at(self.candidate_tag)] if self.candidate_tag else []

    def output(self) -> str:
        fields = {"type": "image", "push": "true", "oci-mediatypes": "true"}
        if not self.candidate_tag:
            fields |= {"name": str(self.repository), "push-by-digest": "true", "name-canonical": "true"}
        if self.insecure:
            fields["registry.insecure"] = "true"
        return join_fields(fields)


@dataclass(frozen=True, slots=True)
class LayoutDestination:
    """An OCI image layout in a folder (absolute), which buildx makes."""

    folder: str

    def tags(self) -> list[str]:
        return []

    def output(self) -> str:
        return join_fields({"type": "oci", "dest": self.folder, "tar": "false", "oci-mediatypes": "true"})


@dataclass(frozen=True, slots=True)
class EngineDestination:
    """The docker driver's own image store, under a name (`name:tag`)."""

    reference: str

    def tags(self) -> list[str]:
        return [self.reference]

    def output(self) -> str:
        return "type=docker"


@dataclass(frozen=True, slots=True)
class Target:
    """One image to build. Paths are absolute; `secrets` are buildx's own form (`id=npm,env=NPM_TOKEN`).

    Without a destination it goes nowhere: it is there for others, whose contexts name it (`target:base`).
    """

    name: str
    context: str
    dockerfile: str
    platforms: Sequence[Platform]
    destination: Destination | None
    labels: Mapping[str, str]
    args: Mapping[str, str] = field(default_factory=dict)
    stage: str | None = None
    secrets: Sequence[str] = ()
    contexts: Mapping[str, str] = field(default_factory=dict)
    cache_from: Sequence[str] = ()
    cache_to: Sequence[str] = ()
    attestations: bool = False
    sbom: bool = False
    run: RunSettings = field(default_factory=RunSettings)
    no_cache: bool = False
    pull: bool = False

    def document(self) -> dict[str, Any]:
        value: dict[str, Any] = {
            "context": self.context,
            "dockerfile": self.dockerfile,
            "platforms": [str(platform) for platform in self.platforms],
            **self._output(),
            "labels": dict(self.labels),
            "args": dict(self.args),
            "attest": self._attest(),
        }
        optional = {
            "target": self.stage,
            "secret": list(self.secrets),
            "contexts": dict(self.contexts),
            "cache-from": list(self.cache_from),
            "cache-to": list(self.cache_to),
            "no-cache": self.no_cache or None,
            "pull": self.pull or None,
        }
        return value | {key: part for key, part in optional.items() if part} | self.run.document()

    def _output(self) -> dict[str, Any]:
        if self.destination is None:
            return {"output": ["type=cacheonly"]}
        annotations = [f"manifest:{name}={text}" for name, text in self.labels.items()]
        return {"output": [self.destination.output()], "tags": self.destination.tags(), "annotations": annotations}

    def _attest(self) -> list[str]:
        """Provenance and SBOM by key. For an SBOM, BuildKit pulls a scanner image, which an offline builder cannot."""
        provenance = "mode=max" if self.attestations else "disabled=true"
        return [f"type=provenance,{provenance}", "type=sbom" if self.sbom else "type=sbom,disabled=true"]


def bake_definition(
    targets: Sequence[Target],
    *,
    reads: Sequence[str] = (),
    writes: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    local_caches: Sequence[str] = (),
) -> BakeDefinition:
    """One group of all targets that go somewhere, in one document.

    `reads` and `writes` are paths outside the work tree that bake may read and write, `local_caches` folders of caches
    that it writes.
    """
    names = tuple(target.name for target in targets if target.destination is not None)
    document = {
        "group": {"default": {"targets": list(names)}},
        "target": {target.name: escape(target.document()) for target in targets},
    }
    registries = [one.destination for one in targets if isinstance(one.destination, RegistryDestination)]
    hosts = tuple(dict.fromkeys(destination.repository.host for destination in registries))
    allowed = tuple(dict.fromkeys(name for target in targets for name in _entitlements(target)))
    return BakeDefinition(
        document, names, tuple(reads), environment or {}, hosts, tuple(writes), allowed, tuple(local_caches)
    )


def _entitlements(target: Target) -> list[str]:
    """What bake asks for beside files (buildx's bake/entitlements.go): the environment's agent, the host's network."""
    agent = any(not ssh_paths(one) for one in target.run.ssh)
    return ["ssh"] * agent + ["network.host"] * (target.run.network == HOST_NETWORK)


def target_contexts(contexts: Mapping[str, str]) -> list[str]:
    """The images among the named contexts: `target:base` is another image of the configuration."""
    return [source.removeprefix(TARGET) for source in contexts.values() if source.startswith(TARGET)]


def escape(value: Any) -> Any:
    """Bake evaluates `${…}` and `%{…}` in every string of a definition; ours are literal."""
    if isinstance(value, str):
        return value.replace("${", "$${").replace("%{", "%%{")
    if isinstance(value, dict):
        return {key: escape(part) for key, part in value.items()}
    if isinstance(value, list):
        return [escape(part) for part in value]
    return value


def literal(text: str) -> str:
    """What `escape` made of a text, as it was."""
    return text.replace("$${", "${").replace("%%{", "%{")
