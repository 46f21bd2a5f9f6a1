"""What one kustomization does to every object it takes in: namespace, name prefix and suffix, patches."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from buildtool.core.flux.tree.patches import Patch

# kinds that stand outside every namespace: those that kustomize's own schema of Kubernetes says so of
_CLUSTER_SCOPED = frozenset(
    {
        "APIService",
        "CSIDriver",
        "CSINode",
        "CertificateSigningRequest",
        "ClusterRole",
        "ClusterRoleBinding",
        "ClusterTrustBundle",
        "ComponentStatus",
        "CustomResourceDefinition",
        "DeviceClass",
        "FlowSchema",
        "IPAddress",
        "IngressClass",
        "MutatingAdmissionPolicy",
        "MutatingAdmissionPolicyBinding",
        "MutatingWebhookConfiguration",
        "Namespace",
        "Node",
        "PersistentVolume",
        "PriorityClass",
        "PriorityLevelConfiguration",
        "ResourceSlice",
        "RuntimeClass",
        "SelfSubjectAccessReview",
        "SelfSubjectReview",
        "SelfSubjectRulesReview",
        "ServiceCIDR",
        "StorageClass",
        "StorageVersion",
        "SubjectAccessReview",
        "TokenReview",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "ValidatingWebhookConfiguration",
        "VolumeAttachment",
        "VolumeAttributesClass",
    }
)
_KEEP_THEIR_NAME = frozenset({"CustomResourceDefinition", "APIService", "Namespace"})


class Layer(NamedTuple):
    """One kustomization's transformers; layers of a build stand from the innermost to the outermost."""

    namespace: str = ""
    prefix: str = ""
    suffix: str = ""
    patches: tuple[Patch, ...] = ()

    @property
    def empty(self) -> bool:
        return self == NO_LAYER


NO_LAYER = Layer()


def is_builtin(group: str) -> bool:
    """Whether the API group is one of Kubernetes' own."""
    return "." not in group or group.endswith(".k8s.io")


def is_cluster_scoped(group: str, kind: str) -> bool:
    """Whether kustomize knows the kind to have no namespace; it takes every custom kind for one that has."""
    return kind in _CLUSTER_SCOPED and is_builtin(group)


def effective_namespace(group: str, kind: str, own: str, layers: Iterable[Layer]) -> str:
    """The namespace that a build gives an object whose metadata says `own`: the outermost that is set wins."""
    if is_cluster_scoped(group, kind):
        return ""
    for layer in layers:
        own = layer.namespace or own
    return own


def effective_name(group: str, kind: str, own: str, layers: Iterable[Layer]) -> str:
    """The name that a build gives an object; a Namespace object takes the name of the namespace that is set."""
    named_by_namespace = kind == "Namespace" and not group
    for layer in layers:
        if named_by_namespace:
            own = layer.namespace or own
        elif kind not in _KEEP_THEIR_NAME:
            own = f"{layer.prefix}{own}{layer.suffix}"
    return own


def overrides(image: str, name: str) -> bool:
    """Whether the entry of `images` with this name is about the image (`host/path:tag@digest`)."""
    pattern = _matching(name)
    return pattern is not None and pattern.match(image) is not None


@lru_cache(maxsize=512)
def _matching(name: str) -> re.Pattern[str] | None:
    """Kustomize reads the name as a regular expression; one that is more than a name is not looked at here."""
    plain = re.sub(r"[\w./:-]", "", name, flags=re.ASCII)
    if not name or plain:
        return None
    return re.compile(rf"{name}(?::[a-zA-Z0-9_.{{}}-]*)?(?:@sha256:[a-zA-Z0-9_.{{}}-]*)?\Z")


def split_image(text: str) -> tuple[str, str, str]:
    """(name, tag, digest) of `host:port/path:tag@digest`."""
    rest, _, digest = text.partition("@")
    head, slash, last = rest.rpartition("/")
    base, _, tag = last.partition(":")
    return f"{head}{slash}{base}", tag, digest
