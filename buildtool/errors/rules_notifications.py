"""Rules of `check` about Alerts and Receivers."""

from __future__ import annotations

from buildtool.errors.pages import Rule

PROVIDER = Rule(
    code="alert-provider-unknown",
    cross=True,
    title="an Alert names a Provider that does not exist",
    meaning="spec.providerRef names no Provider of the Alert's namespace.",
    reason="Flux never sends an event of this Alert.",
    fix="correct providerRef; the Provider must be in the Alert's own namespace",
)
SOURCE = Rule(
    code="alert-source-unknown",
    cross=True,
    title="an Alert watches an object that does not exist",
    meaning="an entry of spec.eventSources is not defined in the repository.",
    reason="no event of that object ever comes, and nobody notices that the Alert does not work.",
    fix="correct kind, name and namespace of the event source",
)
RESOURCE = Rule(
    code="receiver-resource-unknown",
    cross=True,
    title="a Receiver notifies an object that does not exist",
    meaning="an entry of spec.resources is not defined in the repository.",
    reason="Flux answers every webhook with an error, and scans only at its interval.",
    fix="correct kind, name and namespace of the resource",
)
API_VERSION = Rule(
    code="receiver-api-version",
    title="a resource of a Receiver has no apiVersion",
    meaning="an entry of spec.resources has no apiVersion, and Flux has no default for its kind.",
    reason="Flux knows the apiVersion by itself only for sources and ImageRepository; every webhook fails.",
    fix="add the apiVersion to the resource",
)
LABELS = Rule(
    code="receiver-match-labels",
    title="a Receiver names every object of a kind (*) without labels",
    meaning="an entry of spec.resources has `name: '*'` and no matchLabels.",
    reason="Flux accepts the name * only together with matchLabels.",
    fix="add matchLabels, or name the objects",
)
