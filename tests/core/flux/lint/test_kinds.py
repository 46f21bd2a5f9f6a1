"""Whole small trees, kind by kind: what must be said of which file, and where nothing may be said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buildtool.usecases.check.run import check
from tests.support.memory_files import MemoryFiles

if TYPE_CHECKING:
    import random

SOURCE = "  sourceRef: {kind: GitRepository, name: flux-system}\n"
IMAGE = "registry.example.test/shop/web"
PATTERN = "^main-[a-f0-9]{7}-(?P<ts>[0-9]{10})$"
TIME = f"  filterTags: {{pattern: '{PATTERN}', extract: $ts}}\n  policy: {{numerical: {{order: asc}}}}\n"
SEMVER = "  policy: {semver: {range: 1.x}}\n"
TAG = "main-abc1234-1700000000"


def head(kind: str, name: str, namespace: str = "flux-system", version: str = "image.toolkit.fluxcd.io/v1") -> str:
    where = f", namespace: '{namespace}'" if namespace else ""
    return f"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: '{name}'{where}}}\n"


def repository(image: str = IMAGE, more: str = "") -> str:
    return f"{head('ImageRepository', 'web')}spec:\n  image: {image}\n  interval: 5m\n{more}"


def policy(spec: str = TIME, name: str = "web", namespace: str = "flux-system", ref: str = "{name: web}") -> str:
    return f"{head('ImagePolicy', name, namespace)}spec:\n  imageRepositoryRef: {ref}\n{spec}"


def automation(path: str = "./", namespace: str = "flux-system", source: str = SOURCE, more: str = "") -> str:
    return (
        f"{head('ImageUpdateAutomation', 'auto', namespace)}spec:\n  interval: 10m\n{source}"
        "  git:\n    checkout: {ref: {branch: main}}\n    commit: {author: {email: a@b.example}}\n"
        f"    push: {{branch: main}}\n{more}  update: {{path: {path}, strategy: Setters}}\n"
    )


def images(spec: str = TIME, image: str = IMAGE) -> str:
    return "---\n".join([repository(image), policy(spec), automation()])


def deployment(image: str = f"{IMAGE}:{TAG}", marker: str = "flux-system:web", namespace: str = "shop") -> str:
    written = f' # {{"$imagepolicy": "{marker}"}}' if marker else ""
    return (
        f"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  namespace: {namespace}\nspec:\n"
        f"  template:\n    spec:\n      containers:\n        - name: web\n          image: {image}{written}\n"
    )


def applies(name: str, path: str, more: str = "", source: str = SOURCE) -> str:
    start = head("Kustomization", name, version="kustomize.toolkit.fluxcd.io/v1")
    return f"{start}spec:\n  interval: 1h\n  prune: true\n  path: {path}\n{source}{more}"


def secret(key: str, value: str) -> str:
    return f'{head("Secret", "s", "shop", "v1")}stringData:\n  {key}: "{value}"\n'


def found(files: dict[str, str]) -> set[tuple[str, str]]:
    """(path, code) of every error and warning."""
    checked = check(MemoryFiles(files), None).findings
    return {(one.place.path if one.place else "", one.code) for one in checked if one.severity != "note"}


SYNC = {"clusters/a/flux-system/gotk-sync.yaml": applies("flux-system", "./clusters/a")}
OTHER = "  sourceRef: {kind: GitRepository, name: team}\n"
WORKFLOW = (
    "on:\n  push:\n    branches: [main]\n    {more}\njobs:\n  image:\n    runs-on: ubuntu-latest\n    steps:\n{steps}"
)
BUILD = f"      - uses: docker/build-push-action@v6\n        with: {{push: true, tags: '{IMAGE}:main-1'}}\n"


def workflow(steps: str = BUILD, more: str = "") -> str:
    return WORKFLOW.replace("{more}", more or "tags-ignore: ['v*']").replace("{steps}", steps)


SOUND = {
    "namespace of a parent folder": {
        "flux/kustomization.yaml": "namespace: flux-system\nresources: [web/images.yaml]\n",
        "flux/web/images.yaml": images().replace(", namespace: 'flux-system'", ""),
        "apps/web.yaml": deployment(),
    },
    "namespace of a Flux Kustomization": {
        **SYNC,
        "clusters/a/ks.yaml": applies("images", "./images", "  targetNamespace: flux-system\n"),
        "clusters/a/apps.yaml": applies("apps", "./apps", "  dependsOn: [{name: images}]\n"),
        "images/images.yaml": images().replace(", namespace: 'flux-system'", ""),
        "apps/web.yaml": deployment(),
    },
    "variables that only the cluster knows": {
        "flux/images.yaml": images().replace("name: 'web'", "name: '${APP}'").replace(IMAGE, "${REGISTRY}/web"),
        "apps/web.yaml": deployment("${REGISTRY}/web:${TAG}", "flux-system:shop"),
    },
    "an automation of another repository": {
        "tenants/team.yaml": f"{automation('./nowhere', source=OTHER)}---\n{policy()}---\n{repository()}",
    },
    "folders that nothing reaches": {
        **SYNC,
        "clusters/a/images.yaml": images(),
        "archive/web.yaml": deployment(marker="flux-system:gone"),
        "archive/ks.yaml": applies("old", "./gone", "  dependsOn: [{name: never}]\n"),
        "test/data/broken.yaml": "a: [\n",
        "old/secret.yaml": secret("password", "s3cr3t-Pa55"),
        "templates/receiver.yaml": f"{head('ImagePolicy', 'x', version='image.toolkit.fluxcd.io/v1beta1')}spec: {{}}\n",
    },
    "two clusters, each with its own part": {
        f"clusters/{name}/images.yaml": images(TIME.replace("main", name)).replace("./,", f"./deploy/{name},")
        for name in ("dev", "main")
    }
    | {f"deploy/{name}/web.yaml": deployment(f"{IMAGE}:{name}-abc1234-1700000000") for name in ("dev", "main")},
    "a first value that Flux replaces": {"flux/i.yaml": images(), "apps/web.yaml": deployment(f"{IMAGE}:latest")},
    "an image without a tag yet": {"flux/i.yaml": images(), "apps/web.yaml": deployment(IMAGE)},
    "Docker Hub's names": {
        "flux/i.yaml": images(SEMVER, "nginx"),
        "apps/web.yaml": deployment("docker.io/library/nginx:1.2.3"),
    },
    "Helm values apart": {
        "flux/i.yaml": images(SEMVER),
        "apps/hr.yaml": head("HelmRelease", "w", version="helm.toolkit.fluxcd.io/v2")
        + f"spec:\n  interval: 1h\n  chartRef: {{kind: OCIRepository, name: w}}\n  values:\n    image: {IMAGE}\n"
        '    tag: "1.2.3" # {"$imagepolicy": "flux-system:web:tag"}\n',
    },
    "labels that matchExpressions take": {
        "flux/i.yaml": f"{repository()}---\n{policy()}---\n".replace("name: 'web'", "name: 'web', labels: {team: a}")
        + automation(more="  policySelector: {matchExpressions: [{key: team, operator: In, values: [a, b]}]}\n"),
        "apps/web.yaml": deployment(),
    },
    "accessFrom": {
        "flux/i.yaml": repository(more="  accessFrom: {namespaceSelectors: [{}]}\n")
        + "---\n"
        + policy(namespace="shop", ref="{name: web, namespace: flux-system}"),
    },
    "a workflow whose paths leave out what Flux writes": {
        ".github/workflows/b.yaml": workflow(more="paths: ['src/**']"),
        "flux/i.yaml": images(),
        "apps/web.yaml": deployment(),
    },
    "a workflow that looks at the author": {
        ".github/workflows/b.yaml": workflow(BUILD + "        if: github.actor != 'flux-bot'\n"),
        "flux/i.yaml": images(),
        "apps/web.yaml": deployment(),
    },
    "a workflow for version tags": {
        ".github/workflows/b.yaml": workflow(BUILD + "        if: startsWith(github.ref, 'refs/tags/')\n"),
        "flux/i.yaml": images(),
        "apps/web.yaml": deployment(),
    },
    "an action of one's own": {
        ".github/workflows/b.yaml": workflow("      - uses: ./\n"),
        "flux/i.yaml": images(),
        "apps/web.yaml": deployment(),
    },
}
BROKEN = {
    "two clusters that write over each other": (
        {f"clusters/{name}/images.yaml": images(TIME.replace("main", name)) for name in ("dev", "main")}
        | {"deploy/web.yaml": deployment()},
        ("clusters/main/images.yaml", "automations-overwrite"),
    ),
    "two objects of one name": (
        {"flux/a.yaml": images(), "flux/b.yaml": policy(SEMVER)},
        ("flux/b.yaml", "duplicate-object"),
    ),
    "no accessFrom": (
        {"flux/i.yaml": f"{repository()}---\n{policy(namespace='shop', ref='{name: web, namespace: flux-system}')}"},
        ("flux/i.yaml", "policy-access-denied"),
    ),
    "the whole value is replaced": (
        {"flux/i.yaml": images(), "apps/web.yaml": deployment(f"--image={IMAGE}:{TAG}")},
        ("apps/web.yaml", "marker-wrong-part"),
    ),
    "a bare tag below a marker for images": (
        {"flux/i.yaml": images(), "apps/v.yaml": f'a:\n  tag: "{TAG}" # {{"$imagepolicy": "flux-system:web"}}\n'},
        ("apps/v.yaml", "marker-wrong-part"),
    ),
    "a marker in a text": (
        {
            "flux/i.yaml": images(),
            "apps/hr.yaml": 'a: |\n  image:\n    tag: "1" # {"$imagepolicy": "flux-system:web:tag"}\n',
        },
        ("apps/hr.yaml", "marker-misplaced"),
    ),
    "a variable in a marker": (
        {"flux/i.yaml": images(), "apps/web.yaml": deployment(marker="${NS}:web")},
        ("apps/web.yaml", "marker-malformed"),
    ),
    "a tag that is no version": (
        {"flux/i.yaml": images(SEMVER), "apps/web.yaml": deployment(f"{IMAGE}:16.2")},
        ("apps/web.yaml", "marker-tag-mismatch"),
    ),
    "another image": (
        {"flux/i.yaml": images(SEMVER, "nginx"), "apps/web.yaml": deployment("r.example.test/nginx:1.2.3")},
        ("apps/web.yaml", "marker-wrong-image"),
    ),
    "everything excluded": (
        {"flux/i.yaml": f"{repository(more='  exclusionList: [main]' + chr(10))}---\n{policy()}---\n{automation()}"},
        ("flux/i.yaml", "policy-all-excluded"),
    ),
    "a Job written through images": (
        {
            "flux/i.yaml": images(),
            "job/kustomization.yaml": f"resources:\n  - job.yaml\nimages:\n  - name: {IMAGE}\n"
            f'    newTag: "{TAG}" # {{"$imagepolicy": "flux-system:web:tag"}}\n',
            "job/job.yaml": deployment(marker="").replace("apps/v1", "batch/v1").replace("Deployment", "Job"),
        },
        ("job/job.yaml", "job-force-missing"),
    ),
    "a real secret": ({"apps/s.yaml": secret("password", "hunter2-Zq8")}, ("apps/s.yaml", "secret-plain")),
}
PUBLISHERS = [
    "docker push $IMAGE",
    "docker buildx build --platform linux/arm64 \\\n            --push .",
    "docker buildx bake --push",
    "buildah push $IMAGE",
    "/kaniko/executor --destination=$IMAGE",
    "ko build --bare .",
    "skaffold build",
    "werf converge",
]


@pytest.mark.parametrize("name", SOUND)
def test_nothing_is_said_of_what_is_sound(name: str) -> None:
    assert found(SOUND[name]) == set()


@pytest.mark.parametrize("name", BROKEN)
def test_one_fault_is_one_finding(name: str) -> None:
    files, expected = BROKEN[name]
    assert found(files) == {expected}


def test_a_variable_in_a_marker_is_called_so() -> None:
    files, _ = BROKEN["a variable in a marker"]
    (finding,) = check(MemoryFiles(files), None).findings
    assert "before any variable is put in" in finding.message


@pytest.mark.parametrize("command", PUBLISHERS)
def test_whatever_publishes_on_every_push_is_a_loop(command: str) -> None:
    steps = f"      - env: {{IMAGE: '{IMAGE}'}}\n        run: |\n            {command}\n"
    files = {"flux/i.yaml": images(), "apps/web.yaml": deployment()}
    for folder in (".github", ".gitea"):
        assert found({**files, f"{folder}/workflows/b.yml": workflow(steps)}) == {
            (f"{folder}/workflows/b.yml", "workflow-loop")
        }
    gitlab = f"variables: {{IMAGE: '{IMAGE}'}}\nbuild:\n  script:\n    - |\n            {command}\n"
    assert found({**files, ".gitlab-ci.yml": gitlab}) == {(".gitlab-ci.yml", "workflow-loop")}
    guarded = f"{gitlab}  rules: [{{changes: ['src/**']}}]\n"
    assert found({**files, ".gitlab-ci.yml": guarded}) == set()
    skipping = images().replace("commit: {", 'commit: {messageTemplate: "[skip ci] x", ')
    assert found({**files, "flux/i.yaml": skipping, ".github/workflows/b.yml": workflow(steps)}) == set()


def test_a_version_policy_is_no_loop() -> None:
    files = {"flux/i.yaml": images(SEMVER), "apps/web.yaml": deployment(f"{IMAGE}:1.2.3")}
    assert found({**files, ".github/workflows/b.yml": workflow()}) == set()


@pytest.mark.parametrize(
    ("value", "secret_itself"),
    [
        ("${DB_PASSWORD}", False),
        ("CHANGE_ME", False),
        ("<your password>", False),
        ("op://vault/item/password", False),
        ("vault:secret/data/app#key", False),
        ("<path:secret/data/app#key>", False),
        ("ref+awsssm://x/y", False),
        ("changeme", False),
        ("", False),
        ("/run/secrets/x", False),
        ("hunter2", True),
        ("xK9dj2mQ", True),
        ("My9dkf3", True),
        ("letmein", True),
        ("correct-horse-battery-9", True),
    ],
)
def test_what_is_a_secret_and_what_only_stands_for_one(value: str, *, secret_itself: bool) -> None:
    assert (("s.yaml", "secret-plain") in found({"s.yaml": secret("password", value)})) is secret_itself
    env = f'          env:\n            - name: DB_PASSWORD\n              value: "{value}"\n'
    assert (("d.yaml", "secret-literal") in found({"d.yaml": deployment(marker="") + env})) is secret_itself


def test_plain_configuration_in_a_secret_is_none() -> None:
    assert found({"s.yaml": secret("config.yaml", "level: info")}) == set()
    assert found({"s.yaml": secret("url", "postgres://app:S3cr3t99@db/app")}) == {("s.yaml", "secret-plain")}
    assert found({"s.yaml": secret("url", "postgres://app:${PASS}@db/app")}) == set()


@pytest.mark.parametrize(
    ("stated", "version", "severity"),
    [
        ("# Flux Version: v2.6.4\n", "v1beta2", ""),
        ("# Flux Version: v2.9.0\n", "v1beta2", "error"),
        ("# Flux Version: v2.6.4\n", "v1", "error"),
        ("", "v1beta2", "warning"),
        ("", "v1", ""),
    ],
)
def test_api_versions_are_judged_by_the_flux_that_the_repository_states(
    stated: str, version: str, severity: str
) -> None:
    files = {"flux/i.yaml": repository().replace("fluxcd.io/v1", f"fluxcd.io/{version}")}
    if stated:
        files["clusters/a/flux-system/gotk-components.yaml"] = stated + head("Namespace", "flux-system", "", "v1")
    findings = check(MemoryFiles(files), None).findings
    assert [(one.code, str(one.severity)) for one in findings] == (
        [("api-version-removed", severity)] if severity else []
    )


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(sorted(BROKEN)), st.randoms(use_true_random=False))
def test_findings_do_not_depend_on_the_order_of_files(name: str, shuffle: random.Random) -> None:
    files = BROKEN[name][0] | SOUND["folders that nothing reaches"]
    mixed = list(files.items())
    shuffle.shuffle(mixed)
    assert check(MemoryFiles(files), None).findings == check(MemoryFiles(dict(mixed)), None).findings
