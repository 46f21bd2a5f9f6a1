"""The one table of keys: the checks, the variables, the JSON schema and docs/configuration.md all come from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from buildtool.config import build_problems, value_problems
from buildtool.config.args_table import ARGS
from buildtool.config.builder_nodes import NODES, OPTIONS
from buildtool.config.builder_registries import REGISTRIES as BUILDER_REGISTRIES
from buildtool.config.registry_tables import REGISTRIES
from buildtool.config.running_table import RUNNING
from buildtool.config.value_types import choice, flag, lines, mapping, text, texts, whole
from buildtool.core.image.names import Platform

if TYPE_CHECKING:
    from buildtool.config.value_types import ValueType

IMAGES = "images"


@dataclass(frozen=True, slots=True)
class Key:
    """`default` stands as a file would write it; None means unset."""

    name: str
    kind: ValueType
    doc: str
    default: object = None
    required: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """`name` is empty for the top of the file; `images` is the shape of every `[images.NAME]`."""

    name: str
    doc: str
    keys: tuple[Key, ...]

    def names(self) -> list[str]:
        return [key.name for key in self.keys]


_PLATFORM = text(
    "a platform", value_problems.platform_problem, pattern="^[A-Za-z0-9_]+/[A-Za-z0-9_-]+(/[A-Za-z0-9]+)?$"
)
_PLATFORMS = texts("a list of platforms", _PLATFORM, '["linux/arm64"]', Platform.parse, least=1)
_PATH = text("a path")
_REGISTRY = text("a registry", value_problems.registry_problem, pattern="^[^/@]+(/[a-z0-9._/-]*[a-z0-9])?$")
_MIRRORS = texts("a list of registries", _REGISTRY, '["mirror.example:5000/site"]')
_TAG = text("a tag", value_problems.tag_problem, pattern="^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$")
_CACHES = texts("a list of cache sources", text("a cache source"), '["type=gha"]')

TOP = Table(
    "",
    "",
    (
        Key(
            "registry",
            _REGISTRY,
            "The registry, as `host[:port][/project]`, without `http://`. Harbor needs the project.",
            required=True,
        ),
        Key("insecure", flag(), "The registry speaks plain HTTP. buildtool never falls back by itself.", default=False),
        Key(
            "mirrors",
            _MIRRORS,
            "More registries that get each image and its tag, each `host[:port][/project]`, with the image's own path "
            "below it.",
            default=[],
        ),
        Key(
            "registries",
            REGISTRIES,
            'What is special about one host, as `[registries."HOST:PORT"]`: `insecure` (unset: as at the top for other '
            "ports of the host of `registry`, else HTTPS), `token_hosts` as under `[push]`, and `username_env` and "
            "`password_env`, the variables that hold its login where docker's own is not to be used.",
            default={},
        ),
        Key(
            "harbor_path",
            text("a path", value_problems.url_path_problem, pattern="^(/[A-Za-z0-9._~-]+)+$"),
            "For a Harbor behind a proxy with a path: `/harbor` where its own API is at "
            "`https://HOST/harbor/api/v2.0`. `/v2/` is always at the root of the host: docker looks nowhere else.",
        ),
    ),
)

IMAGE = Table(
    IMAGES,
    "One table per image, `[images.NAME]`; at least one. The name is what commands take.",
    (
        Key("platforms", _PLATFORMS, "What to build for; never guessed.", required=True),
        Key(
            "dockerfile",
            _PATH,
            "The Dockerfile, from the context, or if it is not there, from `buildtool.toml`.",
            default="Dockerfile",
        ),
        Key("context", _PATH, "The directory the build sees, relative to `buildtool.toml`.", default="."),
        Key(
            "policy",
            text("namespace:name", value_problems.policy_problem, pattern="^[a-z0-9.-]+:[a-z0-9.-]+$"),
            "The committed ImagePolicy that selects this image's tags, as `namespace:name`. Without it nothing is "
            "known about what Flux will do, and `push` says so.",
        ),
        Key(
            "repository",
            text("a path", value_problems.path_problem, pattern="^[a-z0-9]+([._/-]+[a-z0-9]+)*$"),
            "The path below the registry; the image's name when unset.",
        ),
        Key(
            "registry",
            _REGISTRY,
            "The registry of this image, as `host[:port][/project]`; the one at the top when unset.",
        ),
        Key("mirrors", _MIRRORS, "The mirrors of this image; those at the top when unset, `[]` for none."),
        Key("target", text(), "The stage of the Dockerfile to build; the last one when unset."),
        Key(
            "args",
            ARGS,
            "Build arguments. They show in the image: never a secret. `{tag}` and `{revision}` in a value stand for "
            "the tag and the full commit of the run; any other `{…}` is left as it is. "
            '`{ env = "NAME" }` takes the value of a variable, and `{ env = "NAME", default = "…" }` a default where '
            "it is not set.",
            default={},
        ),
        Key(
            "contexts",
            mapping("a table of named contexts", '{ "nginx:1" = "docker-image://mirror/nginx:1" }'),
            "buildx named contexts, for example a base image through a mirror: a directory, `docker-image://…`, "
            "`oci-layout://…`, `target:IMAGE` or a git or http URL. With a URL that no commit or digest pins, "
            "the image is built each time.",
            default={},
        ),
        Key(
            "secrets",
            texts("a list of secrets", text("a secret", value_problems.secret_problem), '["id=npm,env=NPM_TOKEN"]'),
            "Build secrets as buildx writes them: `id=NAME,src=FILE` or `id=NAME,env=VARIABLE`. One without a value is "
            "refused before the build.",
            default=[],
        ),
        Key(
            "ssh",
            texts(
                "a list of ssh agents and keys", text("an ssh agent or key", build_problems.ssh_problem), '["default"]'
            ),
            "For `RUN --mount=type=ssh`, as buildx writes them: `default` is the agent of SSH_AUTH_SOCK, `ID=PATH` the "
            "socket of another one, or a key. One that is not there is refused before the build.",
            default=[],
        ),
        Key(
            "network",
            choice("default", "none", "host"),
            "The network of RUN steps; `host` is the builder's own, which it has to allow. Needs buildx 0.17.",
        ),
        Key(
            "extra_hosts",
            mapping(
                "a table of hosts",
                '{ "db.example" = "10.0.0.2" }',
                build_problems.extra_host_problem,
                text("an address", build_problems.addresses_problem),
            ),
            "Lines for /etc/hosts of RUN steps: a name, and its address, or several with commas. Needs buildx 0.25.",
            default={},
        ),
        Key(
            "shm_size",
            text("a size", build_problems.size_problem, pattern="^[0-9]+(\\.[0-9]+)? ?([kmgtpKMGTP][iI]?[bB]?|[bB])?$"),
            "The size of /dev/shm in RUN steps, as docker writes it: `128m`, `1g`.",
        ),
        Key(
            "ulimits",
            texts("a list of limits", text("a limit", build_problems.ulimit_problem), '["nofile=1024:4096"]'),
            "Limits of RUN steps, each `NAME=SOFT:HARD`; -1 is no limit.",
            default=[],
        ),
        Key(
            "no_cache_filter",
            texts("a list of stages", text("a stage", build_problems.stage_problem), '["fetch"]'),
            "Stages that are built each time, without the cache, when the image is built.",
            default=[],
        ),
        Key(
            "inputs",
            texts("a list of globs", text("a glob", value_problems.glob_problem), '["src/**"]'),
            "Globs over files, relative to `buildtool.toml`: when none of them changed since the published build, its "
            "tag is kept. Files of a context count only if its .dockerignore lets them through. Unset: everything that "
            "the contexts send. The Dockerfile always counts.",
            default=[],
        ),
        Key(
            "labels",
            mapping("a table of labels", '{ "org.example.team" = "web" }', item=lines()),
            "More image labels.",
            default={},
        ),
        Key("cache", flag(), "Use the registry cache for this image; what `[cache]` says when unset."),
        Key("cache_from", _CACHES, "More cache sources, as buildx writes them.", default=[]),
        Key("cache_to", _CACHES, "More cache destinations, as buildx writes them.", default=[]),
        Key(
            "tags",
            texts("a list of tags", text("a tag", value_problems.further_tag_problem), '["latest", "{branch}"]'),
            "Further tags, written after the tag of the build and moved with it, never to an older commit. `{branch}`, "
            "`{version}`, `{major}`, `{minor}` and `{number}` (of the pull request) stand for those of the run; a tag "
            "without a value is not written. One that an ImagePolicy could select is refused before the build.",
            default=[],
        ),
        Key(
            "running",
            RUNNING,
            "Where a running one tells what it is: `url`, asked without credentials and following no redirects, and "
            "`revision`, the key of its JSON answer that holds the commit or the tag; `a.b` is `b` inside `a`.",
        ),
    ),
)

TAG = Table(
    "tag",
    "How tags are made.",
    (
        Key("sha_length", whole(7, 40), "How many digits of the commit stand in a tag.", default=7),
        Key(
            "branches",
            texts("a list of branches", text("a branch", value_problems.branch_problem), '["main"]'),
            "The deploy branches. A branch whose tags would be taken for one of theirs is refused.",
            default=["main", "master"],
        ),
        Key(
            "release",
            text("the form of a git tag", value_problems.release_problem),
            "The git tags that are releases: `{version}` stands for a semantic version, which becomes the image's tag.",
            default="v{version}",
        ),
    ),
)

BUILDER = Table(
    "builder",
    "Which buildx builder builds; unset: the one docker has selected. With `driver`, buildtool makes one of its own, "
    "named after these settings ([builder.md](builder.md)).",
    (
        Key(
            "name",
            text("a name", value_problems.builder_problem, pattern="^[a-zA-Z0-9][a-zA-Z0-9._-]*$"),
            "A builder that is there already. buildtool uses it as it is, and says where it is not what stands here.",
        ),
        Key(
            "driver",
            choice("docker", "docker-container", "remote", "kubernetes"),
            "The driver. Without `name`, push, build and `buildtool builder up` make the builder where it is missing; "
            "`docker` is that of the engine itself, which nobody makes.",
        ),
        Key(
            "nodes",
            NODES,
            "Machines that build natively, each `{ endpoint, platforms }`: a docker context, `ssh://`, `tcp://` or "
            "`unix://`. `options` are driver options of that node; `cacert`, `cert` and `key` are files for tcp:// "
            "with the driver remote. Unset: this machine's engine.",
            default=[],
        ),
        Key(
            "options",
            OPTIONS,
            "Driver options of every node, as `docker buildx create --driver-opt` takes them: `image`, `namespace`.",
            default={},
        ),
        Key(
            "registries",
            BUILDER_REGISTRIES,
            "How BuildKit reads base images, by `host[:port]`: `http`, `insecure` (TLS with any certificate), "
            "`mirrors`. The registry itself is in it when `insecure` says HTTP. Not for the driver remote.",
            default={},
        ),
    ),
)

CACHE = Table(
    "cache",
    "The layer caches: in the registry beside each image, or in a folder.",
    (
        Key("enabled", flag(), "Keep a layer cache in the registry.", default=False),
        Key("tag", _TAG, "The tag it is kept under; no policy may match it.", default="buildcache"),
        Key(
            "local",
            _PATH,
            "A folder, relative to `buildtool.toml`, that keeps the layers of each image's last build: for runners "
            "that keep a folder from one job to the next. Outside of the repository it needs --allow-outside in CI.",
        ),
    ),
)

PUSH = Table(
    "push",
    "How images are pushed.",
    (
        Key(
            "attestations",
            flag(),
            "Add provenance. Off: on Harbor they show as unknown children that can block pulls.",
            default=False,
        ),
        Key(
            "sbom",
            flag(),
            "Add a list of what is in the image (SBOM), as an attestation. BuildKit pulls a scanner for it "
            "(`docker/buildkit-syft-scanner`), which a builder without the internet cannot.",
            default=False,
        ),
        Key(
            "candidate_tag",
            _TAG,
            "The tag of an image not yet proven, where the builder cannot push by digest; no policy may match it.",
            default="unproven",
        ),
        Key(
            "pull",
            flag(),
            "Look base images up anew at each push: an image whose base moved is built, on the digests that were "
            "found, and the plan names what moved. A base that cannot be looked up counts as moved.",
            default=False,
        ),
        Key("retries", whole(0, 20), "How often a push that can heal is tried again.", default=4),
        Key(
            "scan_wait",
            whole(0, 3600),
            "How many seconds to wait for a Harbor that lets nobody read an image before it is scanned.",
            default=120,
        ),
        Key(
            "token_hosts",
            texts("a list of hosts", text("a host", value_problems.host_problem), '["auth.example.com"]'),
            "Token services on other hosts than the registry's that may be told its user and password. Those of Docker "
            "Hub and GitLab.com are known.",
            default=[],
        ),
        Key(
            "silence",
            whole(0, 86400),
            "How many seconds a build or upload may print nothing before it is ended; 0 for as long as it likes.",
            default=600,
        ),
    ),
)

HANDLER = Table(
    "handler",
    "What `rollback-handler` may do by itself.",
    (
        Key(
            "kustomizations",
            texts(
                "a list of Kustomizations",
                text("namespace:name", value_problems.kustomization_problem, pattern="^[a-z0-9.-]+:[a-z0-9.-]+$"),
                '["flux-system:frontend"]',
            ),
            "The Flux Kustomizations whose failed health checks roll images back, as `namespace:name`. None: nothing "
            "is ever rolled back.",
            default=[],
        ),
        Key(
            "cool_down",
            whole(0, 604800),
            "How many seconds after a rollback of an image it is not rolled back again by itself.",
            default=3600,
        ),
        Key("per_day", whole(1, 100), "How many rollbacks of all images 24 hours may have.", default=3),
        Key(
            "cluster",
            _PATH,
            "The path that the cluster begins at, where the repository has several: `clusters/home`.",
        ),
    ),
)

TABLES = (TAG, BUILDER, CACHE, PUSH, HANDLER)
