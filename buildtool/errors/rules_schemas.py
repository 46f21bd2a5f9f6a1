"""Rules of `check` about every object of Flux."""

from __future__ import annotations

from buildtool.errors.pages import Rule

REFUSED = Rule(
    code="flux-schema",
    title="an object that the API server refuses",
    meaning="a field is unknown, missing, or has a value that Flux's custom resource definition does not allow.",
    reason="the apply fails, and with it the whole Kustomization that holds the object.",
    fix="correct the field named",
)
