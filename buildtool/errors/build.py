"""The build, and the upload that belongs to it: exit codes 12 and 13."""

from __future__ import annotations

from buildtool.errors.exits import Exit
from buildtool.errors.pages import Kind

_BASE_UNREAD = "the base image cannot be read, so nothing was built."

BUILD_FAILED = Kind(
    code="build-failed",
    exit=Exit.BUILD,
    title="the build failed",
    meaning="a step of a Dockerfile ended with an error.",
    reason="nothing was published.",
    fix="correct the step shown and run the same command again: finished steps come from the cache",
)
BUILD_NO_DOCKERFILE = Kind(
    code="build-no-dockerfile",
    exit=Exit.BUILD,
    title="the Dockerfile is not there",
    meaning="`dockerfile` of the image names a file that the builder cannot read.",
    reason="nothing was built or published.",
    fix="correct `dockerfile` in buildtool.toml",
)
BUILD_NO_SUCH_FILE = Kind(
    code="build-no-such-file",
    exit=Exit.BUILD,
    title="a file to copy is not in the build context",
    meaning="COPY or ADD names a path that is not below `context`, or that .dockerignore leaves out.",
    reason="nothing was published.",
    fix="compare the path with `context` in buildtool.toml and with .dockerignore",
)
BUILD_PLATFORM = Kind(
    code="build-platform",
    exit=Exit.BUILD,
    title="a base image or program is of another platform",
    meaning="the base image has no build for the target platform, or a RUN step needs emulation that is not installed.",
    reason="nothing was published: the image cannot be built for every platform that is configured.",
    fix=(
        "choose a base image that has it, or add emulation: docker run --privileged --rm tonistiigi/binfmt "
        "--install all"
    ),
)
BUILD_DISK_FULL = Kind(
    code="build-disk-full",
    exit=Exit.BUILD,
    title="the disk of the builder is full",
    meaning="layers and cache fill the disk that the builder writes to.",
    reason="nothing was published, and every further build on this builder fails as well.",
    fix="docker buildx prune --keep-storage 10GB",
)
BUILD_BASE_OVER_HTTP = Kind(
    code="build-base-over-http",
    exit=Exit.BUILD,
    title="a base image is in a registry that speaks HTTP",
    meaning=(
        "registry.insecure counts for pushes; BuildKit reads FROM over HTTPS unless its own configuration says "
        "otherwise."
    ),
    reason=_BASE_UNREAD,
    fix='give buildkitd.toml [registry."HOST:PORT"] http = true (docker driver: insecure-registries in daemon.json)',
)
BUILD_BASE_AUTH = Kind(
    code="build-base-auth",
    exit=Exit.BUILD,
    title="a base image may not be pulled",
    meaning="the image does not exist, or its registry wants a login.",
    reason=_BASE_UNREAD,
    fix="correct the name in FROM, or docker login HOST",
)
BUILD_BASE_UNREACHABLE = Kind(
    code="build-base-unreachable",
    exit=Exit.BUILD,
    title="a base image cannot be fetched",
    meaning="the registry of a FROM image does not answer from where the builder runs.",
    reason=_BASE_UNREAD,
    fix="check the network of the builder, or give the image another source with `contexts` in buildtool.toml",
)
BUILD_CACHE = Kind(
    code="build-cache",
    exit=Exit.BUILD,
    title="a layer cache cannot be written",
    meaning="`cache_to` of an image names a place that refuses the cache, and says `ignore-error=false`.",
    reason="nothing was published: without ignore-error=false a build goes on without its cache.",
    fix="take ignore-error=false out of cache_to in buildtool.toml, or let that place take the cache",
)
PUSH_INTERRUPTED = Kind(
    code="push-interrupted",
    exit=Exit.UNREACHABLE,
    title="the upload of an image was interrupted",
    meaning="the registry, or the store of the docker engine, failed during an upload, and again when it was repeated.",
    reason="no tag was published: an image that is only partly there is never tagged.",
    fix="run the same command again: what is built and uploaded already is not done twice",
)
BUILD_SILENT = Kind(
    code="build-silent",
    exit=Exit.UNREACHABLE,
    title="nothing was heard of the build or upload for too long",
    meaning="docker buildx printed nothing for as long as `push.silence` allows, and was ended.",
    reason="a connection that hangs would keep the run waiting without end; no tag was published.",
    fix=(
        "check that registry and builder answer, and run the same command again; raise push.silence in buildtool.toml "
        "for a step that prints nothing for longer"
    ),
)
