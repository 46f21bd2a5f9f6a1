"""What a Harbor knows: projects, robots, tags, and the settings a test turns."""

from __future__ import annotations

import fnmatch
import secrets
import threading
import time
from dataclasses import dataclass, field


@dataclass
class Robot:
    name: str = "robot$website+builder"
    secret: str = "harbor-r0bot-s3cr3t"
    actions: frozenset[str] = frozenset({"pull", "push", "delete"})
    system: bool = False  # a system robot or an administrator may create projects
    expires: int | None = None  # unix seconds; None where it may not look at robots


@dataclass
class Project:
    """`tags`: repository -> tag -> digest. `immutable`: patterns of tags that cannot be overwritten or deleted.

    `scan_seconds` is how long a scan takes from the push; None for one that never ends.
    """

    name: str
    number: int
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    immutable: list[str] = field(default_factory=list)
    retention: list[dict[str, object]] = field(default_factory=list)
    prevent_vulnerable: bool = False
    scanned: set[str] = field(default_factory=set)  # digests whose scan ended well
    scan_seconds: float | None = None
    scan_status: str = "Success"  # of a scan that has ended
    quota_full: bool = False
    pushed: dict[str, float] = field(default_factory=dict)  # digest -> unix seconds

    def protects(self, tag: str) -> bool:
        return any(fnmatch.fnmatchcase(tag, pattern) for pattern in self.immutable)

    def ended(self, digest: str) -> bool:
        """Whether the scan of this digest has ended."""
        if digest in self.scanned:
            return True
        return self.scan_seconds is not None and time.time() >= self.pushed.get(digest, 0) + self.scan_seconds

    def keeps_back(self, digest: str) -> bool:
        return self.prevent_vulnerable and not (self.ended(digest) and self.scan_status == "Success")


@dataclass
class Token:
    expires: float
    access: dict[str, frozenset[str]]  # repository -> actions


@dataclass
class State:
    """`token_life` in seconds; `external_url` None means the address the client used."""

    robot: Robot = field(default_factory=Robot)
    projects: dict[str, Project] = field(default_factory=lambda: {"website": Project("website", 1)})
    tokens: dict[str, Token] = field(default_factory=dict)
    read_only: bool = False
    repeats: bool = False  # a proxy in front sends each PUT of a manifest twice, and hands on the second answer
    external_url: str | None = None
    token_life: int = 1800
    asked: list[str] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def project_of(self, path: str) -> Project | None:
        return self.projects.get(path.partition("/")[0])

    def tags(self, path: str) -> dict[str, str] | None:
        project = self.project_of(path)
        return project.tags.get(path) if project is not None else None

    def issue(self, scopes: list[str]) -> str:
        """A token for what the robot may do; a project that is missing gives no action, and no error."""
        access: dict[str, frozenset[str]] = {}
        for scope in scopes:
            _, path, actions = scope.split(":")
            access[path] = frozenset(actions.split(",")) & self.robot.actions if self.project_of(path) else frozenset()
        value = secrets.token_urlsafe(24)
        self.tokens[value] = Token(time.monotonic() + self.token_life, access)
        return value

    def allowed(self, authorization: str, path: str, action: str) -> bool | None:
        """Whether the bearer may; None for no token, or one that is unknown or expired."""
        token = self.tokens.get(authorization.removeprefix("Bearer "))
        if token is None or token.expires < time.monotonic():
            return None
        return action in token.access.get(path, frozenset())
