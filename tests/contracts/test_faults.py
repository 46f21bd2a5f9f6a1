"""One fault at each request of a publication in turn: it heals, or it ends with the right code and reason."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.registry import Credential, Limits, RegistryClient
from buildtool.core.image.names import Repository
from buildtool.core.registry.contents import TagRemoval
from buildtool.core.text.secrets import Secrets
from buildtool.errors import (
    REGISTRY_ANSWER,
    REGISTRY_DIGEST,
    REGISTRY_FAILED,
    BuildtoolError,
    Exit,
)
from tests.support.clock import PatientClock
from tests.support.faultproxy import Fault, faulty
from tests.support.harbor.server import harbor
from tests.support.need import need
from tests.support.registries.distribution import debian_registry, distribution
from tests.support.registries.images import image, sha256, upload

if TYPE_CHECKING:
    from collections.abc import Iterator

IMAGE = image()
FINAL = "master-abc1234-1707300000"
HEALING = {
    Fault.BAD_GATEWAY,
    Fault.BUSY,
    Fault.BUSY_WAIT,
    Fault.RESET_BEFORE,
    Fault.RESET_AFTER,
    Fault.STALL,
    Fault.TRUNCATED,
}
REQUESTS = 11  # of a publication without a fault; a test holds it
PROVEN = 9  # from this request on the image is proven
LIMITS = Limits(read=0.5, exchange=5.0)
_COUNTER = itertools.count()


@pytest.fixture(scope="module")
def upstream(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    program = debian_registry()
    need(program, "distribution 2.8 is not installed (Debian: apt-get install docker-registry)")
    assert program is not None
    with distribution(program, tmp_path_factory.mktemp("registry")) as served:
        yield served.host


def client_of(host: str, said: list[str] | None = None, *, credential: Credential | None = None) -> RegistryClient:
    return RegistryClient(
        host,
        insecure=True,
        clock=PatientClock(),
        secrets=Secrets(),
        credentials=lambda: credential,
        on_retry=([] if said is None else said).append,
        limits=LIMITS,
    )


def publish(client: RegistryClient, repository: Repository) -> None:
    """As `push` does: content first, read back and prove, and only then the final tag."""
    client.probe()
    assert FINAL not in list(client.tags(repository))
    upload(client, repository, IMAGE)
    read = client.manifest(repository, IMAGE.manifest.digest)
    config = client.blob(repository, read.document()["config"]["digest"])
    if read != IMAGE.manifest or json.loads(config)["architecture"] != "arm64":
        raise AssertionError("the client let through what it must have refused")
    client.put_manifest(repository, FINAL, IMAGE.manifest)
    if client.digest(repository, FINAL) != IMAGE.manifest.digest:
        raise BuildtoolError(REGISTRY_DIGEST, "the tag holds another digest")


def fresh(host: str) -> Repository:
    return Repository(host, f"frontend-{next(_COUNTER)}")


def test_the_number_of_requests_is_known(upstream: str) -> None:
    with faulty(upstream, Fault.INTERNAL, at=10_000) as proxy, client_of(proxy.host) as client:
        publish(client, fresh(proxy.host))
        assert [line.partition(" ")[0] for line in proxy.asked] == [
            *("GET", "GET", "POST", "PUT", "POST", "PUT", "PUT"),
            *("GET", "GET", "PUT", "HEAD"),
        ]
        assert len(proxy.asked) == REQUESTS


@pytest.mark.parametrize("at", range(1, REQUESTS + 1))
@pytest.mark.parametrize("fault", list(Fault))
def test_a_fault_heals_or_explains_itself(upstream: str, fault: Fault, at: int) -> None:
    said: list[str] = []
    with faulty(upstream, fault, at=at) as proxy:
        repository = fresh(proxy.host)
        with client_of(proxy.host, said) as client:
            failure = _attempt(client, repository)
        _check(fault, failure, said)
        with client_of(upstream) as direct:
            behind = Repository(upstream, repository.path)
            if at <= PROVEN:  # not yet proven: the final tag must not be there, whatever happened
                assert failure is None or direct.digest(behind, FINAL) is None
            assert direct.digest(behind, FINAL) in (None, IMAGE.manifest.digest)
        with client_of(proxy.host) as again:
            _rerun(again, repository)


def _attempt(client: RegistryClient, repository: Repository) -> BuildtoolError | None:
    try:
        publish(client, repository)
    except BuildtoolError as error:
        return error
    return None


def _check(fault: Fault, failure: BuildtoolError | None, said: list[str]) -> None:
    if fault in HEALING:
        assert failure is None, failure
        # an answer to PUT that was lost is settled by looking, without a second try
        assert len(said) == 1 or (fault in (Fault.RESET_AFTER, Fault.TRUNCATED) and not said)
        assert all("trying again in" in line for line in said)
        return
    if failure is None:
        return
    assert failure.kind in (REGISTRY_ANSWER, REGISTRY_DIGEST, REGISTRY_FAILED), failure.kind
    assert failure.kind.exit in (Exit.UNREACHABLE, Exit.PROOF), failure.message
    if fault is Fault.INTERNAL:
        assert failure.kind is REGISTRY_FAILED
        assert said == []


def _rerun(client: RegistryClient, repository: Repository) -> None:
    """The same command again is always safe, and ends well."""
    if client.digest(repository, FINAL) is None:
        publish(client, repository)
    assert client.digest(repository, FINAL) == IMAGE.manifest.digest
    assert list(client.tags(repository)) == [FINAL]


@pytest.mark.parametrize("fault", list(Fault))
def test_the_same_over_a_harbor_with_its_tokens(fault: Fault) -> None:
    """Its token service is asked on the way too, so there are more requests to fail."""
    with harbor() as fake:
        credential = Credential(fake.robot.name, fake.robot.secret)
        with faulty(fake.host, fault, at=10_000) as proxy, client_of(proxy.host, credential=credential) as client:
            publish(client, Repository(proxy.host, f"website/{fresh(proxy.host).path}"))
            asked = list(proxy.asked)
        assert sum("/service/token" in line for line in asked) == 2
        for at in range(1, len(asked) + 1):
            said: list[str] = []
            with faulty(fake.host, fault, at=at) as proxy:
                repository = Repository(proxy.host, f"website/{fresh(proxy.host).path}")
                with client_of(proxy.host, said, credential=credential) as client:
                    failure = _attempt(client, repository)
                _check(fault, failure, said)
                published = (fake.state.tags(repository.path) or {}).get(FINAL)
                assert published in (None, IMAGE.manifest.digest)
                assert (
                    published is None or failure is None or any(f"/manifests/{FINAL}" in line for line in proxy.asked)
                )
                with client_of(proxy.host, credential=credential) as again:
                    _rerun(again, repository)


@pytest.mark.parametrize("fault", sorted(HEALING))
def test_what_never_heals_ends_with_a_reason(upstream: str, fault: Fault) -> None:
    with faulty(upstream, fault, at=1, times=10_000) as proxy:
        clock = PatientClock()
        limits = Limits(read=0.2, attempts=4)
        client = RegistryClient(proxy.host, insecure=True, clock=clock, secrets=Secrets(), limits=limits)
        with client, pytest.raises(BuildtoolError) as caught:
            client.digest(fresh(proxy.host), FINAL)
    assert caught.value.kind.exit is Exit.UNREACHABLE
    assert len(clock.slept) == 3
    assert sum(clock.slept) < limits.total


@pytest.mark.parametrize("at", range(1, 9))
@pytest.mark.parametrize("fault", sorted(HEALING))
def test_taking_a_tag_away_survives_a_fault(upstream: str, fault: Fault, at: int) -> None:
    with client_of(upstream) as direct:
        behind = fresh(upstream)
        upload(direct, behind, IMAGE, "unproven", FINAL)
        with faulty(upstream, fault, at=at) as proxy, client_of(proxy.host) as client:
            removed = client.remove_tag(Repository(proxy.host, behind.path), "unproven")
        assert removed is TagRemoval.REMOVED
        assert list(direct.tags(behind)) == [FINAL]
        assert direct.digest(behind, FINAL) == IMAGE.manifest.digest == sha256(IMAGE.manifest.body)
