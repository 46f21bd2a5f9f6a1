"""Makes the parts of the service, and runs them until a signal ends it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, NamedTuple

from buildtool.adapters.git.clone import BranchClone, RemoteAccess
from buildtool.adapters.key_file import read_key
from buildtool.adapters.web_server import WebServer
from buildtool.cli.bug import report
from buildtool.cli.handler.app import HandlerState, make_app
from buildtool.cli.handler.branches import ClonedBranch
from buildtool.cli.handler.page import HandlerPage
from buildtool.usecases.handler.act import RollbackHandler
from buildtool.usecases.handler.intake import Intake
from buildtool.usecases.handler.journal import Journal
from buildtool.usecases.handler.worker import Worker

if TYPE_CHECKING:
    from pathlib import Path

    from buildtool.cli.wiring import Wiring

_CLONE = "rollback-handler-clone"
_END_SECONDS = 150.0  # for the rollback under way, longer than its exchanges with a slow registry


class HandlerOptions(NamedTuple):
    """The options of `buildtool rollback-handler`."""

    remote: str
    branch: str | None
    key_file: Path
    known_hosts: Path | None
    ssh_key: Path | None
    git_credentials: Path | None
    kubeconfig: Path | None
    host: str
    port: int
    work: Path | None
    dry_run: bool


def run_handler(wiring: Wiring, options: HandlerOptions) -> None:
    """Serve until INT or TERM; the rollback under way is then finished."""
    access = RemoteAccess(options.remote, options.ssh_key, options.known_hosts, options.git_credentials)
    access.check()
    read_key(options.key_file)
    folder = (options.work or wiring.cache).absolute() / _CLONE
    clone = BranchClone(folder, access, options.branch, wiring.environment)
    branch = ClonedBranch(wiring, clone, folder, options.kubeconfig)
    output, clock = wiring.output, wiring.clock
    intake = Intake()
    journal = Journal(
        lambda decision: output.document(decision.document(), indent=None, messages=("reason",)), output.warn
    )
    worker = Worker(intake, journal, RollbackHandler(branch, clock, dry_run=options.dry_run), branch, clock)

    def bug(error: Exception) -> str:
        output.say(report(error))
        return f"a bug in buildtool: {type(error).__name__}; the log has a report"

    thread = threading.Thread(target=worker.run, args=(bug,), name="worker", daemon=True)
    page = HandlerPage(output.secrets.clean, dry_run=options.dry_run)
    state = HandlerState(intake, journal, page, clock, lambda: read_key(options.key_file), thread.is_alive)
    server = WebServer(make_app(state), options.host, options.port)
    intake.ask_for_look()
    thread.start()
    output.say(f"listening on {server.address}")
    server.run(worker.end)
    thread.join(_END_SECONDS)
