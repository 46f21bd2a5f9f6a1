"""Previews over a repository and over batches."""

from __future__ import annotations

import pytest

from buildtool.core.flux.automation_runs import notes_on
from buildtool.core.flux.manifests import find_policies
from buildtool.core.flux.setters import LatestImage
from buildtool.core.flux.setters.runs import Run
from buildtool.errors import BuildtoolError
from buildtool.usecases.setters_preview import only, parse_image, plan, plan_runs
from tests.support.memory_files import MemoryFiles

MARKED = 'image: old:1 # {"$imagepolicy": "ns:app"}\n'
IMAGES = {"ns:app": LatestImage("r.io/app", "v1")}
AUTOMATION = """apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageUpdateAutomation
metadata: {name: site, namespace: ns}
spec:
  sourceRef: {kind: GitRepository, name: site}
  update: {path: ./apps, strategy: Setters}
"""


@pytest.mark.parametrize(
    ("text", "image"),
    [
        ("ns:app=r.io/app:v1", LatestImage("r.io/app", "v1")),
        ("ns:app=host:5000/app:v1@sha256:aa", LatestImage("host:5000/app", "v1", "sha256:aa")),
        ("ns:app=nginx:1.25", LatestImage("nginx", "1.25")),
    ],
)
def test_an_image_option(text: str, image: LatestImage) -> None:
    assert parse_image(text) == ("ns:app", image)


@pytest.mark.parametrize(
    "text", ["", "r.io/app:v1", "app=r.io/app:v1", "ns:app=", "ns:app=h:5/app", "a:b:c=x:1", ":b=x:1"]
)  # fmt: skip
def test_an_image_option_that_makes_no_sense(text: str) -> None:
    with pytest.raises(BuildtoolError) as caught:
        parse_image(text)
    assert caught.value.kind.exit == 2
    assert "--image" in caught.value.fix


def test_each_automation_writes_the_policies_of_its_namespace() -> None:
    runs = plan_runs(IMAGES, find_policies([("a.yaml", AUTOMATION)]), None)
    assert [(run.automation, sorted(run.images)) for run in runs] == [("ns/site", ["ns:app"])]
    assert runs[0].path.strip("./") == "apps"


def test_a_policy_of_another_namespace_is_named() -> None:
    with pytest.raises(BuildtoolError, match="no ImageUpdateAutomation uses other:app"):
        plan_runs({"other:app": IMAGES["ns:app"]}, find_policies([("a.yaml", AUTOMATION)]), None)


def test_a_given_path_stands_in_for_automations() -> None:
    runs = plan_runs(IMAGES, find_policies([("a.yaml", AUTOMATION)]), "infra")
    assert [(run.automation, run.path) for run in runs] == [("", "infra")]


def test_a_plan_reads_only_what_it_must() -> None:
    files = MemoryFiles(
        {"a.yaml": MARKED, "b.txt": MARKED, "c.yaml": b"\xff" + MARKED.encode(), "apps/d.yaml": "x: 1\n"},
        refuse={"e.yaml": ("file-unreadable", "Permission denied")},
    )
    planned = plan(files, [Run("", "", IMAGES)])
    assert set(planned.result.files) == {"a.yaml"}
    assert planned.before == {"a.yaml": MARKED}
    assert {one.path: one.reason for one in planned.result.skipped.values()} == {
        "c.yaml": "not UTF-8: byte 0",
        "e.yaml": "Permission denied",
    }


def test_runs_follow_each_other() -> None:
    files = MemoryFiles({"a.yaml": MARKED + 'b: x # {"$imagepolicy": "two:app:tag"}\n'})
    runs = [Run("ns/one", "", IMAGES), Run("two/two", "", {"two:app": LatestImage("r.io/app", "v2")})]
    planned = plan(files, runs)
    assert [change.new for change in planned.result.changes] == ["r.io/app:v1", "v2"]
    assert planned.result.files["a.yaml"].count("v1") == planned.result.files["a.yaml"].count("v2") == 1


def test_a_failing_run_does_not_stop_the_others() -> None:
    bad = Run("ns/bad", "", {"ns:app": LatestImage("r.io/a", "v1")})
    planned = plan(MemoryFiles({"a.yaml": MARKED}), [bad, Run("ns/good", "", IMAGES)])
    assert list(planned.result.errors) == ["ns/bad"]
    assert "encountered invalid image ref" in planned.result.errors["ns/bad"]
    assert [change.new for change in planned.result.changes] == ["r.io/app:v1"]


def test_a_link_is_the_file_that_it_leads_to() -> None:
    """Flux reads and writes through links: each file is shown once, under its own path."""
    leads = {"apps/link.yaml": "apps/a.yaml", "apps/out.yaml": "base/b.txt", "apps/gone.yaml": "nowhere"}
    files = MemoryFiles({"apps/a.yaml": MARKED, "base/b.txt": MARKED}, leads=leads)
    planned = plan(files, [Run("", "apps", IMAGES)])
    written = MARKED.replace("old:1", "r.io/app:v1")
    assert planned.result.files == {"apps/a.yaml": written, "base/b.txt": written}
    assert planned.before == {"apps/a.yaml": MARKED, "base/b.txt": MARKED}
    assert sorted(change.path for change in planned.result.changes) == ["apps/a.yaml", "base/b.txt"]
    assert planned.result.skipped == {}


LIST = """apiVersion: v1
kind: List
items:
- kind: Deployment
  metadata: {name: web}
  image: old:1 # {"$imagepolicy": "ns:app"}
"""


