from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.registry.services import (
    HUB_LOGIN,
    HUB_NAMES,
    Service,
    api_host,
    deletion,
    login_command,
    login_keys,
    region_of,
    service_of,
    stored_path,
    token_host,
)

ECR = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"
HOSTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(sorted(HUB_NAMES)),
    st.from_regex(r"[a-z0-9.\[\]:-]{1,30}", fullmatch=True),
    st.sampled_from(["ghcr.io", "quay.io", "registry.gitlab.com", ECR, "[::1]:5000", "192.168.0.40:5000"]),
)


@pytest.mark.parametrize(
    ("host", "service"),
    [
        ("docker.io", Service.HUB),
        ("Index.Docker.io", Service.HUB),
        ("registry-1.docker.io", Service.HUB),
        ("docker.io:5000", Service.OTHER),
        ("docker.io.evil", Service.OTHER),
        ("my-docker.io", Service.OTHER),
        ("ghcr.io", Service.GITHUB),
        ("quay.io", Service.QUAY),
        ("registry.gitlab.com", Service.GITLAB),
        ("gitlab.com", Service.OTHER),
        (ECR, Service.ECR),
        ("123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com", Service.ECR),
        ("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", Service.ECR),
        ("123456789012.dkr-ecr.eu-west-1.on.aws", Service.ECR),
        ("12345.dkr.ecr.eu-west-1.amazonaws.com", Service.OTHER),
        (f"evil/{ECR}", Service.OTHER),
        ("[::1]:5000", Service.OTHER),
        ("", Service.OTHER),
    ],
)
def test_who_runs_a_registry(host: str, service: Service) -> None:
    assert service_of(host) is service


@pytest.mark.parametrize("host", sorted(HUB_NAMES))
def test_every_name_of_docker_hub_is_one_registry(host: str) -> None:
    assert api_host(host) == "registry-1.docker.io"
    assert token_host(host) == "auth.docker.io"
    assert stored_path(host, "nginx") == "library/nginx"
    assert stored_path(host, "team/app") == "team/app"
    assert login_keys(host)[0] == HUB_LOGIN
    assert host in login_keys(host)


@given(HOSTS, st.sampled_from(["app", "team/app", "a/b/c"]))
def test_other_registries_are_what_they_say(host: str, path: str) -> None:
    """Nothing of Docker Hub's is done to another name, and what is stored is stored once."""
    assert stored_path(host, stored_path(host, path)) == stored_path(host, path)
    assert api_host(api_host(host)) == api_host(host)
    if service_of(host) is not Service.HUB:
        assert (api_host(host), stored_path(host, path), login_keys(host)) == (host, path, (host,))
    assert (region_of(host) != "") == (service_of(host) is Service.ECR)


def test_how_one_logs_in() -> None:
    assert login_command("docker.io") == "docker login docker.io"
    assert login_command("[::1]:5000") == "docker login [::1]:5000"
    assert login_command(ECR) == (
        f"aws ecr get-login-password --region eu-central-1 | docker login --username AWS --password-stdin {ECR}"
    )


@pytest.mark.parametrize(
    ("host", "path", "place"),
    [
        ("docker.io", "nginx", "https://hub.docker.com/r/library/nginx/tags"),
        ("registry-1.docker.io", "team/app", "https://hub.docker.com/r/team/app/tags"),
        ("ghcr.io", "team/app", "team/app"),
        (ECR, "app", "--region eu-central-1 --repository-name app --image-ids imageTag=old"),
    ],
)
def test_where_a_tag_is_deleted_by_hand(host: str, path: str, place: str) -> None:
    assert place in deletion(host, path, "old")


@pytest.mark.parametrize("host", ["harbor.example", "quay.io", "registry.gitlab.com", "[::1]:5000"])
def test_a_registry_that_deletes_has_no_other_place(host: str) -> None:
    assert deletion(host, "team/app", "old") == ""
