from __future__ import annotations

from pathlib import Path

import pytest

from buildtool import errors
from buildtool.core.build.buildkit_errors import classify, dockerfile_place
from buildtool.core.build.buildkit_progress import ProgressReader

SOLVE = "failed to solve: "
PUSH = SOLVE + "failed to push h/a:t: "
PUT = PUSH + "unexpected status from PUT request to http://h/v2/a/manifests/t: "
RECORDED = Path(__file__).parents[2] / "fixtures" / "buildx"


def explain(name: str) -> tuple[errors.Kind, str]:
    reader = ProgressReader()
    for line in (RECORDED / f"{name}.txt").read_text(encoding="utf-8").splitlines(keepends=True):
        list(reader.feed(line))
    failure = classify(reader.text, reader.failed, reader.logs)
    return failure.kind, failure.message


def test_a_failing_step_is_shown_with_its_line_and_log() -> None:
    kind, message = explain("failing-run")
    assert kind is errors.BUILD_FAILED
    assert 'RUN ["/nothere", "x"]' in message
    assert "Dockerfile.bad:4" in message
    assert "no such file or directory" in message


def test_a_missing_file_is_named() -> None:
    kind, message = explain("no-such-file")
    assert kind is errors.BUILD_NO_SUCH_FILE
    assert "/nothere" in message


def test_a_registry_that_is_down_at_push_time() -> None:
    kind, message = explain("push-refused")
    assert kind is errors.REGISTRY_UNREACHABLE
    assert "127.0.0.1:5999" in message


# The last lines are BuildKit's and containerd's own words, as they stand in the issues named.
@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (PUT + "401 Unauthorized", errors.REGISTRY_AUTH),
        (PUSH + "server message: insufficient_scope: authorization failed", errors.REGISTRY_AUTH),
        (PUT + "403 Forbidden", errors.REGISTRY_DENIED),
        (
            (
                "failed to push h:1/site/web:unproven: unexpected status from POST request to "
                "http://h:1/v2/site/web/blobs/uploads/?mount=sha256:aa&from=web: 400 Bad Request"
            ),
            errors.REGISTRY_MOUNT,
        ),
        (
            (
                "failed to push h:1/site/web:unproven: unexpected status from POST request to "
                "http://h:1/v2/site/web/blobs/uploads/?from=web&mount=sha256:aa: 400 Bad Request"
            ),
            errors.REGISTRY_MOUNT,
        ),
        (
            (
                "failed to push h:1/site/web:unproven: unexpected status from POST request to "
                "http://h:1/v2/site/web/blobs/uploads/: 400 Bad Request"
            ),
            errors.REGISTRY_DENIED,
        ),
        (PUT + "429 Too Many Requests", errors.PUSH_INTERRUPTED),
        (PUT + "503 Service Unavailable", errors.PUSH_INTERRUPTED),
        (PUSH + "blob unknown to registry", errors.PUSH_INTERRUPTED),
        (PUSH + "read tcp 127.0.0.1:1->127.0.0.1:2: read: connection reset by peer", errors.PUSH_INTERRUPTED),
        (SOLVE + 'image "127.0.0.1:1/a:unproven": already exists', errors.PUSH_INTERRUPTED),
        ("Error response from daemon: manifest unknown: manifest unknown", errors.PUSH_INTERRUPTED),
        (SOLVE + "write /var/lib/x: no space left on device", errors.BUILD_DISK_FULL),
        (
            SOLVE + 'failed to do request: Head "https://h/v2/b": http: server gave HTTP response to HTTPS client',
            errors.BUILD_BASE_OVER_HTTP,
        ),
        (
            SOLVE + "nginx: failed to resolve source metadata for docker.io/library/nginx: no such host",
            errors.BUILD_BASE_UNREACHABLE,
        ),
        (
            SOLVE + "x: pull access denied, repository does not exist or may require authorization: 401",
            errors.BUILD_BASE_AUTH,
        ),
        (SOLVE + "failed to read dockerfile: open Dockerfile.x: no such file or directory", errors.BUILD_NO_DOCKERFILE),
        (SOLVE + "nginx: no match for platform in manifest: not found", errors.BUILD_PLATFORM),
        (SOLVE + 'process "/bin/sh -c make" did not complete successfully: exit code: 2', errors.BUILD_FAILED),
    ],
)
def test_the_last_line_decides(line: str, kind: errors.Kind) -> None:
    assert classify(f"some excerpt\nERROR: {line}\n", {}, {}).kind is kind


