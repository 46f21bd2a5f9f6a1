"""What the stand-ins for registries as a service do, as facts: from the services' documentation and users' reports.

None of them was measured here: there is no way to them from a test. Sources, read in November 2026:

Docker Hub   docs.docker.com (registry API, pull usage and limits); distribution/distribution#1676 and
             docker-archive/docker-registry#1071 (a repository that is not there: 401 insufficient_scope);
             docker/hub-feedback#1759 (DELETE: UNSUPPORTED), #2094 (no catalog)
GitHub       docs.github.com (container registry); danger/danger-js#1414 (permission_denied: write_package)
quay.io      docs.quay.io, quay/quay endpoints/v2; deitch/docker_registry2#107 (Link of the list of tags)
GitLab       docs.gitlab.com (authenticate with the container registry, its token service)
ECR          docs.aws.amazon.com (registry authentication, common errors); moby/buildkit#3776 and
             aws/containers-roadmap#862 (immutable tags)
"""

from __future__ import annotations

from dataclasses import dataclass

UNSUPPORTED = ("UNSUPPORTED", "The operation is unsupported.")


@dataclass(frozen=True)
class Facts:
    """One service.

    `name` is what people write, `api` the server of `/v2/`, `tokens` that of the token service ("" for Basic) and
    `realm` the path there. `token_key` is the key of the token in its answer; `says_life` whether it tells how long
    one lives. `missing` and `refused` are (status, code, words) for a repository that is not there, and for an account
    without rights to it. `hides` is whether what is not there looks like what is refused. `delete` None: as the real
    registry behind it does. `pages` is how many tags a page of the list has.
    """

    name: str
    api: str
    user: str
    tokens: str = ""
    realm: str = "/token"
    service: str = ""
    token_key: str = "token"
    says_life: bool = True
    refused: tuple[int, str, str] = (401, "UNAUTHORIZED", "authentication required")
    hides: bool = False
    must_exist: bool = False
    delete: tuple[int, str, str] | None = (405, *UNSUPPORTED)
    pages: int = 0
    namespace: str = "team/"
    password: str = "pa55word-of-the-service: & $igns"


HUB = Facts(
    "docker.io",
    "registry-1.docker.io",
    "builder",
    tokens="auth.docker.io",
    service="registry.docker.io",
    hides=True,
    pages=100,
)
GITHUB = Facts(
    "ghcr.io",
    "ghcr.io",
    "octocat",
    tokens="ghcr.io",
    service="ghcr.io",
    says_life=False,
    refused=(403, "DENIED", "permission_denied: write_package"),
    pages=10,
)
QUAY = Facts(
    "quay.io",
    "quay.io",
    "team+builder",
    tokens="quay.io",
    realm="/v2/auth",
    service="quay.io",
    says_life=False,
    refused=(401, "UNAUTHORIZED", "access to the requested resource is not authorized"),
    delete=None,
    pages=10,
)
GITLAB = Facts(
    "registry.gitlab.com",
    "registry.gitlab.com",
    "gitlab-ci-token",
    tokens="gitlab.com",
    realm="/jwt/auth",
    service="container_registry",
    says_life=False,
    refused=(403, "DENIED", "requested access to the resource is denied"),
    delete=None,
    namespace="group/project/",
)
ECR = Facts(
    "123456789012.dkr.ecr.eu-central-1.amazonaws.com",
    "123456789012.dkr.ecr.eu-central-1.amazonaws.com",
    "AWS",
    service="ecr.amazonaws.com",
    refused=(
        403,
        "DENIED",
        "User: arn:aws:iam::123456789012:user/ci is not authorized to perform: ecr:InitiateLayerUpload",
    ),
    must_exist=True,
    pages=10,
)
EXPIRED = (403, "DENIED", "Your authorization token has expired. Reauthenticate and try again.")
