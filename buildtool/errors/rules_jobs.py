"""Rules of `check` about Jobs, scripts and secrets."""

from __future__ import annotations

from buildtool.errors.findings import Severity
from buildtool.errors.pages import Rule

TTL = Rule(
    code="job-ttl",
    title="a Job that Kubernetes deletes, and Flux then runs again",
    meaning="the Job sets ttlSecondsAfterFinished.",
    reason=(
        "ttlSecondsAfterFinished removes the finished Job; Flux finds it missing at the next reconcile and runs "
        "it again."
    ),
    fix="remove ttlSecondsAfterFinished",
)
FORCE = Rule(
    code="job-force-missing",
    cross=True,
    title="a Job with a setter that Flux cannot replace",
    meaning="the Job's image has a setter marker, and the Job has no force annotation.",
    reason=(
        "a Job's template is immutable: the first new tag makes the Kustomization fail (`dry-run failed (Invalid)`)."
    ),
    fix="add the annotation kustomize.toolkit.fluxcd.io/force: enabled to the Job",
)
HOST_KEY = Rule(
    code="ssh-host-key",
    title="ssh accepts any host key",
    meaning="a script fetches the host key with ssh-keyscan, or turns the check of host keys off.",
    reason="any server at that address is trusted with the deploy key. The host key must be known before.",
    fix=(
        "put known_hosts into the sealed secret, and use -o StrictHostKeyChecking=yes -o UserKnownHostsFile=<that file>"
    ),
)
INSTALLS = Rule(
    code="job-installs-packages",
    severity=Severity.WARNING,
    title="a Job installs packages while it runs",
    meaning="a script of the Job runs apk, apt, pip, npm or another package manager.",
    reason="every run depends on a package mirror, and runs code that nobody reviewed beside the deploy key.",
    fix="use an image that has what the Job needs",
)
LITERAL = Rule(
    code="secret-literal",
    title="a secret stands in a manifest as plain text",
    meaning=(
        "a variable whose name says password, token or key has its value written out, or a script holds a private key."
    ),
    reason="everybody who can read the repository, its history and its forks has it.",
    fix="take it from a Secret (valueFrom.secretKeyRef) that is sealed or encrypted in git, and replace the leaked one",
)
PLAIN_SECRET = Rule(
    code="secret-plain",
    title="a Secret is committed unencrypted",
    meaning="a Secret has `data` or `stringData`, and is neither sealed nor encrypted.",
    reason="base64 is not encryption: everybody who can read the repository, its history and its forks has the values.",
    fix="commit a SealedSecret (kubeseal) or a SOPS-encrypted Secret, and replace the leaked values",
)
