"""Images on their way: a registry in memory, a real remote and clone, and a cluster that is asked over TLS or not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from buildtool.adapters.git import GitRepo
from buildtool.cli.clone_log import CloneLog
from buildtool.config import Config, ImageConfig
from buildtool.config.settings import Running
from buildtool.core.flux.manifests import find_policies
from buildtool.core.image.labels import REVISION
from buildtool.core.image.names import Platform
from buildtool.core.status.observed import Health
from buildtool.core.status.station import Unseen
from buildtool.errors import HEALTH_UNKNOWN, BuildtoolError
from buildtool.usecases.push.live import LiveTags
from buildtool.usecases.status.look import Look
from buildtool.usecases.status.sources import Sources
from tests.support.clock import PatientClock
from tests.support.gitrepos import commit, git
from tests.support.memory.registry import MemoryRegistry
from tests.support.shop import AUTOMATION, POLICY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from buildtool.core.status.journey import Journey
    from buildtool.core.status.station import Station
    from buildtool.usecases.status.sources import Cluster

NOBODY = Unseen("no cluster was asked", looked=False)
OLD = "main-0000000-1700000000"
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
spec:
  template:
    spec:
      containers:
        - name: main
          image: {host}/{name}:{tag} # {{"$imagepolicy": "flux-system:{name}"}}
"""


@dataclass
class KnownHealth:
    """What URLs tell, by URL; one that is missing does not answer."""

    revisions: dict[str, str] = field(default_factory=dict)

    def ask(self, url: str, key: str) -> Health:
        del key
        if url not in self.revisions:
            raise BuildtoolError(HEALTH_UNKNOWN, f"{url} does not answer", place=url)
        return Health(url, self.revisions[url])


@dataclass
class Way:
    """`folder` gets a bare remote and a clone of it. `running` are the images with a health URL, `http://NAME`."""

    folder: Path
    host: str = "r.example"
    branch: str = "main"
    names: Sequence[str] = ("web", "api")
    policy: str = POLICY
    cluster: Cluster | Unseen = NOBODY
    running: Sequence[str] = ()
    automation: str = AUTOMATION

    def __post_init__(self) -> None:
        self.registry = MemoryRegistry()
        self.clock = PatientClock()
        self.health = KnownHealth()
        self.clone = self.folder / "clone"
        self.bare = self.folder / "remote.git"
        self.folder.mkdir(exist_ok=True)
        git(self.folder, "init", "--quiet", "--bare", f"--initial-branch={self.branch}", str(self.bare))
        git(self.folder, "clone", "--quiet", str(self.bare), str(self.clone))
        git(self.clone, "checkout", "--quiet", "-B", self.branch)
        texts = {f"deploy/{name}-policy.yaml": self.policy.format(name=name, registry=self.host) for name in self.names}
        texts["deploy/automation.yaml"] = self.automation
        self.paths = {name: f"deploy/{name}/deployment.yaml" for name in self.names}
        texts |= {self.paths[name]: self.setter(name, OLD) for name in self.names}
        commit(self.clone, "first", **texts)
        self.send()
        self.manifests = find_policies(texts.items())
        images = {
            name: ImageConfig(
                name,
                (Platform("linux", "amd64"),),
                policy=f"flux-system:{name}",
                running=Running(f"http://{name}") if name in self.running else None,
            )
            for name in self.names
        }
        self.config = Config(self.host, images, self.clone, insecure=True)

    def move(self, name: str, path: str) -> None:
        """The manifest with an image's setter goes to another place, with its old value."""
        self.paths[name], old = path, self.paths[name]
        (self.clone / old).unlink()
        commit(self.clone, f"move {name}", **{path: self.setter(name, OLD)})
        self.send()

    def setter(self, name: str, tag: str) -> str:
        return DEPLOYMENT.format(name=name, host=self.host, tag=tag)

    def send(self) -> str:
        """The clone's commits go to the remote; the commit it then stands on."""
        git(self.clone, "push", "--quiet", "origin", f"HEAD:{self.branch}")
        return self.head

    @property
    def head(self) -> str:
        return git(self.clone, "rev-parse", "HEAD")

    def publish(self, name: str, tag: str, *, revision: str | None = None) -> str:
        """An image that a push published; its tag."""
        sha = revision if revision is not None else tag.split("-")[1].ljust(40, "0")
        self.registry.add(self.config.repository(name), {"linux/amd64": {REVISION: sha}}, tag)
        return tag

    def as_flux(self, name: str, tag: str) -> str:
        """The automation's commit for one image, made in a clone of its own; the commit."""
        other = self.folder / "flux"
        if not other.exists():
            git(self.folder, "clone", "--quiet", "--branch", self.branch, str(self.bare), str(other))
        git(other, "pull", "--quiet")
        made = commit(other, f"Deploy {tag}", **{self.paths[name]: self.setter(name, tag)})
        git(other, "push", "--quiet", "origin", self.branch)
        return made

    def look(self) -> Look:
        live = LiveTags(self.registry, self.config, self.manifests)
        sources = Sources(CloneLog(GitRepo(self.clone, {})), self.cluster, self.health)
        return Look(self.config, self.manifests, live, self.registry, sources)

    def journeys(self, **targets: str) -> list[Journey]:
        return self.look().at(list(self.config.images.values()), targets)

    def journey(self, name: str, target: str | None = None) -> Journey:
        [found] = self.look().at([self.config.images[name]], {name: target} if target else {})
        return found

    def station(self, image: str, station: str, target: str | None = None) -> Station:
        return next(one for one in self.journey(image, target).stations if one.name == station)

    def states(self, image: str, target: str | None = None) -> Mapping[str, str]:
        """The state of each station, by its name."""
        return {one.name.value: one.state.value for one in self.journey(image, target).stations}