@pytest.mark.parametrize(("there", "before"), [({}, None), ({"deployment_web.yaml": "a: 1\n"}, "a: 1\n")])
def test_an_item_of_a_list_replaces_what_stands_in_its_place(there: dict[str, str], before: str | None) -> None:
    planned = plan(MemoryFiles({"list.yaml": LIST, **there}), [Run("", "", IMAGES)])
    assert planned.before == {"deployment_web.yaml": before}
    assert "r.io/app:v1" in planned.result.files["deployment_web.yaml"]


def test_bytes_in_its_place_are_no_text_to_compare() -> None:
    planned = plan(MemoryFiles({"list.yaml": LIST, "deployment_web.yaml": b"\xff"}), [Run("", "", IMAGES)])
    assert planned.refused == {"deployment_web.yaml": "what stands there now is not UTF-8"}


SOURCES = """apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: flux-system, namespace: ns}
spec: {url: "https://host/here"}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: site, namespace: ns}
spec: {url: "%s"}
"""


@pytest.mark.parametrize(("url", "runs"), [("https://host/other", []), ("ssh://git@host/here.git", ["ns/site"])])
def test_an_automation_of_another_repository_is_left_out(url: str, runs: list[str]) -> None:
    manifests = find_policies([("a.yaml", AUTOMATION), ("s.yaml", SOURCES % url)])
    if runs:
        planned = plan_runs(IMAGES, manifests, None)
        assert [run.automation for run in planned] == runs
        assert notes_on(planned, manifests) == []
        return
    with pytest.raises(
        BuildtoolError, match="ns/site is left out: it works on GitRepository ns/site, another repository"
    ):
        plan_runs(IMAGES, manifests, None)
    here = Run("ns/here", "", IMAGES)
    assert notes_on([here], manifests) == ["ns/site is left out: it works on GitRepository ns/site, another repository"]


def test_a_suspended_automation_does_not_run() -> None:
    texts = [("a.yaml", f"{AUTOMATION}  suspend: true\n"), ("b.yaml", AUTOMATION.replace("name: site,", "name: two,"))]
    manifests = find_policies(texts)
    runs = plan_runs(IMAGES, manifests, None)
    assert [run.automation for run in runs] == ["ns/two"]
    assert "ns/site is left out: it is suspended" in notes_on(runs, manifests)
    with pytest.raises(
        BuildtoolError, match="no ImageUpdateAutomation uses ns:app; ns/site is left out: it is suspended"
    ):
        plan_runs(IMAGES, find_policies(texts[:1]), None)


ONE = SOURCES.partition("---\n")[2]


@pytest.mark.parametrize(
    ("sources", "remote", "where"),
    [
        (ONE % "https://host/only", "", "unknown"),
        (ONE % "https://host/web", "https://host/web", "here"),
        (ONE % "ssh://git@host:22/web.git", "https://host/web", "here"),
        (ONE % "https://host/other", "https://host/web", "elsewhere"),
        (SOURCES % "https://host/web", "https://host/web", "here"),
        ("", "https://host/web", "unknown"),
        (ONE % "${repository}", "https://host/web", "unknown"),
    ],
)
def test_which_source_is_this_repository(sources: str, remote: str, where: str) -> None:
    manifests = find_policies([("a.yaml", AUTOMATION), ("s.yaml", sources)], remote=remote)
    assert [one.where for one in manifests.automations] == [where]


def test_what_is_not_known_of_a_source_is_said() -> None:
    manifests = find_policies([("a.yaml", AUTOMATION)])
    (said,) = notes_on(plan_runs(IMAGES, manifests, None), manifests)
    assert said == "ns/site is shown, but whether GitRepository ns/site is this repository is not known"


POLICY = """apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata: {name: app, namespace: ns, labels: {team: web}}
spec: {imageRepositoryRef: {name: a}, policy: {numerical: {}}}
"""


@pytest.mark.parametrize(
    ("selector", "taken"),
    [
        ("matchLabels: {team: web}", True),
        ("matchLabels: {team: api}", False),
        ("matchExpressions: [{key: team, operator: In, values: [api, web]}]", True),
        ("matchExpressions: [{key: team, operator: In, values: [api]}]", False),
        ("matchExpressions: [{key: team, operator: NotIn, values: [api]}]", True),
        ("matchExpressions: [{key: team, operator: NotIn, values: [web]}]", False),
        ("matchExpressions: [{key: tier, operator: NotIn, values: [web]}]", True),
        ("matchExpressions: [{key: team, operator: Exists}]", True),
        ("matchExpressions: [{key: tier, operator: Exists}]", False),
        ("matchExpressions: [{key: team, operator: DoesNotExist}]", False),
        ("matchExpressions: [{key: tier, operator: DoesNotExist}]", True),
        ("matchLabels: {team: web}, matchExpressions: [{key: team, operator: DoesNotExist}]", False),
    ],
)
def test_the_policy_selector(selector: str, *, taken: bool) -> None:
    automation = f"{AUTOMATION}  policySelector: {{{selector}}}\n"
    manifests = find_policies([("a.yaml", automation), ("p.yaml", POLICY)])
    if taken:
        assert [run.automation for run in plan_runs(IMAGES, manifests, None)] == ["ns/site"]
    else:
        with pytest.raises(BuildtoolError, match="no ImageUpdateAutomation uses ns:app"):
            plan_runs(IMAGES, manifests, None)


def test_only_the_files_asked_for() -> None:
    planned = plan(MemoryFiles({"a.yaml": MARKED, "apps/b.yaml": MARKED}), [Run("", "", IMAGES)])
    kept = only(planned, ["apps"])
    assert set(kept.result.files) == {"apps/b.yaml"}
    assert [change.path for change in kept.result.changes] == ["apps/b.yaml"]
