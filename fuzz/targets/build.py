"""What buildx and BuildKit print."""

from __future__ import annotations

import base64
import json
import tempfile
from pathlib import Path

from buildtool.adapters.buildx import read_digests
from buildtool.adapters.docker_tools import last_words
from buildtool.core.build.base_digests import read_label
from buildtool.core.build.base_images import BuildSettings, base_images
from buildtool.core.build.builder import BuilderFacts
from buildtool.core.build.builder_view import parse_view
from buildtool.core.build.buildkit_errors import classify
from buildtool.core.build.buildkit_progress import ProgressReader
from buildtool.core.build.daemon_config import registries_in
from buildtool.core.build.loglines import LogLines
from buildtool.core.image.names import Platform
from fuzz.target import Target

_DIGEST = "sha256:" + "ab" * 32
_LOG = base64.b64encode(b"compiling\r10%\r20%\nnext").decode()
_STATUS = {
    "vertexes": [
        {"digest": _DIGEST, "name": "[web 1/2] RUN make", "started": "2026-01-01T00:00:00.123456789Z"},
        {"digest": _DIGEST, "name": "[web 1/2] RUN make", "completed": "2026-01-01T00:00:01Z", "error": "exit code: 1"},
    ],
    "logs": [{"vertex": _DIGEST, "stream": 1, "data": _LOG, "timestamp": "2026-01-01T00:00:00Z"}],
    "warnings": [{"vertex": _DIGEST, "level": 1, "short": base64.b64encode(b"legacy").decode()}],
}
_STREAM = (
    json.dumps(_STATUS, indent=2)
    + "\n"
    + json.dumps(_STATUS)
    + "\n"
    + " > [web 1/2] RUN make:\nERROR: failed to solve: x\n"
)
_INSPECT = b"""Name:          pi
Driver:        docker-container
Last Activity: 2026-01-01 00:00:00 +0000 UTC

Nodes:
Name:                  pi0
Endpoint:              unix:///var/run/docker.sock
Driver Options:        network="host"
Error:                 no route
Status:                running
BuildKit version:      v0.13.1
Platforms:             linux/arm64*, linux/amd64, linux/arm/v7
Labels:
 org.mobyproject.buildkit.worker.executor: oci
"""
_METADATA = json.dumps({"web": {"containerimage.digest": _DIGEST, "image.name": "h/web:1"}}).encode()
_STORED = json.dumps(
    {
        "Name": "pi",
        "Nodes": [{"Files": {"buildkitd.toml": base64.b64encode(b'[registry."h:1"]\nhttp = true\n').decode()}}],
    }
).encode()
_ERRORS = (
    b'ERROR: target web: failed to solve: process "/bin/sh -c x" did not complete successfully: exit code: 1',
    b"ERROR: failed to push h/web:1: unexpected status from PUT request to http://h/v2/web/manifests/1: 403 Forbidden",
    b'ERROR: failed to calculate checksum of ref a::b: "/x": not found',
)
_PLATFORM = Platform.parse("linux/arm64")
_DOCKERFILE = (
    b"""# syntax=docker/dockerfile:1
ARG A=1 B="x" C
FROM --platform=$BUILDPLATFORM h/web:${A:-2} AS one
RUN <<EOF
FROM no
EOF
FROM one AS two
COPY --from=one --chmod=755 \\
  # a comment
  / /
RUN --mount=type=bind,from=h/api@"""
    + _DIGEST.encode()
    + b""" make
"""
)
_FOLDER = Path(tempfile.mkdtemp(prefix="buildtool-fuzz-"))


def _progress(data: bytes) -> None:
    reader = ProgressReader()
    for line in data.decode("utf-8", "replace").splitlines(keepends=True):
        for event in reader.feed(line):
            str(event)
    classify(reader.text, reader.failed, reader.logs)


def _lines(data: bytes) -> None:
    reader = LogLines()
    for start in range(0, len(data), 7):
        reader.feed(data[start : start + 7])
    reader.end()


def _inspect(data: bytes) -> None:
    view = parse_view(data.decode("utf-8", "replace"))
    BuilderFacts.of(view, (0, 13, 1))


def _metadata(data: bytes) -> None:
    file = _FOLDER / "metadata.json"
    file.write_bytes(data)
    read_digests(file, ("web",))


def _record(data: bytes) -> None:
    registries_in(data.decode("utf-8", "replace"))


def _failure(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    classify(text, {text[:20]: text[20:]}, {text[:20]: text.splitlines()})
    last_words(text)


def _bases(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    found = base_images(text, BuildSettings(text[:3] or None, {"A": text[:9]}, [_PLATFORM]))
    if found.tagged and found.unknown:
        raise AssertionError("what is unknown is not known")
    read_label(text)


TARGETS = (
    Target("base-images", (_DOCKERFILE, f"h/web:1@{_DIGEST} h/api:2@{_DIGEST}".encode()), _bases, share=0.5),
    Target("progress", (_STREAM.encode(), json.dumps(_STATUS).encode() + b"\n"), _progress),
    Target("log-lines", (b"a\r\nb\rc\xc3\xa9\n" * 20,), _lines, share=0.5),
    Target("buildx-inspect", (_INSPECT,), _inspect),
    Target("buildx-metadata", (_METADATA,), _metadata),
    Target("buildx-record", (_STORED, b'[registry."h:1"]\nhttp = true\n'), _record),
    Target("build-failure", _ERRORS, _failure, share=0.5),
)
