"""The questions of doctor to a registry: all are tried, and nothing is changed there."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import httpx

from buildtool.adapters.registry.harbor.api import HarborApi
from buildtool.adapters.registry.harbor.reader import read_facts
from buildtool.adapters.registry.http.limits import Limits
from buildtool.adapters.registry.http.proxies import proxy_for
from buildtool.adapters.registry.http.status_codes import refusal
from buildtool.adapters.registry.login.session import Request
from buildtool.adapters.registry.removal import NOT_FOUND, says_unknown
from buildtool.core.registry.contents import RemovalWay
from buildtool.core.registry.harbor import TAG_DELETE, judge
from buildtool.errors import REGISTRY_DENIED, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from buildtool.adapters.registry.client import RegistryClient
    from buildtool.adapters.registry.http.answer import Answer
    from buildtool.core.image.names import Repository
    from buildtool.core.registry.contents import RegistryFacts
    from buildtool.core.registry.harbor import Use
    from buildtool.errors.findings import Finding

# A person is waiting: one more try, and then the answer is that there is none.
SHORT = Limits(connect=2.0, read=4.0, exchange=8.0, total=6.0, probe=5.0, attempts=2)
_EXPECTED = (400, 404, 405)
_NO_SUCH_DIGEST = f"sha256:{'0' * 64}"


class RegistryInspection:
    def __init__(self, client: RegistryClient, environment: Mapping[str, str]) -> None:
        self._client = client
        self._api = HarborApi(client.session)
        self._environment = environment

    def probe(self) -> RegistryFacts:
        return self._client.probe()

    def check_push(self, repository: Repository) -> None:
        self._client.check_push(repository)

    def tags(self, repository: Repository) -> Iterator[str]:
        return self._client.tags(repository)

    def username(self) -> str | None:
        """The user name that the registry gets; None without credentials. Raises registry-credentials."""
        credential = self._client.session.auth.credential
        return credential.username or "a token" if credential is not None else None

    def proxy(self) -> str | None:
        """The HTTP proxy that the environment sends requests for this registry through."""
        return proxy_for(httpx.URL(self._client.session.base), self._environment)

    def harbor_findings(self, uses: Sequence[Use], now: int) -> list[Finding] | None:
        """The findings about Harbor's settings; None where the registry is not a Harbor."""
        if not self._api.is_there():
            return None
        return judge(read_facts(self._client.session, [use.repository for use in uses]), uses, now)

    def removal_way(self, repository: Repository) -> RemovalWay:
        """How one tag could be taken away: asked for with a tag and a digest that are not there.

        A Harbor says what this account may do; raises registry-denied where it may not.
        """
        repository = self._client.stored(repository)
        if self._api.is_there():
            return self._harbor_way(repository)
        answer = self._delete(repository, f"no-such-tag-{secrets.token_hex(8)}")
        if says_unknown(answer):
            return RemovalWay.BY_TAG
        answer = self._delete(repository, _NO_SUCH_DIGEST)
        if says_unknown(answer):
            return RemovalWay.BY_DIGEST
        return RemovalWay.UNKNOWN if answer.status == NOT_FOUND else RemovalWay.NONE

    def _harbor_way(self, repository: Repository) -> RemovalWay:
        project = read_facts(self._client.session, [repository]).projects.get(repository.project)
        if project is None or project.rights is None:
            return RemovalWay.UNKNOWN
        if TAG_DELETE not in project.rights:
            fix = "Harbor: the robot account: give it `Delete Tag`"
            raise BuildtoolError(REGISTRY_DENIED, f"it has no right {TAG_DELETE}", fix=fix, place=str(repository))
        return RemovalWay.HARBOR

    def _delete(self, repository: Repository, reference: str) -> Answer:
        """The answer, where it is one of those that do not mean that this account may not; raises for the others."""
        scope = f"repository:{repository.path}:pull,push,delete"
        answer = self._client.session.ask(Request("DELETE", f"/v2/{repository.path}/manifests/{reference}", scope))
        if answer.status not in _EXPECTED:
            raise refusal(answer, repository.path)
        return answer
