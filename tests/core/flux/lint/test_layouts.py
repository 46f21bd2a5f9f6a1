"""Common layouts of Flux repositories: nothing is said of them as they are, and one thing of each mistake in them."""

from __future__ import annotations

import pytest

from tests.core.flux.lint.test_kinds import (
    BUILD,
    IMAGE,
    PATTERN,
    SEMVER,
    TAG,
    TIME,
    automation,
    deployment,
    found,
    head,
    policy,
    repository,
)

Files = dict[str, str]

KUSTOMIZATION = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
COMPONENT = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
IMAGES = "clusters/a/images.yaml"
CONFIG = f"{head('ConfigMap', 'c', 'shop', 'v1')}data:\n"
JOB = deployment("web", "").replace("apps/v1", "batch/v1").replace("Deployment", "Job")
WRITTEN = (
    f'images:\n  - name: web\n    newName: {IMAGE}\n    newTag: {TAG} # {{"$imagepolicy": "flux-system:web:tag"}}\n'
)


def source(name: str = "flux-system", url: str = "ssh://git@git.example.test/team/fleet") -> str:
    return f"{head('GitRepository', name, version='source.toolkit.fluxcd.io/v1')}spec: {{interval: 1m, url: '{url}'}}\n"


def applies(name: str, path: str, more: str = "", namespace: str = "flux-system") -> str:
    where = f"  path: {path}\n" if path else ""
    return (
        f"{head('Kustomization', name, namespace, 'kustomize.toolkit.fluxcd.io/v1')}spec:\n  interval: 1h\n"
        f"  prune: true\n{where}  sourceRef: {{kind: GitRepository, name: flux-system}}\n{more}"
    )


def cluster(name: str = "a") -> Files:
    """What `flux bootstrap` writes."""
    folder = f"clusters/{name}/flux-system"
    sync = f"{source()}---\n{applies('flux-system', f'./clusters/{name}')}"
    return {f"{folder}/gotk-sync.yaml": sync, f"{folder}/kustomization.yaml": "resources: [gotk-sync.yaml]\n"}


def release(values: str, more: str = "") -> str:
    start = head("HelmRelease", "web", "shop", "helm.toolkit.fluxcd.io/v2")
    return f"{start}spec:\n  interval: 1h\n  chartRef: {{kind: OCIRepository, name: web}}\n{more}  values:\n{values}"


def images(spec: str = TIME, more: str = "", auto: str = "") -> str:
    return "---\n".join([repository(more=more), policy(spec), auto or automation()])


def fleet(apps: Files | None = None, text: str = "", more: str = "") -> Files:
    """A cluster with the image objects, that applies ./apps; `more` of that Kustomization."""
    files = {**cluster(), IMAGES: text or images(), "clusters/a/apps.yaml": applies("apps", "./apps", more)}
    return files | (apps if apps is not None else {"apps/web.yaml": deployment()})


def flux(text: str) -> Files:
    """A cluster with the image objects alone."""
    return {**cluster(), IMAGES: text}


def data(line: str, part: str = "") -> Files:
    marker = f' # {{"$imagepolicy": "flux-system:web{part}"}}'
    return fleet({"apps/c.yaml": f"{CONFIG}  {line.replace(' @', marker)}\n"})


def ordered(pattern: str, extract: str, kind: str, order: str = "asc") -> str:
    return f"  filterTags: {{pattern: '{pattern}', extract: '{extract}'}}\n  policy: {{{kind}: {{order: {order}}}}}\n"


def tenant(url: str) -> str:
    name = "sourceRef: {kind: GitRepository, name: team}\n"
    sync = applies("team", "", namespace="apps").replace("sourceRef: {kind: GitRepository, name: flux-system}\n", name)
    return f"{source('team', url).replace('flux-system', 'apps')}---\n{sync}"


def github(steps: str = BUILD, guard: str = "") -> Files:
    text = f"on: {{push: {{branches: [main]}}}}\njobs:\n  b:\n    runs-on: x\n{guard}    steps:\n{steps}"
    return {**fleet(), ".github/workflows/b.yml": text}


def gitlab(job: str, start: str = "") -> Files:
    return {**fleet(), ".gitlab-ci.yml": f"{start}build:\n  script: [docker push {IMAGE}]\n{job}"}


