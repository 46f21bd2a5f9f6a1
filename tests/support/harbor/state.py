"""What a Harbor knows: accounts, projects, artifacts, and the settings a test turns."""

from __future__ import annotations

import datetime as dt
import itertools
import re
import threading
import time
from dataclasses import dataclass, field
from typing import Any

PUSH_ONLY = frozenset({"repository:pull", "repository:push"})
CI = PUSH_ONLY | {
    "repository:read",
    "repository:list",
    "artifact:read",
    "artifact:list",
    "artifact:delete",
    "artifact:create",
    "tag:list",
    "tag:create",
    "tag:delete",
}
FULL = CI | {"repository:delete"}
SETTINGS = frozenset({".:read", "quota:read", "immutable-tag:list", "tag-retention:read", "robot:list", "robot:read"})
NEVER = "0001-01-01T00:00:00.000Z"
_BLOB = re.compile(r"sha256:[0-9a-f]{64}")


def timestamp(seconds: float) -> str:
    if not seconds:
        return NEVER
    return dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class Account:
    """A user or a robot. `rights` as the permissions call names them, by project; "*" stands for every project.

    `expires` is in unix seconds, -1 for never. `system` accounts may create projects.
    """

    name: str
    secret: str
    rights: dict[str, frozenset[str]] = field(default_factory=dict)
    admin: bool = False
    system: bool = False
    disabled: bool = False
    expires: int = -1
    number: int = 0

    @property
    def is_robot(self) -> bool:
        return "+" in self.name or self.name.startswith("robot")

    @property
    def works(self) -> bool:
        return not self.disabled and not 0 <= self.expires < time.time()

    def may(self, project: str, right: str) -> bool:
        return self.admin or right in self.rights.get(project, self.rights.get("*", frozenset()))


@dataclass
class Scan:
    """`ends` is in unix seconds, None for one that never does; `status` and `severity` are those of its end."""

    ends: float | None
    status: str = "Success"
    severity: str = "None"

    @property
    def now(self) -> str:
        return self.status if self.ends is not None and time.time() >= self.ends else "Pending"


@dataclass
class Scanner:
    """What becomes of each scan that a push begins."""

    seconds: float | None = 0.0
    status: str = "Success"
    severity: str = "None"

    def begin(self) -> Scan:
        return Scan(None if self.seconds is None else time.time() + self.seconds, self.status, self.severity)


@dataclass
class Tag:
    number: int
    pushed: float
    pulled: float = 0.0


@dataclass
class Artifact:
    number: int
    digest: str
    media_type: str
    body: bytes
    pushed: float
    pulled: float = 0.0
    scan: Scan | None = None
    tags: dict[str, Tag] = field(default_factory=dict)

    @property
    def is_index(self) -> bool:
        return "index" in self.media_type or "manifest.list" in self.media_type

    @property
    def blobs(self) -> list[str]:
        return list(dict.fromkeys(_BLOB.findall(self.body.decode("latin-1"))))


@dataclass
class Repository:
    number: int
    artifacts: dict[str, Artifact] = field(default_factory=dict)

    def tags(self) -> dict[str, str]:
        return {tag: one.digest for one in self.artifacts.values() for tag in one.tags}

    def find(self, reference: str) -> Artifact | None:
        """By digest or by tag."""
        return self.artifacts.get(reference if ":" in reference else self.tags().get(reference, ""))

    def untag(self, tag: str) -> None:
        for artifact in self.artifacts.values():
            artifact.tags.pop(tag, None)


@dataclass
class Project:
    """`immutable` and `retention` hold rules as the API shows them; `quota` in bytes, -1 for none.

    `proxies` is the registry a proxy project stands for. `used` overrides what is stored, in bytes.
    """

    name: str
    number: int
    metadata: dict[str, str] = field(default_factory=lambda: {"public": "false"})
    repositories: dict[str, Repository] = field(default_factory=dict)
    immutable: list[dict[str, Any]] = field(default_factory=list)
    retention: list[dict[str, Any]] = field(default_factory=list)
    quota: int = -1
    used: int | None = None
    proxies: int | None = None

    @property
    def public(self) -> bool:
        return self.metadata.get("public") == "true"

    @property
    def prevents(self) -> bool:
        return self.metadata.get("prevent_vul") == "true"

    def prevent_vulnerable(self, *, scans: bool = True) -> None:
        self.metadata |= {"prevent_vul": "true", "auto_scan": "true" if scans else "false", "severity": "high"}

    def keep(self, *rules: dict[str, Any]) -> None:
        """Retention rules."""
        self.retention = list(rules)
        self.metadata["retention_id"] = str(self.number)


