"""Words of the services' documentation and of reports of their users: none was heard here from a real one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.registry.service_refusals import meaning
from buildtool.errors import REGISTRY_AUTH, REGISTRY_DENIED, REGISTRY_IMMUTABLE, REGISTRY_NOT_FOUND

if TYPE_CHECKING:
    from buildtool.errors import Kind

ECR = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"
NAMED = f"--region eu-central-1 --repository-name {'team/app'}"


@pytest.mark.parametrize(
    ("words", "kind", "fix"),
    [
        (
            "DENIED: Your authorization token has expired. Reauthenticate and try again.",
            REGISTRY_AUTH,
            "aws ecr get-login-password --region eu-central-1 | docker login --username AWS",
        ),
        ("denied: Your Authorization Token has expired. Please run 'aws ecr get-login'", REGISTRY_AUTH, "aws ecr get-"),
        ("failed to push x: unexpected status from POST request: 401 Unauthorized", REGISTRY_AUTH, "aws ecr get-login"),
        ("no basic auth credentials", REGISTRY_AUTH, "aws ecr get-login-password"),
        (
            "NAME_UNKNOWN: The repository with name 'team/app' does not exist in the registry with id '123456789012'",
            REGISTRY_NOT_FOUND,
            f"aws ecr create-repository {NAMED}",
        ),
        (
            (
                "TAG_INVALID: The image tag 'unproven' already exists in the 'team/app' repository and cannot be "
                "overwritten because the repository is immutable."
            ),
            REGISTRY_IMMUTABLE,
            f"aws ecr put-image-tag-mutability {NAMED} --image-tag-mutability MUTABLE",
        ),
        (
            "tag invalid: The image tag 'a' … cannot be overwritten because the tag is immutable.",
            REGISTRY_IMMUTABLE,
            "",
        ),
        (
            "DENIED: User: arn:aws:iam::1:user/ci is not authorized to perform: ecr:InitiateLayerUpload on resource: x",
            REGISTRY_DENIED,
            "IAM",
        ),
    ],
)
def test_ecr(words: str, kind: Kind, fix: str) -> None:
    found = meaning(ECR, "team/app", words)
    assert found is not None
    assert found.kind is kind
    assert fix in found.fix


@pytest.mark.parametrize(
    ("host", "path", "words", "fix"),
    [
        ("docker.io", "app", "DENIED: requested access to the resource is denied", 'registry = "docker.io/NAMESPACE"'),
        ("docker.io", "library/app", "UNAUTHORIZED: authentication required", "official image"),
        ("registry-1.docker.io", "library/app", "insufficient_scope: authorization failed", '"docker.io/NAMESPACE"'),
        ("docker.io", "team/app", "UNAUTHORIZED: authentication required", "docker login docker.io"),
        ("docker.io", "team/web/app", "DENIED: requested access to the resource is denied", "NAMESPACE/NAME"),
        ("ghcr.io", "team/app", "DENIED: permission_denied: write_package", "packages: write"),
        ("ghcr.io", "team/app", "denied: installation not allowed to Create organization package", "packages: write"),
        ("quay.io", "org/app", "UNAUTHORIZED: access to the requested resource is not authorized", "(org+NAME) Write"),
        ("registry.gitlab.com", "group/project/a/b", "DENIED: access forbidden", "at most two more names"),
    ],
)
def test_the_kind_of_the_status_stays_and_the_fix_is_the_services_own(
    host: str, path: str, words: str, fix: str
) -> None:
    found = meaning(host, path, words)
    assert found is not None
    assert found.kind is None
    assert fix in found.fix
    assert path.rpartition("/")[2] in found.fix


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("harbor.example", "DENIED: Your authorization token has expired."),
        ("docker.io.evil", "denied"),
        ("docker.io", "MANIFEST_UNKNOWN: manifest unknown"),
        ("quay.io", ""),
        (ECR, "MANIFEST_UNKNOWN: Requested image not found"),
    ],
)
def test_what_is_not_known_is_left_to_the_status(host: str, words: str) -> None:
    assert meaning(host, "team/app", words) is None


@given(st.sampled_from(["docker.io", "ghcr.io", "quay.io", "registry.gitlab.com", ECR]), st.text(), st.text())
def test_any_words(host: str, path: str, words: str) -> None:
    found = meaning(host, path, words)
    assert found is None or found.fix != ""