HEAD = "unexpected status from HEAD request to http://h/v2/a/blobs/sha256:0: "
COMMIT = 'failed commit on ref "manifest-sha256:0": '


# What docker says when it pushes for buildx: recorded with each fault of tests/e2e/test_push_faults.py.
@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (HEAD + "502 Bad Gateway", errors.PUSH_INTERRUPTED),
        (HEAD + "500 Internal Server Error", errors.PUSH_INTERRUPTED),
        (HEAD + "403 Forbidden", errors.REGISTRY_DENIED),
        (HEAD + "412 Precondition Failed", errors.REGISTRY_SCAN),
        (COMMIT + 'failed to do request: Put "https://h/v2/a/manifests/unproven": EOF', errors.PUSH_INTERRUPTED),
        (
            COMMIT + "unexpected status from PUT request to http://h/v2/a/manifests/unproven: 400 Bad Request",
            errors.PUSH_INTERRUPTED,
        ),
        (
            COMMIT + "unexpected status from PUT request to http://h/v2/a/manifests/unproven: 412 Precondition Failed",
            errors.REGISTRY_IMMUTABLE,
        ),
        ('Error response from daemon: Get "http://h/v2/": connection reset by peer', errors.PUSH_INTERRUPTED),
        ("Error response from daemon: unexpected EOF", errors.PUSH_INTERRUPTED),
        ("denied: adding 1 MiB of storage: quota exceeded", errors.REGISTRY_QUOTA),
        (
            'Head "https://h/v2/": tls: failed to verify certificate: x509: unknown authority',
            errors.REGISTRY_CERTIFICATE,
        ),
        ('Head "https://h/v2/": http: server gave HTTP response to HTTPS client', errors.INSECURE_ENGINE),
        ("something nobody has seen before", errors.REGISTRY_FAILED),
    ],
)
def test_a_failed_push_is_never_a_failed_build(line: str, kind: errors.Kind) -> None:
    step = "[a] pushing h/a:unproven with docker"
    failure = classify(f"ERROR: {line}\n", {step: line}, {})
    assert failure.kind is kind
    assert failure.message == f"{step}: {line}"


def test_a_layer_that_the_engine_swept_away_is_tried_again_and_named() -> None:
    """Seen on dockerd 26.1 with the containerd store; the ERROR line is of the other target of the bake."""
    why = 'failed to prepare extraction snapshot "extract-1 sha256:2f": parent snapshot sha256:b3 does not exist'
    last = "ERROR: (*service).Write failed: rpc error: code = Canceled desc = context canceled\n"
    failure = classify(last, {"[api] exporting to image": why, "[web] exporting to client": "context canceled"}, {})
    assert (failure.kind, failure.message) == (errors.PUSH_INTERRUPTED, why)


ECR = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
FIXED = "tag invalid: The image tag 'a' already exists in the 'web' repository and cannot be overwritten because the "


# Lines of users' reports (moby/buildkit#3776, danger/danger-js#1414, aws/containers-roadmap#862), not heard here.
@pytest.mark.parametrize(
    ("line", "kind", "fix"),
    [
        (f"failed to push {ECR}/team/web:a: {FIXED}repository is immutable.", errors.REGISTRY_IMMUTABLE, "team/web"),
        (FIXED + "repository is immutable.", errors.REGISTRY_IMMUTABLE, "next timestamp is free"),
        (
            f"failed to push {ECR}/team/web:a: denied: Your authorization token has expired. Reauthenticate and try.",
            errors.REGISTRY_AUTH,
            "aws ecr get-login-password --region eu-west-1",
        ),
        (
            f"failed to push {ECR}/web:a: name unknown: The repository with name 'web' does not exist in the registry",
            errors.REGISTRY_NOT_FOUND,
            "aws ecr create-repository --region eu-west-1 --repository-name web",
        ),
        (
            f"failed to push {ECR}/web:a: unexpected status from POST request to https://{ECR}/v2/: 401 Unauthorized",
            errors.REGISTRY_AUTH,
            "aws ecr get-login-password",
        ),
        (
            "failed to push ghcr.io/team/web:a: denied: permission_denied: write_package",
            errors.REGISTRY_DENIED,
            "write",
        ),
        (
            "failed to push docker.io/web:a: push access denied, insufficient_scope: authorization failed",
            errors.REGISTRY_AUTH,
            'registry = "docker.io/NAMESPACE"',
        ),
        ("failed to push h:1/web:a: denied: whatever", errors.REGISTRY_DENIED, errors.REGISTRY_DENIED.fix),
        ("failed to push docker.io/a/b:c: toomanyrequests: You have reached", errors.REGISTRY_LIMIT, "wait until"),
        (
            SOLVE + "alpine:3: failed to resolve source metadata for docker.io/library/alpine:3: unexpected status "
            "code https://registry-1.docker.io/v2/library/alpine/manifests/3: 429 Too Many Requests",
            errors.REGISTRY_LIMIT,
            "wait until",
        ),
        (SOLVE + 'process "/bin/sh -c curl x # 429 Too Many Requests" did not complete', errors.BUILD_FAILED, ""),
    ],
)
def test_what_services_mean(line: str, kind: errors.Kind, fix: str) -> None:
    found = classify(f"ERROR: {line}\n", {}, {})
    assert found.kind is kind
    assert fix in found.fix


