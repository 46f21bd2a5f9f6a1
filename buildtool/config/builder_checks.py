"""Checks over the values of `[builder]`: which driver takes which nodes, certificates and registries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.config.endpoints import REMOTE_ONLY, scheme_of
from buildtool.core.build.builder import DIGEST_DRIVERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.config.load_state import LoadState
    from buildtool.config.settings import BuilderNode

_TABLE = "builder"
_NODES = (_TABLE, "nodes")


def check(state: LoadState) -> None:
    driver, nodes = state.good.get((_TABLE, "driver")), state.good.get(_NODES) or ()
    if driver not in DIGEST_DRIVERS:
        for key in ("nodes", "options", "registries"):
            if state.good.get((_TABLE, key)):
                state.wrong(f'{key} need a driver that can have them: driver = "docker-container"', _TABLE, key)
        return
    for number, node in enumerate(nodes):
        for problem in (_endpoint(driver, node), _certificates(driver, node)):
            if problem:
                state.wrong(problem, *_NODES, number)
    _twice(state, nodes)
    if driver == "remote" and state.good.get((_TABLE, "registries")):
        where = "[registry] of the buildkitd.toml that each buildkitd was started with"
        state.wrong(f"nothing reads them with the driver remote: they belong into {where}", _TABLE, "registries")


def _endpoint(driver: str, node: BuilderNode) -> str | None:
    scheme = scheme_of(node.endpoint)
    if driver == "kubernetes":
        wrong = (
            "an endpoint has no place here: the driver kubernetes makes its own, where kubectl's configuration points"
        )
        return wrong if node.endpoint else None
    if not node.endpoint:
        return "has no endpoint: a docker context or an address"
    if driver == "remote" and not scheme:
        return "a docker context is no buildkitd: the driver remote takes tcp://, unix://, ssh:// and the like"
    if driver == "docker-container" and scheme in REMOTE_ONLY:
        return f'{scheme}:// is a running buildkitd: it needs driver = "remote"'
    return None


def _certificates(driver: str, node: BuilderNode) -> str | None:
    given = [name for name in ("cacert", "cert", "key") if getattr(node, name)]
    if not given:
        return None
    if driver != "remote" or scheme_of(node.endpoint) != "tcp":
        named = ", ".join(given)
        return f"{named}: only tcp:// with the driver remote takes them; a docker context holds those of an engine"
    return None if bool(node.cert) == bool(node.key) else "cert and key go together"


def _twice(state: LoadState, nodes: Sequence[BuilderNode]) -> None:
    """The same machine under two nodes: buildx would take one of them for everything."""
    seen: set[str] = set()
    for number, node in enumerate(nodes):
        if node.endpoint and node.endpoint in seen:
            state.wrong("the same endpoint is a node already: give that one all platforms", *_NODES, number)
        seen.add(node.endpoint)
