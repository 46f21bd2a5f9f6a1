"""The docker program, its engine and buildx: exit code 11."""

from __future__ import annotations

from buildtool.errors.exits import Exit
from buildtool.errors.pages import Kind

DOCKER_MISSING = Kind(
    code="docker-missing",
    exit=Exit.DOCKER,
    title="the docker program is not installed",
    meaning="images are built by `docker buildx`.",
    reason="no image can be built.",
    fix="install Docker Engine or Docker Desktop, or run make demo in the buildtool repository, which sets one up",
)
DOCKER_UNREACHABLE = Kind(
    code="docker-unreachable",
    exit=Exit.DOCKER,
    title="the docker engine does not answer",
    meaning=(
        "no engine listens where DOCKER_HOST or the current docker context points, or this user may not talk to it."
    ),
    reason="no image can be built.",
    fix="start it (systemctl start docker), or add yourself to its group (usermod -aG docker $USER, then log in again)",
)
BUILDX_MISSING = Kind(
    code="buildx-missing",
    exit=Exit.DOCKER,
    title="docker has no buildx",
    meaning="the buildx plugin is not installed beside this docker client.",
    reason="no image can be built: buildtool builds with `docker buildx` only.",
    fix="install it (Debian: docker-buildx, Docker's own packages: docker-buildx-plugin)",
)
BUILDX_TOO_OLD = Kind(
    code="buildx-too-old",
    exit=Exit.DOCKER,
    title="buildx is too old",
    meaning="buildtool reads the progress that buildx prints since 0.13, and some keys need a newer one.",
    reason="an older one tells neither the failed step nor the digest, and ignores keys that it does not know.",
    fix="install buildx 0.13 or newer",
)
BUILDER_UNUSABLE = Kind(
    code="builder-unusable",
    exit=Exit.DOCKER,
    title="the builder cannot be used",
    meaning="the named buildx builder does not exist, does not start, or is of a driver that cannot push.",
    reason="no image can be built with it.",
    fix="docker buildx ls shows the builders; docker buildx inspect --bootstrap NAME says what is wrong with one",
)
BUILDER_MISFIT = Kind(
    code="builder-misfit",
    exit=Exit.DOCKER,
    title="the builder is not what buildtool.toml says",
    meaning="the builder that is used has another driver, other nodes or other registry settings than `[builder]`.",
    reason="images are built elsewhere, or more slowly, than buildtool.toml says, and base images are read otherwise.",
    fix="buildtool builder show says each difference and its fix",
)
PLATFORM_MISSING = Kind(
    code="platform-missing",
    exit=Exit.DOCKER,
    title="the builder cannot build for a platform",
    meaning="the builder has neither a node of that platform nor emulation for it.",
    reason="the image would not run on the nodes of that platform (`exec format error`).",
    fix="docker run --privileged --rm tonistiigi/binfmt --install arm64 (Debian: apt-get install qemu-user-static)",
)
INSECURE_ENGINE = Kind(
    code="insecure-engine",
    exit=Exit.DOCKER,
    title="the engine would push to this registry over HTTPS",
    meaning=(
        "without the containerd image store, or with a buildx before 0.22, the docker engine itself pushes: it follows "
        "daemon.json, not registry.insecure."
    ),
    reason="the registry answers with HTTP, so every push fails after the whole build.",
    fix='add "insecure-registries": ["HOST:PORT"] to /etc/docker/daemon.json and restart docker',
)