def test_words_of_the_output_do_not_decide() -> None:
    logs = {"[a 1/1] RUN make": ["push: 401 Unauthorized", "no space left on device"]}
    failure = classify(
        'ERROR: failed to solve: process "make" did not complete: exit code: 1',
        {"[a 1/1] RUN make": "exit code: 1"},
        logs,
    )
    assert failure.kind is errors.BUILD_FAILED
    assert "no space left" in failure.message


def test_a_step_cancelled_by_another_is_not_the_cause() -> None:
    failed = {"[a 2/2] RUN sleep": "exit code: 137: context canceled", "[b 2/2] RUN false": "exit code: 1"}
    assert classify("ERROR: x", failed, {}).message.startswith("[b 2/2] RUN false")


def test_no_words_at_all() -> None:
    assert classify("", {}, {}).kind is errors.BUILD_FAILED


def place(name: str, dockerfiles: dict[str, str]) -> str | None:
    reader = ProgressReader()
    for line in (RECORDED / f"{name}.txt").read_text(encoding="utf-8").splitlines(keepends=True):
        list(reader.feed(line))
    return dockerfile_place(reader.text, reader.failed, dockerfiles)


def test_the_line_of_the_dockerfile_that_failed() -> None:
    assert place("failing-run", {"web": "/src/web/Dockerfile.bad", "api": "/src/api/Dockerfile"}) == (
        "/src/web/Dockerfile.bad:4"
    )
    assert place("no-such-file", {"web": "/src/Dockerfile.nf"}) == "/src/Dockerfile.nf:2"


def test_a_dockerfile_that_is_not_ours_has_no_place() -> None:
    assert place("failing-run", {"web": "/src/Dockerfile"}) is None
    assert place("push-refused", {"web": "/src/Dockerfile"}) is None


EXCERPT = "Dockerfile:3\n" + "-" * 20 + "\n   3 | >>> RUN false\n" + "-" * 20 + "\nERROR: failed to solve: x\n"
TWO = {"web": "/src/web/Dockerfile", "api": "/src/api/Dockerfile"}


@pytest.mark.parametrize(
    ("failed", "expected"),
    [
        ({"[api 2/3] RUN false": "exit code: 1"}, "/src/api/Dockerfile:3"),
        (
            {"[web 1/1] COPY": "context canceled", "[api builder 2/3] RUN false": "exit code: 1"},
            "/src/api/Dockerfile:3",
        ),
        ({"[stage-0 2/3] RUN false": "exit code: 1"}, None),
        ({}, None),
    ],
)
def test_of_two_dockerfiles_of_one_name_the_step_says_which(failed: dict[str, str], expected: str | None) -> None:
    assert dockerfile_place(EXCERPT, failed, TWO) == expected


def test_two_targets_of_one_dockerfile_need_no_step() -> None:
    assert dockerfile_place(EXCERPT, {}, {"web": "/src/Dockerfile", "api": "/src/Dockerfile"}) == "/src/Dockerfile:3"
    assert dockerfile_place("web/" + EXCERPT, {}, {"web": "/src/web/Dockerfile"}) == "/src/web/Dockerfile:3"


@pytest.mark.parametrize(
    ("line", "fix"),
    [
        (
            'resolve source metadata for h:80/x:1: Head "https://h:80/v2/": server gave HTTP response to HTTPS client',
            '[registry."h:80"]',
        ),
        ("failed to resolve source metadata for docker.io/library/x:1: pull access denied", "docker login docker.io"),
    ],
)
def test_a_fix_names_the_registry_of_the_base_image(line: str, fix: str) -> None:
    found = classify(f"ERROR: {SOLVE}x: failed to {line}\n", {}, {})
    assert fix in found.fix
    assert "HOST" not in found.fix
