"""What the automations of a repository may write."""

from __future__ import annotations

from buildtool.core.flux.automation_runs import scopes
from buildtool.core.flux.manifests import find_policies

AUTOMATION = """\
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageUpdateAutomation
metadata: {name: all, namespace: flux-system}
spec:
  update: {path: ./apps, strategy: Setters}
  policySelector: {matchLabels: {team: web}}
"""
POLICY = """\
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata: {name: %s, namespace: flux-system, labels: {team: %s}}
spec: {imageRepositoryRef: {name: a}, policy: {numerical: {}}}
"""


def test_only_its_path_its_namespace_and_its_selector() -> None:
    texts = [("a.yaml", AUTOMATION), ("p.yaml", POLICY % ("ours", "web")), ("q.yaml", POLICY % ("theirs", "api"))]
    (scope,) = scopes(find_policies(texts))
    setters = ["flux-system:ours", "flux-system:ours:tag", "flux-system:theirs", "other:ours", "flux-system:elsewhere"]
    assert scope.path.strip("./") == "apps"
    assert [setter for setter in setters if scope.sets(setter)] == [
        "flux-system:ours",
        "flux-system:ours:tag",
        "flux-system:elsewhere",
    ]


def test_no_setter_at_all() -> None:
    (scope,) = scopes(find_policies([("a.yaml", AUTOMATION)]))
    assert not any(map(scope.sets, ["flux-system", "flux-system:a:other", "flux-system:a:tag:tag", "flux-system:a:"]))


def test_an_automation_that_stands_elsewhere_may_write_all() -> None:
    (scope,) = scopes(find_policies([]))
    assert scope.path == ""
    assert scope.sets("any:policy:digest")
