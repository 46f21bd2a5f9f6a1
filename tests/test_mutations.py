"""Each trap and each rule planted once into the committed tree: `check` finds exactly that one."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from buildtool.errors.catalogue import check_rules
from buildtool.usecases.check.run import check
from tests.support.memory_files import MemoryFiles
from tests.support.trees import committed, settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from buildtool.errors.findings import Finding

AUTOMATION = "clusters/pi-cluster/image-automation.yaml"
APPS = "clusters/pi-cluster/apps.yaml"
DEPLOYMENT = "apps/frontend/deployment.yaml"
JOB = "apps/post-deploy/job.yaml"
COMPOSE = "docker-compose.backend.yml"
WORKFLOW = ".github/workflows/build-and-push.yml"
ALERT = "infrastructure/notifications/rollback-alert.yaml"
RECEIVER = "infrastructure/notifications/harbor-receiver.yaml"
CONFIG = "buildtool.toml"
SERVICE = "apps/frontend/service.yaml"

Files = dict[str, bytes]


def change(path: str, old: str, new: str, count: int = 1) -> Callable[[Files], None]:
    """Replace text that must be there."""

    def edit(files: Files) -> None:
        text = files[path].decode()
        assert old in text, f"{path} has no {old!r}"
        files[path] = text.replace(old, new, count).encode()

    return edit


def add(path: str, text: str) -> Callable[[Files], None]:
    def edit(files: Files) -> None:
        assert path not in files
        files[path] = text.encode()

    return edit


def append(path: str, text: str) -> Callable[[Files], None]:
    def edit(files: Files) -> None:
        files[path] += text.encode()

    return edit


def as_list(path: str) -> Callable[[Files], None]:
    """Put the one object of a file into a List."""

    def edit(files: Files) -> None:
        lines = [line for line in files[path].decode().splitlines() if not line.startswith("#")]
        items = textwrap.indent("\n".join(lines), "    ").replace("    ", "  - ", 1)
        files[path] = f"apiVersion: v1\nkind: List\nitems:\n{items}\n".encode()

    return edit


def both(*edits: Callable[[Files], None]) -> Callable[[Files], None]:
    def edit(files: Files) -> None:
        for one in edits:
            one(files)

    return edit


@dataclass(frozen=True)
class Plant:
    """One mutation: the rule that must speak, and in which file."""

    code: str
    path: str
    edit: Callable[[Files], None] = field(repr=False)
    what: str = ""

    def __str__(self) -> str:
        return f"{self.code}-{self.what}" if self.what else self.code


MARKER = ' # {"$imagepolicy": "flux-system:frontend"}'
IMAGE = "192.168.0.40:5000/frontend:master-0000000-1700000000"
PATTERN = "'^(?:main|master)-[a-f0-9]{7,40}-(?P<ts>[0-9]{10})$'"
SECRET = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: x\n  namespace: website\n"
TWICE = "---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n  namespace: website\n"
OTHER_NAMESPACE = f"""\
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata:
  name: other
  namespace: website
spec:
  image: docker.io/library/nginx
  interval: 1h
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata:
  name: other
  namespace: website
spec:
  imageRepositoryRef:
    name: other
  filterTags:
    pattern: {PATTERN}
    extract: '$ts'
  policy:
    numerical:
      order: asc
