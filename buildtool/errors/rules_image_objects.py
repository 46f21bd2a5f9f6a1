"""Rules of `check` about ImageRepository, ImagePolicy and ImageUpdateAutomation."""

from __future__ import annotations

from buildtool.errors import rules_policies
from buildtool.errors.findings import Severity
from buildtool.errors.pages import Rule

IMAGE_INVALID = Rule(
    code="repository-image-invalid",
    title="an ImageRepository with an image name that Flux cannot use",
    meaning="spec.image is not host[:port]/path in lower case.",
    reason=(
        "Flux cannot scan it; and a path of one character or with capitals stops the whole automation run, for "
        "every policy."
    ),
    fix="write host[:port]/path in lower case, without scheme, tag or digest",
)
INSECURE = Rule(
    code="repository-insecure",
    cross=True,
    title="an ImageRepository and buildtool.toml disagree about HTTP and HTTPS",
    meaning=(
        "spec.insecure of the ImageRepository and registry.insecure of buildtool.toml differ for the same registry."
    ),
    reason="Flux scans with the wrong protocol, finds no tags, and goes on deploying the last one it found.",
    fix="make `insecure` of the ImageRepository what buildtool.toml says",
)
NO_LOGIN = Rule(
    code="repository-without-login",
    cross=True,
    severity=Severity.WARNING,
    title="an ImageRepository without a login for images that others read with one",
    meaning="spec.secretRef is missing, and another object of the repository has a login for the same project.",
    reason="a private project answers Flux with 401, so that it never sees a tag of this image.",
    fix="name the Secret with the login in spec.secretRef of the ImageRepository",
)
UNKNOWN_REPOSITORY = Rule(
    code="policy-unknown-repository",
    cross=True,
    title="an ImagePolicy refers to an ImageRepository that does not exist",
    meaning="spec.imageRepositoryRef names no ImageRepository of the repository.",
    reason="the policy never gets a tag (`referenced ImageRepository does not exist`).",
    fix="correct imageRepositoryRef, or commit the ImageRepository",
)
POLICY_INVALID = Rule(
    code="policy-invalid",
    title="an ImagePolicy that Flux cannot use",
    meaning="a field of the ImagePolicy is missing, or has a value that Flux refuses.",
    reason=rules_policies.STALLS,
    fix="correct the field named",
)
PATH_MISSING = Rule(
    code="automation-path-missing",
    cross=True,
    title="an automation updates a path that does not exist",
    meaning="spec.update.path is no directory of the repository.",
    reason="every run fails with `walking path for files`, and no image is ever updated.",
    fix="correct spec.update.path; it is relative to the root of the repository",
)
POLICY_UNUSED = Rule(
    code="automation-missing",
    severity=Severity.WARNING,
    cross=True,
    title="no automation writes the tags that a policy selects",
    meaning="no ImageUpdateAutomation of the policy's namespace takes the policy.",
    reason=(
        "a policy alone changes nothing: an ImageUpdateAutomation of the same namespace has to write the tag into git."
    ),
    fix="commit an ImageUpdateAutomation in the namespace of the policy, or move the policy",
)
ACCESS = Rule(
    code="policy-access-denied",
    title="an ImagePolicy uses an ImageRepository of another namespace that does not let it in",
    meaning="imageRepositoryRef names another namespace, and no accessFrom of the ImageRepository takes the policy's.",
    reason="Flux refuses the reference (`access denied`), and the policy never gets a tag.",
    fix="add spec.accessFrom.namespaceSelectors to the ImageRepository, or put both into one namespace",
    cross=True,
)