SOUND: dict[str, Files] = {
    "tenants whose path an overlay gives": {
        **cluster(),
        "clusters/a/tenants.yaml": applies("tenants", "./tenants/a"),
        "tenants/base/kustomization.yaml": f"{KUSTOMIZATION}resources: [sync.yaml]\n",
        "tenants/base/sync.yaml": tenant("https://git.example.test/team/apps"),
        "tenants/a/kustomization.yaml": f"{KUSTOMIZATION}resources: [../base]\npatches: [{{path: p.yaml}}]\n",
        "tenants/a/p.yaml": head("Kustomization", "team", "apps", "kustomize.toolkit.fluxcd.io/v1")
        + "spec: {path: ./staging}\n",
    },
    "a patch for every Kustomization, by a name that counts for nothing": {
        **cluster(),
        "clusters/a/all.yaml": applies(
            "all",
            "./all",
            "  patches:\n    - target: {kind: Kustomization}\n      patch: |\n"
            "        apiVersion: kustomize.toolkit.fluxcd.io/v1\n        kind: Kustomization\n"
            "        metadata: {name: _}\n        spec: {timeout: 5m}\n",
        ),
        "all/ks.yaml": applies("app", "./apps"),
        "apps/c.yaml": f"{CONFIG}  a: b\n",
    },
    "variables of a ConfigMap": {
        **cluster(),
        "clusters/a/vars.yaml": head("ConfigMap", "vars", version="v1") + "data: {TEAM: shop}\n",
        "clusters/a/i.yaml": applies(
            "i", "./images", "  postBuild: {substituteFrom: [{kind: ConfigMap, name: vars}]}\n"
        ),
        "images/i.yaml": images().replace("'web'", "'${TEAM}'").replace("{name: web}", "{name: '${TEAM}'}"),
        "clusters/a/web.yaml": deployment(marker="flux-system:shop"),
    },
    "a tag that Flux puts in": fleet(
        {"apps/web.yaml": deployment(f"{IMAGE}:${{TAG}}", "")},
        more=f'  postBuild:\n    substitute:\n      TAG: {TAG} # {{"$imagepolicy": "flux-system:web:tag"}}\n',
    ),
    "a marker in a patch of its own": fleet(
        {
            "apps/kustomization.yaml": f"{KUSTOMIZATION}resources: [d.yaml]\npatches:\n  - path: p.yaml\n",
            "apps/d.yaml": deployment(IMAGE, ""),
            "apps/p.yaml": deployment(),
        }
    ),
    "overlays with a suffix": fleet(
        {
            "apps/kustomization.yaml": f"{KUSTOMIZATION}resources: [dev, prod]\n",
            "base/kustomization.yaml": f"{KUSTOMIZATION}resources: [d.yaml]\n",
            "base/d.yaml": deployment("web", ""),
        }
        | {
            f"apps/{one}/kustomization.yaml": f"resources:\n  - ../../base\nnameSuffix: -{one}\n{WRITTEN}"
            for one in ("dev", "prod")
        }
    ),
    "components": fleet(
        {
            "apps/kustomization.yaml": "namespace: shop\nresources: [d.yaml]\ncomponents: [../common]\n",
            "apps/d.yaml": deployment(),
            "common/kustomization.yaml": f"{COMPONENT}resources: [c.yaml]\n",
            "common/c.yaml": f"{CONFIG}  a: '${{APP}}'\n",
        }
    ),
    "an image map of Helm values": fleet(
        {
            "apps/hr.yaml": release(
                f'    image:\n      repository: {IMAGE} # {{"$imagepolicy": "flux-system:web:name"}}\n'
                f'      tag: {TAG} # {{"$imagepolicy": "flux-system:web:tag"}}\n'
            )
        }
    ),
    "registry, repository and tag apart": fleet(
        {
            "apps/hr.yaml": release(
                "    image:\n      registry: registry.example.test\n      repository: shop/web\n"
                f'      tag: {TAG} # {{"$imagepolicy": "flux-system:web:tag"}}\n'
            )
        }
    ),
    "a file that .sourceignore leaves out": fleet(
        {
            "apps/.sourceignore": "*.bak.yaml\n",
            "apps/a.yaml": f"{CONFIG}  a: b\n",
            "apps/b.bak.yaml": f"{CONFIG}  a: c\n",
        }
    ),
    "an escape that only Flux's reader takes": fleet({"apps/c.yaml": f'{CONFIG}  a: "it\\\'s"\n'}),
    "`.*` in front": flux(images(f"  filterTags: {{pattern: '.*-alpine$'}}\n{SEMVER}")),
    "a job for merge requests": gitlab("  rules: [{if: $CI_PIPELINE_SOURCE == 'merge_request_event'}]\n"),
    "a job for tags": gitlab("  only: [tags]\n"),
    "a message that is left out first": gitlab(
        "  rules:\n    - {if: $CI_COMMIT_MESSAGE =~ /image/, when: never}\n    - {if: $CI_COMMIT_BRANCH}\n"
    ),
    "rules of an anchor": gitlab("  <<: *t\n", ".t: &t\n  rules: [{changes: ['src/**']}]\n"),
    "a job that looks at the message": github(guard="    if: \"!contains(github.event.head_commit.message, 'x')\"\n"),
}
BROKEN: dict[str, tuple[Files, str, str]] = {
    "an escape": (data(f'image: {IMAGE}:{TAG} @\n  re: "a\\/b"'), "apps/c.yaml", "marker-unread-file"),
    "an escape, without a marker": (data('re: "a\\/b"'), "apps/c.yaml", "yaml-syntax"),
    "a comma behind a tag": (data(f"image: {IMAGE}:{TAG} @\n  re: [!x,]"), "apps/c.yaml", "marker-unread-file"),
    "a type left behind": (data(f"tag: !!float {TAG} @", ":tag"), "apps/c.yaml", "marker-typed-value"),
    "KEY=": (data(f"a: KEY={TAG} @", ":tag"), "apps/c.yaml", "marker-wrong-part"),
    "--image=": (data(f"a: --image={IMAGE}:{TAG} @"), "apps/c.yaml", "marker-wrong-part"),
    "a command": (data(f"a: docker run {IMAGE}:{TAG} --flag @"), "apps/c.yaml", "marker-wrong-part"),
    "a URL": (data(f"a: https://{IMAGE}:{TAG} @"), "apps/c.yaml", "marker-wrong-part"),
    "a name over an image": (data(f"image: {IMAGE}:{TAG} @", ":name"), "apps/c.yaml", "marker-wrong-part"),
    "another namespace": (
        fleet({"apps/web.yaml": deployment(marker="shop:web")}),
        "apps/web.yaml",
        "marker-unknown-policy",
    ),
    "a marker in an inline patch": (
        fleet(
            {
                "apps/kustomization.yaml": f"{KUSTOMIZATION}resources: [d.yaml]\npatches:\n  - patch: |\n"
                + "".join(f"      {line}\n" for line in deployment().splitlines()),
                "apps/d.yaml": deployment("r.example.test/other:1", ""),
            }
        ),
        "apps/kustomization.yaml",
        "marker-misplaced",
    ),
    "a Job through an overlay's images": (
        fleet(
            {
                "apps/kustomization.yaml": f"{KUSTOMIZATION}resources:\n  - ../base\n{WRITTEN}",
                "base/kustomization.yaml": f"{KUSTOMIZATION}resources: [j.yaml]\n",
                "base/j.yaml": JOB,
            }
        ),
        "base/j.yaml",
        "job-force-missing",
    ),
    "a Job through Flux's images": (
        fleet({"apps/j.yaml": JOB}, more="".join(f"  {line}\n" for line in WRITTEN.splitlines())),
        "apps/j.yaml",
        "job-force-missing",
    ),
    "the oldest first": (flux(images(TIME.replace("asc", "desc"))), IMAGES, "policy-descending"),
    "hashes": (
        flux(images(ordered("^m-(?P<s>[a-f0-9]{7})$", "$s", "alphabetical"))),
        IMAGES,
        "policy-alphabetical-hashes",
    ),
    "numbers as text": (
        flux(images(ordered("^b-(?P<s>[0-9]+)$", "$s", "alphabetical"))),
        IMAGES,
        "policy-alphabetical-numbers",
    ),
    "glued": (
        flux(images(ordered("^(?P<a>[0-9]{8})-(?P<b>[0-9]+)$", "$a$b", "numerical"))),
        IMAGES,
        "policy-glued-numbers",
    ),
    "anything as a number": (
        flux(images(ordered(PATTERN.replace("[0-9]{10})$", ".*)"), "$ts", "numerical"))),
        IMAGES,
        "policy-not-numeric",
    ),
    "an order in capitals": (flux(images(TIME.replace("asc", "ASC"))), IMAGES, "flux-schema"),
    "interval without Always": (flux(images(f"  interval: 5m\n{SEMVER}")), IMAGES, "flux-schema"),
    "a folder that is not there": (fleet({}), "clusters/a/apps.yaml", "kustomization-path-missing"),
    "a branch of its own": (gitlab("  rules: [{if: $CI_COMMIT_BRANCH}]\n"), ".gitlab-ci.yml", "workflow-loop"),
    "main only": (gitlab("  only: [main]\n"), ".gitlab-ci.yml", "workflow-loop"),
    "tags are another pipeline": (
        gitlab("  rules:\n    - {if: $CI_COMMIT_TAG, when: never}\n    - {if: $CI_COMMIT_BRANCH}\n"),
        ".gitlab-ci.yml",
        "workflow-loop",
    ),
    "registry and path apart": (
        github("      - run: docker push $R/shop/web\n        env: {R: registry.example.test}\n"),
        ".github/workflows/b.yml",
        "workflow-loop",
    ),
    "a file that Flux writes and nobody applies": (
        {
            **cluster(),
            IMAGES: images(),
            "apps/web.yaml": deployment(),
            ".github/workflows/b.yml": github()[".github/workflows/b.yml"],
        },
        ".github/workflows/b.yml",
        "workflow-loop",
    ),
}


@pytest.mark.parametrize("name", SOUND)
def test_nothing_is_said_of_a_sound_layout(name: str) -> None:
    assert found(SOUND[name]) == set()


@pytest.mark.parametrize("name", BROKEN)
def test_a_mistake_in_a_layout_is_one_finding(name: str) -> None:
    files, path, code = BROKEN[name]
    assert found(files) == {(path, code)}