"""

ACROSS = OTHER_NAMESPACE.replace(
    "other\n  namespace: website\nspec:\n  imageR", "other\n  namespace: flux-system\nspec:\n  imageR"
).replace("Ref:\n    name: other", "Ref:\n    name: other\n    namespace: website")
LOGINS = "".join(
    f"---\napiVersion: image.toolkit.fluxcd.io/v1\nkind: ImageRepository\nmetadata:\n  name: {name}\n"
    f"  namespace: flux-system\nspec:\n  image: harbor.example.test/shop/{name}\n  interval: 1h\n{more}"
    for name, more in (("web", "  secretRef:\n    name: harbor\n"), ("api", ""))
)
FILTERED = f"  filterTags:\n    pattern: {PATTERN}\n    extract: '$ts'\n  policy:\n    numerical:\n      order: asc\n"
HASH_ORDER = (
    FILTERED,
    (
        "  filterTags:\n    pattern: '^(?:main|master)-(?P<sha>[a-f0-9]{7,40})-[0-9]{10}$'\n    extract: '$sha'\n"
        "  policy:\n    alphabetical:\n      order: asc\n"
    ),
)
GLUED = "[a-f0-9]{7,40}-(?P<day>[0-9]{8})(?P<ts>[0-9]{1,2})$'\n    extract: '$day$ts'"

# The table of flux.md, section 7, in its order.
TRAPS = [
    Plant("workflow-branch-unmatched", WORKFLOW, change(AUTOMATION, "(?:main|master)", "main"), "policy-main-only"),
    Plant("workflow-loop", WORKFLOW, change(WORKFLOW, "    paths-ignore:\n", "    tags-ignore:\n"), "no-paths-ignore"),
    Plant("job-ttl", JOB, change(JOB, "  backoffLimit: 2\n", "  backoffLimit: 2\n  ttlSecondsAfterFinished: 600\n")),
    Plant("kustomization-force", APPS, change(APPS, "  prune: true\n", "  prune: true\n  force: true\n")),
    Plant(
        "wait-and-health-checks",
        APPS,
        change(
            APPS,
            "  wait: true\n",
            "  wait: true\n  healthChecks:\n    - apiVersion: apps/v1\n      kind: Deployment\n"
            "      name: frontend\n      namespace: website\n",
        ),
    ),
    Plant("ssh-host-key", JOB, change(JOB, "/scripts/deploy.sh", "ssh-keyscan 192.168.0.50"), "keyscan"),
    Plant(
        "ssh-host-key", JOB, change(JOB, "/scripts/deploy.sh", "ssh -o StrictHostKeyChecking=accept-new v"), "accept"
    ),
    Plant("job-installs-packages", JOB, change(JOB, "/scripts/deploy.sh", "apk add --no-cache openssh-client")),
    Plant(
        "endpoints-deprecated",
        "apps/backend-routing/endpoint-slice.yaml",
        append(
            "apps/backend-routing/endpoint-slice.yaml",
            "---\napiVersion: v1\nkind: Endpoints\nmetadata:\n  name: backend\n  namespace: website\n",
        ),
    ),
    Plant("compose-version", COMPOSE, change(COMPOSE, "name: website\n", "version: '3.8'\nname: website\n")),
    Plant("marker-reformat", DEPLOYMENT, change(DEPLOYMENT, "spec:\n", "\nspec:\n"), "blank-line"),
    Plant("marker-reformat", COMPOSE, change(COMPOSE, "name: website\n", "---\nname: website\n"), "dashes"),
    Plant(
        "automation-template-invalid",
        AUTOMATION,
        change(AUTOMATION, "{{ range .Changed.Changes -}}", "{{ range .Changed.Images -}}"),
    ),
    Plant(
        "automation-template-removed",
        AUTOMATION,
        change(AUTOMATION, "{{ range .Changed.Changes -}}", "{{ range .Updated.Images -}}"),
    ),
]

RULES = [
    # files
    Plant("yaml-syntax", SERVICE, append(SERVICE, "a: [\n")),
    Plant("yaml-syntax", DEPLOYMENT, change(DEPLOYMENT, "  replicas: 2", "\treplicas: 2"), "tab"),
    Plant("yaml-duplicate-key", SERVICE, append(SERVICE, "kind: Service\n")),
    Plant("yaml-too-deep", SERVICE, append(SERVICE, "---\n" + "[" * 1000)),
    Plant("yaml-bomb", SERVICE, append(SERVICE, "---\na: &a [*a]\n")),
    # apiVersions
    *(
        Plant("api-version-removed", path, change(path, old, new), new)
        for path, old, new in (
            (AUTOMATION, "image.toolkit.fluxcd.io/v1", "image.toolkit.fluxcd.io/v1beta2"),
            (APPS, "kustomize.toolkit.fluxcd.io/v1", "kustomize.toolkit.fluxcd.io/v1beta2"),
            (ALERT, "notification.toolkit.fluxcd.io/v1beta3", "notification.toolkit.fluxcd.io/v1beta1"),
            (RECEIVER, "notification.toolkit.fluxcd.io/v1", "notification.toolkit.fluxcd.io/v1beta2"),
            (
                "infrastructure/sealed-secrets/helm-release.yaml",
                "helm.toolkit.fluxcd.io/v2",
                "helm.toolkit.fluxcd.io/v2beta1",
            ),
            (
                "infrastructure/sealed-secrets/helm-repository.yaml",
                "source.toolkit.fluxcd.io/v1",
                "source.toolkit.fluxcd.io/v1beta2",
            ),
        )
    ),
    # image objects
    Plant("repository-image-invalid", AUTOMATION, change(AUTOMATION, "image: 192", "image: http://192"), "scheme"),
    Plant("repository-insecure", AUTOMATION, change(AUTOMATION, "insecure: true", "insecure: false")),
    Plant(
        "policy-unknown-repository", AUTOMATION, change(AUTOMATION, "Ref:\n    name: frontend", "Ref:\n    name: fe")
    ),
    Plant("policy-invalid", AUTOMATION, change(AUTOMATION, "numerical:\n      order: asc", "{}")),
    Plant(
        "flux-schema",
        AUTOMATION,
        change(AUTOMATION, "  imageRepositoryRef:", "  digestReflectionPolicy: Always\n  imageRepositoryRef:"),
    ),
    Plant("automation-missing", AUTOMATION, append(AUTOMATION, OTHER_NAMESPACE)),
    Plant("automation-path-missing", AUTOMATION, change(AUTOMATION, "path: ./\n", "path: ./nowhere\n"), "unread"),
    Plant("policy-access-denied", AUTOMATION, append(AUTOMATION, ACROSS)),
    Plant("repository-without-login", AUTOMATION, append(AUTOMATION, LOGINS)),
    # policies
    *(
        Plant(f"policy-{code}", AUTOMATION, change(AUTOMATION, old, new))
        for code, old, new in (
            ("invalid-pattern", PATTERN, "'^(?=m)(?:main|master)-[a-f0-9]{7,40}-(?P<ts>[0-9]{10})$'"),
            ("several-choices", "      order: asc", "      order: asc\n    alphabetical:\n      order: asc"),
            ("extract-missing", "    extract: '$ts'\n", ""),
            ("extract-unknown-group", "'$ts'", "'$time'"),
            ("extract-constant", "'$ts'", "'1'"),
            ("not-anchored", "{10})$'", "{10})'"),
            ("takes-dirty", "{7,40}-", "{7,40}(?:-dirty)?-"),
            ("takes-other-branch", "(?:main|master)", ".*"),
            ("not-numeric", "'$ts'", "'t$ts'"),
            ("descending", "order: asc", "order: desc"),
            ("glued-numbers", "[a-f0-9]{7,40}-(?P<ts>[0-9]{10})$'\n    extract: '$ts'", GLUED),
            ("alphabetical-hashes", HASH_ORDER[0], HASH_ORDER[1]),
            ("alphabetical-unfiltered", FILTERED, "  policy:\n    alphabetical:\n      order: asc\n"),
            ("all-excluded", "  interval: 1m\n", "  interval: 1m\n  exclusionList: ['^m']\n"),
        )
    ),
    # markers
    Plant(
        "marker-malformed", DEPLOYMENT, change(DEPLOYMENT, MARKER, ' # bump {"$imagepolicy": "flux-system:frontend"}')
    ),
    Plant(
        "marker-malformed", DEPLOYMENT, change(DEPLOYMENT, MARKER, " # {'$imagepolicy': 'flux-system:frontend'}"), "q"
    ),
    Plant("marker-malformed", DEPLOYMENT, change(DEPLOYMENT, MARKER, MARKER.replace(":f", "/f")), "slash"),
    Plant("marker-malformed", DEPLOYMENT, change(DEPLOYMENT, MARKER, MARKER.replace("flux-system:", "")), "no-ns"),
    Plant(
        "marker-malformed", DEPLOYMENT, change(DEPLOYMENT, MARKER, MARKER.replace("frontend", "frontend:tags")), "part"
    ),
    Plant("marker-malformed", DEPLOYMENT, change(DEPLOYMENT, MARKER, MARKER.replace("policy", "Policy")), "case"),
    Plant(
        "marker-misplaced",
        DEPLOYMENT,
        change(DEPLOYMENT, f"          image: {IMAGE}{MARKER}", f"         {MARKER}\n          image: {IMAGE}"),
        "above-key",
    ),
    Plant("marker-empty-value", JOB, change(JOB, "value: master-0000000-1700000000", "value:")),
    Plant("marker-unread-file", ".env", add(".env", f"IMAGE={IMAGE}{MARKER}\n"), "env"),
    Plant("marker-unread-file", DEPLOYMENT, change(DEPLOYMENT, "# Carries", "%YAML 1.1\n---\n# Carries"), "directive"),
    Plant("marker-outside-path", DEPLOYMENT, change(AUTOMATION, "path: ./\n", "path: ./clusters\n"), "narrow"),
    Plant("marker-in-list", DEPLOYMENT, as_list(DEPLOYMENT)),
    Plant(
        "marker-run-fails",
        JOB,
        change(JOB, "  annotations:\n", "  annotations:\n    internal.config.kubernetes.io/path: job.yaml\n"),
    ),
    Plant("marker-unknown-policy", DEPLOYMENT, change(DEPLOYMENT, MARKER, MARKER.replace("frontend", "front"))),
    Plant(
        "marker-policy-unreached",
        DEPLOYMENT,
        both(
            change(
                AUTOMATION,
                "  update:\n    path: ./\n",
                "  policySelector:\n    matchLabels:\n      a: b\n  update:\n    path: ./\n",
            ),
            change(
                AUTOMATION,
                "ImagePolicy\nmetadata:\n  name: backend\n",
                "ImagePolicy\nmetadata:\n  name: backend\n  labels:\n    a: b\n",
            ),
        ),
    ),
    Plant("marker-wrong-part", DEPLOYMENT, change(DEPLOYMENT, MARKER, MARKER.replace("frontend", "frontend:tag"))),
    Plant("marker-wrong-image", DEPLOYMENT, change(DEPLOYMENT, "image: 192.168.0.40:5000/", "image: docker.io/")),
    Plant("marker-tag-mismatch", DEPLOYMENT, change(DEPLOYMENT, "master-0000000-1700000000", "abc1234")),
    Plant("marker-typed-value", JOB, change(JOB, "value: master-0000000-1700000000", "value: 1.0")),
    Plant("marker-digest-never", DEPLOYMENT, change(DEPLOYMENT, MARKER, MARKER.replace("frontend", "frontend:digest"))),
    Plant("marker-tags-disagree", COMPOSE, change(COMPOSE, "1700000000", "1700000001")),
    # Jobs and secrets
    Plant("job-force-missing", JOB, change(JOB, "kustomize.toolkit.fluxcd.io/force: enabled", "a: b")),
    Plant("secret-literal", JOB, change(JOB, "name: DEPLOY_USER", "name: DEPLOY_PASSWORD")),
    Plant("secret-plain", SERVICE, append(SERVICE, f"---\n{SECRET}stringData:\n  password: hunter2\n")),
    # Kustomizations
    Plant("depends-on-unknown", APPS, change(APPS, "- name: infrastructure", "- name: infra")),
    Plant(
        "depends-on-cycle",
        APPS,
        change(APPS, "  dependsOn:\n    - name: infrastructure\n", "  dependsOn:\n    - name: post-deploy\n"),
    ),
    Plant("kustomization-path-missing", APPS, change(APPS, "./apps/ingress", "./apps/ingres")),
    Plant(
        "kustomize-resource-missing",
        "apps/frontend/kustomization.yaml",
        change("apps/frontend/kustomization.yaml", "service.yaml", "services.yaml"),
    ),
    Plant("duplicate-object", SERVICE, append(SERVICE, TWICE * 2)),
    # notifications
    Plant(
        "alert-provider-unknown",
        ALERT,
        change(ALERT, "providerRef:\n    name: rollback-handler", "providerRef:\n    name: slack"),
    ),
    Plant("alert-source-unknown", ALERT, change(ALERT, "name: post-deploy", "name: postdeploy")),
    Plant("receiver-resource-unknown", RECEIVER, change(RECEIVER, "      name: backend", "      name: back")),
    Plant(
        "receiver-api-version",
        RECEIVER,
        append(RECEIVER, "    - kind: ImageUpdateAutomation\n      name: website\n"),
    ),
    Plant("receiver-match-labels", RECEIVER, append(RECEIVER, "    - kind: ImageRepository\n      name: '*'\n")),
    # workflows
    Plant("workflow-branch-unmatched", WORKFLOW, change(WORKFLOW, "      - master\n", "      - release\n"), "release"),
    Plant("workflow-paths-ignore", WORKFLOW, change(WORKFLOW, "      - docker-compose.backend.yml\n", "")),
    Plant("workflow-fork-runner", WORKFLOW, change(WORKFLOW, "on:\n  push:", "on:\n  pull_request:\n  push:")),
    Plant("workflow-cancel", WORKFLOW, change(WORKFLOW, "cancel-in-progress: false", "cancel-in-progress: true")),
    Plant("workflow-shallow", WORKFLOW, change(WORKFLOW, "fetch-depth: 0", "fetch-depth: 1")),
    # compose, configuration
    Plant("image-without-setter", DEPLOYMENT, change(DEPLOYMENT, MARKER, "")),
    Plant(
        "platform-mismatch", DEPLOYMENT, change(DEPLOYMENT, "kubernetes.io/arch: arm64", "kubernetes.io/arch: amd64")
    ),
    Plant("config-policy-unknown", CONFIG, change(CONFIG, '"flux-system:frontend"\nargs', '"flux-system:front"\nargs')),
    Plant(
        "config-kustomization-unknown", CONFIG, change(CONFIG, '"flux-system:post-deploy"]', '"flux-system:deploy"]')
    ),
    Plant(
        "config-image-mismatch",
        CONFIG,
        change(CONFIG, "[images.frontend]\n", '[images.frontend]\nrepository = "web"\n'),
    ),
    # suppressions
    Plant(
        "ignore-without-reason",
        JOB,
        change(JOB, "  backoffLimit: 2\n", "  # buildtool: ignore[job-ttl]\n  backoffLimit: 2\n"),
    ),
    Plant(
        "ignore-unknown-code",
        JOB,
        change(JOB, "  backoffLimit: 2\n", "  # buildtool: ignore[job-tt] why\n  backoffLimit: 2\n"),
    ),
    Plant(
        "ignore-unused",
        JOB,
        change(JOB, "  backoffLimit: 2\n", "  # buildtool: ignore[job-ttl] why\n  backoffLimit: 2\n"),
    ),
]


def findings(files: Files, folder: Path) -> list[Finding]:
    config = settings(files[CONFIG].decode(), folder)
    return list(check(MemoryFiles(files), config).findings)


def test_the_committed_tree_is_clean(tmp_path: Path) -> None:
    assert findings(dict(committed()), tmp_path) == []


@pytest.mark.parametrize("plant", [*TRAPS, *RULES], ids=str)
def test_a_planted_mistake_is_the_one_finding(plant: Plant, tmp_path: Path) -> None:
    files = dict(committed())
    plant.edit(files)
    found = findings(files, tmp_path)
    assert {finding.code for finding in found} == {plant.code}
    assert all(finding.place for finding in found)
    assert plant.path in {finding.place.path for finding in found if finding.place}
    assert all(finding.reason and finding.fix for finding in found)


def test_every_rule_is_planted() -> None:
    """The rest need more than a changed text of this tree (another kind of policy, the disk): see their pages."""
    planted = {plant.code for plant in [*TRAPS, *RULES]}
    elsewhere = {
        "config-branches-unmatched",
        "automations-overwrite",
        "policy-alphabetical-numbers",
        "policy-number-too-large",
        "policy-prereleases-excluded",
        "policy-range-never",
        "file-unreadable",
        "file-outside",
        "yaml-too-large",
        "config-invalid",
        "tag-not-taken",
    }
    assert set(check_rules()) - planted - elsewhere == set()
    assert planted <= set(check_rules())
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", code) for code in planted)
