"""Flux, the cluster, and what runs: exit code 16."""

from __future__ import annotations

from buildtool.errors.exits import Exit
from buildtool.errors.pages import Kind

WAIT_TIMEOUT = Kind(
    code="wait-timeout",
    exit=Exit.FLUX,
    title="the images are published, and not running in time",
    meaning="`push --wait` follows every image of the push; the message says how far each came, and why no further.",
    reason="the tags stay published: Flux deploys them as soon as what stops it is gone.",
    fix="correct what the message names, then look again: buildtool status --watch",
)
WAIT_ROLLED_BACK = Kind(
    code="wait-rolled-back",
    exit=Exit.FLUX,
    title="the image was rolled back while it was waited for",
    meaning="the tag of this push carries the mark `rolled-back-<tag>`: somebody, or the rollback handler, went back.",
    reason="the image of this push does not run, and will not.",
    fix="look why: buildtool status, and the log of whoever went back; then push a commit that corrects it",
)
CLUSTER_UNKNOWN = Kind(
    code="cluster-unknown",
    exit=Exit.FLUX,
    title="the cluster does not tell",
    meaning="the API server does not answer, refuses the question, or the kubeconfig cannot be used.",
    reason="what Flux and the cluster have made of an image is not known.",
    fix="try the same with kubectl, and see docs/status.md for what the account must be allowed to read",
)
HEALTH_UNKNOWN = Kind(
    code="health-unknown",
    exit=Exit.FLUX,
    title="the health URL does not tell",
    meaning="the URL of images.NAME.running does not answer, or its answer cannot be used.",
    reason="which revision runs is not known.",
    fix="open the URL with curl, and correct images.NAME.running in buildtool.toml",
)
