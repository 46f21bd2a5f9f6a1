"""Rules of `check` about Flux's Kustomizations and kustomize's own files."""

from __future__ import annotations

from buildtool.errors.findings import Severity
from buildtool.errors.pages import Rule

WAIT = Rule(
    code="wait-and-health-checks",
    severity=Severity.WARNING,
    title="wait makes healthChecks useless",
    meaning="the Kustomization sets both spec.wait and spec.healthChecks.",
    reason="with `wait: true` Flux waits for every object it applied and ignores spec.healthChecks.",
    fix="keep one of the two",
)
FORCE = Rule(
    code="kustomization-force",
    severity=Severity.WARNING,
    title="force on a whole Kustomization",
    meaning="the Kustomization sets spec.force: true.",
    reason=(
        "when the API server refuses an object (422), also for a typing error, Flux deletes the running one and "
        "cannot create it again."
    ),
    fix="remove force; annotate the one object that may be replaced with kustomize.toolkit.fluxcd.io/force: enabled",
)
DEPENDS_UNKNOWN = Rule(
    code="depends-on-unknown",
    cross=True,
    title="dependsOn names an object that does not exist",
    meaning="an entry of spec.dependsOn is not defined in the repository.",
    reason="the object waits without end: `dependency not found`.",
    fix="correct the name or the namespace, or remove the entry",
)
DEPENDS_CYCLE = Rule(
    code="depends-on-cycle",
    cross=True,
    title="dependsOn forms a cycle",
    meaning="the object depends on another one that depends, directly or not, on the first.",
    reason="each waits for the other, and none is ever applied.",
    fix="remove one of the dependencies",
)
PATH_MISSING = Rule(
    code="kustomization-path-missing",
    cross=True,
    title="a Kustomization applies a path that does not exist",
    meaning="spec.path is no directory of the repository.",
    reason="Flux reports `kustomization path not found` and applies nothing.",
    fix="correct spec.path; it is relative to the root of the repository",
)
RESOURCE_MISSING = Rule(
    code="kustomize-resource-missing",
    cross=True,
    title="a kustomization file lists a file that does not exist",
    meaning="an entry of resources or another list of kustomization.yaml is not in the repository.",
    reason="kustomize fails, and Flux applies nothing of the whole Kustomization.",
    fix="correct the name, or commit the file",
)
DUPLICATE = Rule(
    code="duplicate-object",
    title="two objects of one name in one build",
    meaning="one build takes in two objects of the same kind, namespace and name.",
    reason=(
        "kustomize refuses the build (`may not add resource with an already registered id`), and Flux applies "
        "nothing of it."
    ),
    fix="remove one of the two, or give it another name",
    cross=True,
)
