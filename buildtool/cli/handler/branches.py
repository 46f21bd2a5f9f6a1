"""The deploy branch as a clone of this process, with all that the use case asks for."""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING

from buildtool.adapters.cluster import Cluster, open_cluster
from buildtool.adapters.health import HealthUrls
from buildtool.adapters.lock import MachineLock
from buildtool.adapters.signals import EndingSignals
from buildtool.cli.clone_log import CloneLog
from buildtool.cli.mirror_wiring import mirroring
from buildtool.cli.wiring import Wiring
from buildtool.errors import CONFIG_MISSING, BuildtoolError
from buildtool.usecases.handler.view import View
from buildtool.usecases.push.live import LiveTags
from buildtool.usecases.push.transaction import Transaction
from buildtool.usecases.rollback.run import Rollback, TargetProof
from buildtool.usecases.rollback.standing import Standings
from buildtool.usecases.rollback.target import Targets
from buildtool.usecases.setter_history import SetterHistory
from buildtool.usecases.status.look import Look
from buildtool.usecases.status.questions import Sources

if TYPE_CHECKING:
    from pathlib import Path

    from buildtool.adapters.git.clone import BranchClone
    from buildtool.adapters.git.remote import RemoteBranch
    from buildtool.core.status.station import Unseen

_CLUSTER_SECONDS = 600  # the account's token is renewed in its file, and read when the cluster is opened


class ClonedBranch:
    """Used by one thread. Everything is made anew for each commit, so that it is the commit's own configuration."""

    def __init__(self, parent: Wiring, clone: BranchClone, folder: Path, kubeconfig: Path | None) -> None:
        self._parent = parent
        self._clone = clone
        self._folder = folder
        self._kubeconfig = kubeconfig
        self._view: View | None = None
        self._wiring: Wiring | None = None
        self._cluster: Cluster | Unseen | None = None
        self._opened = 0

    def newest(self) -> View:
        """The branch as it stands on the remote now; raises what git, the configuration and the manifests raise."""
        branch = self._clone.update()
        cluster = self._open_cluster()
        if self._view is None or self._view.head != branch.sha or self._view.cluster is not cluster:
            self._forget()
            self._view = self._made(branch, cluster)
        return self._view

    def _forget(self) -> None:
        """Let go of what belongs to another commit: its objects refer to each other, and memory is short."""
        if self._wiring is not None:
            self._wiring.registry.close()
        self._view = self._wiring = None
        gc.collect()

    def _open_cluster(self) -> Cluster | Unseen:
        now = self._parent.clock.now()
        if self._cluster is None or now - self._opened > _CLUSTER_SECONDS:
            if isinstance(self._cluster, Cluster):
                self._cluster.close()
            self._cluster, self._opened = open_cluster(self._parent.environment, self._kubeconfig), now
        return self._cluster

    def _made(self, branch: RemoteBranch, cluster: Cluster | Unseen) -> View:
        wiring = Wiring(self._folder, self._parent.config_file, self._parent.output, self._parent.environment)
        if wiring.config_path is not None and os.path.islink(wiring.config_path):
            raise BuildtoolError(CONFIG_MISSING, f"{wiring.config_path.name} is a link, which is not followed")
        config, manifests, log = wiring.config, wiring.manifests, CloneLog(wiring.repo)
        live = LiveTags(wiring.registry, config, manifests)
        self._wiring = wiring
        standings = Standings(config, manifests, live, log)
        targets = Targets(standings, SetterHistory(log, wiring.texts, branch.sha))
        lock = MachineLock(wiring.cache / "locks", wiring.clock, wiring.output.say)
        transaction = Transaction(wiring.registry, lock, EndingSignals())
        proof = TargetProof(wiring.registry, wiring.layers)
        return View(
            branch=branch.name,
            head=branch.sha,
            config=config,
            manifests=manifests,
            tree=wiring.tree,
            texts=wiring.texts,
            history=log,
            live=live,
            standings=standings,
            rollback=Rollback(standings, targets, proof, transaction, mirroring(wiring, wiring.output), wiring.clock),
            look=Look(config, manifests, live, wiring.registry, Sources(log, cluster, HealthUrls())),
            cluster=cluster,
        )
