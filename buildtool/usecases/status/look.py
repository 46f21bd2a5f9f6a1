"""One look at everything that tells where images are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.commit.tags import parse_tag, sanitise
from buildtool.core.flux.policy import select
from buildtool.core.image.labels import REVISION
from buildtool.core.image.proof import problems
from buildtool.core.status.downstream import newest_commit
from buildtool.core.status.journey import journey
from buildtool.core.status.seen import Applied, ImageFacts, ReadBack, RepositoryTags
from buildtool.core.status.station import Unseen
from buildtool.usecases.prove import read_back
from buildtool.usecases.push import selection
from buildtool.usecases.side_by_side import side_by_side
from buildtool.usecases.status.cluster_objects import image_objects, kustomizations, workloads
from buildtool.usecases.status.deploy_branch import DeployBranch
from buildtool.usecases.status.questions import asked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from buildtool.config import Config, ImageConfig
    from buildtool.core.flux.manifests import Manifests
    from buildtool.core.status.journey import Journey
    from buildtool.core.status.seen import BranchHead, Health, ImageObjects, Setters, Workload
    from buildtool.usecases.ports import Registry
    from buildtool.usecases.push.live import LiveTags
    from buildtool.usecases.status.questions import Sources

_REGISTRY, _GIT, _CLUSTER, _HEALTH = 120.0, 120.0, 40.0, 15.0  # seconds that a look waits for each
NO_URL = "no health URL is configured (images.NAME.running)"


class Look:
    """Where images are now. Everything is asked anew each time, but an image once read back stays what it is."""

    def __init__(
        self, config: Config, manifests: Manifests, live: LiveTags, registry: Registry, sources: Sources
    ) -> None:
        self._config = config
        self._manifests = manifests
        self._live = live
        self._registry = registry
        self._sources = sources
        self._branch = DeployBranch(sources.git, manifests)
        self._proven: dict[tuple[str, str, str], ReadBack] = {}

    def at(self, images: Sequence[ImageConfig], targets: Mapping[str, str]) -> list[Journey]:
        """A journey for each image, in order: of the tag in `targets`, or of the newest one of the deploy branch.

        Raises policy-unknown for an image whose policy is not in the manifests; nothing else.
        """
        for image in images:
            selection.policy_of(image, self._manifests)
        found = side_by_side([lambda one=image: self._facts(one, targets.get(one.name)) for image in images])  # type: ignore[misc]
        return [journey(facts) for facts in found]

    def _facts(self, image: ImageConfig, target: str | None) -> ImageFacts:
        head = asked(lambda: self._branch.head(image.policy), _GIT, "the git remote")
        tags = asked(lambda: self._tags(image), _REGISTRY, "the registry")
        if target is None and not isinstance(tags, Unseen):
            target = self._followed(image, tags, head)
        setters = self._setters(image, head)
        applied = self._applied(image, head, setters, target)
        return ImageFacts(
            image=image.name,
            target=target,
            policy=selection.policy_of(image, self._manifests),
            names=self._names(image),
            head=head,
            tags=tags,
            read_back=self._read_back(image, tags, target),
            flux=self._flux(image),
            setters=setters,
            applied=applied,
            workloads=self._workloads(image, applied),
            health=self._health(image),
        )

    def _tags(self, image: ImageConfig) -> RepositoryTags:
        every = self._live.read([image])[image.name]
        return RepositoryTags(every, self._live.visible(image, every))

    def _followed(self, image: ImageConfig, tags: RepositoryTags, head: BranchHead | Unseen) -> str | None:
        """The newest tag of a deploy branch; of an image whose policy orders by version what that selects."""
        policy = selection.policy_of(image, self._manifests)
        if policy is not None and policy.choice.semver is not None:
            return select(policy, tags.visible).winner
        return self._newest(tags.every, head)

    def _newest(self, every: Sequence[str], head: BranchHead | Unseen) -> str | None:
        """The newest tag of a deploy branch, without those of uncommitted files."""
        branches = {sanitise(branch) for branch in self._config.tag.branches}
        if not isinstance(head, Unseen):
            branches.add(sanitise(head.branch))
        ours = [
            (one.time, tag) for tag in every if (one := parse_tag(tag)) and one.branch in branches and not one.dirty
        ]
        return max(ours)[1] if ours else None

    def _read_back(self, image: ImageConfig, tags: RepositoryTags | Unseen, target: str | None) -> ReadBack | Unseen:
        if isinstance(tags, Unseen) or target is None or target not in tags.every:
            return Unseen("there is no tag to read")
        return asked(lambda: self._proof(image, target), _REGISTRY, "the registry")

    def _proof(self, image: ImageConfig, target: str) -> ReadBack:
        """The platforms and the commit of what is under the tag; its layers are what `verify` looks into."""
        repository = self._config.repository(image.name)
        digest = self._registry.digest(repository, target) or target
        key = (str(repository), target, digest)
        if key not in self._proven:
            proof = read_back(self._registry, repository, digest)[1]
            parsed, revision = parse_tag(target), proof.label(REVISION) or ""
            wrong = problems(proof, digest=proof.digest, platforms=image.platforms, revision=revision)
            if parsed is not None and not revision.startswith(parsed.sha):
                wrong.append(f"the tag says commit {parsed.sha}, the image {revision or 'none'}")
            platforms = ", ".join(map(str, proof.platforms))
            self._proven[key] = ReadBack(proof.digest, platforms, "; ".join(wrong), revision)
        return self._proven[key]

    def _flux(self, image: ImageConfig) -> ImageObjects | Unseen:
        cluster, policy = self._sources.cluster, image.policy
        if isinstance(cluster, Unseen):
            return cluster
        if policy is None:
            return Unseen("the image has no policy", looked=False)
        return asked(lambda: image_objects(cluster, policy), _CLUSTER, "the API server")

    def _setters(self, image: ImageConfig, head: BranchHead | Unseen) -> Setters | Unseen:
        policy = image.policy
        if isinstance(head, Unseen):
            return head
        if policy is None:
            return Unseen("the image has no policy", looked=False)
        return asked(lambda: self._branch.setters(head, policy), _GIT, "the git remote")

    def _applied(
        self, image: ImageConfig, head: BranchHead | Unseen, setters: Setters | Unseen, target: str | None
    ) -> Sequence[Applied] | Unseen:
        cluster = self._sources.cluster
        if isinstance(cluster, Unseen):
            return cluster
        if isinstance(head, Unseen):
            return Unseen(f"which files hold the image is not known: {head.reason}", looked=head.looked)
        if isinstance(setters, Unseen):
            return Unseen(f"which files hold the image is not known: {setters.reason}", looked=setters.looked)
        values = [value for value in setters.values if value.tag == target]
        commit = newest_commit(values).commit if values else ""

        def read() -> list[Applied]:
            here = self._branch.here(image.policy, head)
            found = kustomizations(cluster, [value.path for value in setters.values], here)
            return [Applied(one, self._branch.holds(commit, one.applied) if commit else False) for one in found]

        return asked(read, _CLUSTER, "the API server")

    def _workloads(self, image: ImageConfig, applied: Sequence[Applied] | Unseen) -> Sequence[Workload] | Unseen:
        cluster = self._sources.cluster
        if isinstance(cluster, Unseen):
            return cluster
        if isinstance(applied, Unseen):
            return Unseen(f"which Deployments run the image is not known: {applied.reason}", looked=applied.looked)
        return asked(lambda: workloads(cluster, applied, self._names(image)), _CLUSTER, "the API server")

    def _health(self, image: ImageConfig) -> Health | Unseen:
        running = image.running
        if running is None:
            return Unseen(NO_URL.replace("NAME", image.name), looked=False)
        return asked(lambda: self._sources.health.ask(running.url, running.revision), _HEALTH, running.url)

    def _names(self, image: ImageConfig) -> frozenset[str]:
        """The ways in which manifests write the image's repository."""
        watched = self._manifests.repository_of(image.policy) if image.policy else None
        return frozenset({str(self._config.repository(image.name)), *([watched.image] if watched else [])})
