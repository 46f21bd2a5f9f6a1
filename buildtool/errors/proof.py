"""What the registry holds is not what was built: exit code 15."""

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
    title="the image in the registry is not the one that was to be built",
    meaning="the digest, the platform or the revision read back from the registry differs from what was asked for.",
    reason="an image that is not the one that was built must not be deployed, so push publishes no tag for it.",
    fix="correct the Dockerfile (a FROM with a fixed --platform is the usual reason) and run the same command again",
)