@dataclass
class Token:
    """What the account could do in each project when it was made."""

    account: Account | None
    expires: float
    projects: frozenset[str]


@dataclass
class State:
    """`external_url` "" means the address the client used; `robots` is the prefix of robots' names."""

    accounts: list[Account] = field(default_factory=list)
    projects: dict[str, Project] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    uploads: dict[str, bytes] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    scanner: Scanner | None = None
    robots: str = "robot$"
    read_only: bool = False
    external_url: str = ""
    token_life: float = 1800
    database_down: bool = False
    registry_down: bool = False
    repeats: bool = False  # a proxy in front sends each PUT of a manifest twice, and hands on the second answer
    silent: bool = False  # permissions, project list: an older Harbor or a proxy that does not know these addresses
    asked: list[str] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def account(self, name: str) -> Account:
        return next(one for one in self.accounts if one.name == name)

    def add_robot(self, name: str, secret: str, project: str, rights: frozenset[str] = FULL) -> Account:
        """A robot of one project."""
        made = Account(f"{self.robots}{project}+{name}", secret, {project: rights}, number=next(self.numbers))
        self.accounts.append(made)
        return made

    def add_project(self, name: str, metadata: dict[str, str] | None = None, proxies: int | None = None) -> Project:
        number = max((one.number for one in self.projects.values()), default=1) + 1
        made = Project(name, number, {"public": "false", **(metadata or {})}, proxies=proxies)
        self.projects[name] = made
        return made

    def project_of(self, path: str) -> Project | None:
        return self.projects.get(path.partition("/")[0])

    def repository(self, path: str, *, create: bool = False) -> Repository | None:
        project, name = self.project_of(path), path.partition("/")[2]
        if project is None:
            return None
        if create and name not in project.repositories:
            project.repositories[name] = Repository(next(self.numbers))
        return project.repositories.get(name)

    def tags(self, path: str) -> dict[str, str] | None:
        """Digests by tag; None for a repository that is not there."""
        repository = self.repository(path)
        return repository.tags() if repository is not None else None

    def store(self, path: str, body: bytes, digest: str, media_type: str, tag: str | None) -> Artifact:
        """An artifact as a push leaves it."""
        repository, now = self.repository(path, create=True), time.time()
        project = self.project_of(path)
        assert repository is not None
        assert project is not None
        known = repository.artifacts.get(digest)
        if known is None:
            known = Artifact(next(self.numbers), digest, media_type, body, now)
            repository.artifacts[digest] = known
            if self.scanner is not None and project.metadata.get("auto_scan") == "true":
                known.scan = self.scanner.begin()
        if tag is not None and tag not in known.tags:
            repository.untag(tag)
            known.tags[tag] = Tag(next(self.numbers), now)
        return known

    def used(self, project: Project) -> int:
        """Bytes stored for it, each blob once."""
        if project.used is not None:
            return project.used
        artifacts = [one for repository in project.repositories.values() for one in repository.artifacts.values()]
        names = {blob for one in artifacts for blob in one.blobs}
        return sum(len(one.body) for one in artifacts) + sum(len(self.blobs.get(name, b"")) for name in names)

    def over_quota(self, project: Project, size: int) -> str | None:
        """Harbor's words where `size` more bytes do not fit."""
        used = self.used(project)
        if project.quota < 0 or used + size <= project.quota:
            return None
        return (
            f"adding {_amount(size)} of storage resource, which when updated to current usage of {_amount(used)} "
            f"will exceed the configured upper limit of {_amount(project.quota)}."
        )


def _amount(size: float) -> str:
    units = iter(("B", "KiB", "MiB", "GiB"))
    unit = next(units)
    while size >= 1024 and unit != "GiB":
        size, unit = size / 1024, next(units)
    return f"{size:.1f} {unit}"
