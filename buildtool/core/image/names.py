"""Image references and platforms, as values."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Platform:
    """An OCI platform: `linux/arm64`, `linux/arm/v7`."""

    os: str
    architecture: str
    variant: str = ""

    def __str__(self) -> str:
        return "/".join(part for part in (self.os, self.architecture, self.variant) if part)

    @classmethod
    def parse(cls, text: str) -> Platform:
        """Read `os/arch[/variant]`; raises ValueError for anything else."""
        parts = text.split("/")
        if len(parts) not in (2, 3) or not all(parts):
            raise ValueError(f"not a platform: {text!r} (write os/architecture, for example linux/arm64)")
        return cls(*parts).normalized()

    @classmethod
    def listed(cls, text: str) -> frozenset[Platform]:
        """The platforms of a list with commas as docker prints it (`linux/amd64*, linux/arm64`); others left out."""
        items = (item.strip(" *") for item in text.split(","))
        return frozenset(cls.parse(item) for item in items if item.count("/") in {1, 2} and all(item.split("/")))

    def normalized(self) -> Platform:
        """Say the same platform one way, as containerd does: arm64/v8 is arm64, x86_64 is amd64."""
        architecture = {"x86_64": "amd64", "x86-64": "amd64", "aarch64": "arm64"}.get(
            self.architecture.lower(), self.architecture.lower()
        )
        variant = self.variant.lower()
        if (architecture, variant) in {("arm64", "v8"), ("arm64", "8"), ("amd64", "v1")}:
            variant = ""
        if architecture == "arm" and not variant:
            variant = "v7"
        return Platform(self.os.lower(), architecture, variant)


@dataclass(frozen=True, slots=True, order=True)
class Repository:
    """A repository of one registry: `host[:port]` and the path below it.

    `prefix` is the beginning of the path that only a proxy in front of the registry knows, "" for most.
    """

    host: str
    path: str
    prefix: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.host}/{self.path}"

    @property
    def project(self) -> str:
        """What a Harbor takes for the project: the first part of the path."""
        return self.in_harbor[0]

    @property
    def in_harbor(self) -> tuple[str, str]:
        """The project, and the name below it ("" where the path has one part), as a Harbor knows them."""
        project, _, name = self.path.removeprefix(f"{self.prefix}/" if self.prefix else "").partition("/")
        return project, name

    def at(self, reference: str) -> str:
        """The full reference with a tag (`host/path:tag`) or a digest (`host/path@sha256:…`)."""
        return f"{self}@{reference}" if ":" in reference else f"{self}:{reference}"
