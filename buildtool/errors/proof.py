"""What was read back is not what was to be built: exit code 15."""

from __future__ import annotations

from buildtool.errors.exits import Exit
from buildtool.errors.pages import Kind

REGISTRY_DIGEST = Kind(
    code="registry-digest",
    exit=Exit.PROOF,
    title="the registry's bytes are not what their digest says",
    meaning="a proxy changed them, or the storage of the registry is damaged.",
    reason="an image whose bytes differ from its digest is not the one that was built.",
    fix="run the same command again; if it fails again, check the proxies between this computer and the registry",
)
PROOF_FAILED = Kind(
    code="proof-failed",
    exit=Exit.PROOF,
    title="an image is not the one that was to be built",
    meaning="digest, platform, program or revision, as they were read back, differ from what was asked for.",
    reason="such an image must not be deployed, so push publishes no tag for it, and build keeps nothing.",
    fix="correct the Dockerfile (a FROM with a fixed --platform is the usual reason) and run the same command again",
)
