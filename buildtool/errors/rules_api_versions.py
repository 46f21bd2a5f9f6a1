"""Rules of `check` about apiVersions."""

from __future__ import annotations

from buildtool.errors.findings import Severity
from buildtool.errors.pages import Rule

REMOVED = Rule(
    code="api-version-removed",
    title="an apiVersion that Flux no longer serves",
    meaning="the object has an apiVersion that the current version of Flux no longer has.",
    reason="the API server refuses the object, and with it everything else in the same Kustomization.",
    fix="write the version named",
)
ENDPOINTS = Rule(
    code="endpoints-deprecated",
    severity=Severity.WARNING,
    title="Endpoints are deprecated",
    meaning="the object is of the kind Endpoints.",
    reason="Kubernetes 1.33 deprecates Endpoints; new features come to EndpointSlice only.",
    fix="write an EndpointSlice (discovery.k8s.io/v1) with the label kubernetes.io/service-name: <service>",
)
