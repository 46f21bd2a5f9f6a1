"""The labels and annotations of every image: keys of OCI (org.opencontainers…) and our own (dev.buildtool…)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from buildtool.core.text.units import date

if TYPE_CHECKING:
    from collections.abc import Mapping

REVISION = "org.opencontainers.image.revision"
SOURCE = "org.opencontainers.image.source"
CREATED = "org.opencontainers.image.created"
VERSION = "org.opencontainers.image.version"
# sha256 over everything the image is made from; an image whose inputs are unchanged keeps its published tag
INPUTS = "dev.buildtool.inputs"
# the base images it was built from, `REFERENCE@DIGEST` with blanks between: written where push looks them up
BASES = "dev.buildtool.bases"
# when the commit of the image was made, in unix seconds: where no clone knows whether one commit holds another, the
# times of both decide which is older
COMMIT_TIME = "dev.buildtool.commit-time"
# set on an image of an older commit that was published on purpose: no other run puts its own image on top of it
ALLOW_OLDER = "dev.buildtool.allow-older"
# labels that differ between two builds of the same content
OF_THE_COMMIT = frozenset({REVISION, CREATED, VERSION, INPUTS, BASES, COMMIT_TIME, ALLOW_OLDER})
_LONGEST_TIME = 18  # digits of a number that is a time


@dataclass(frozen=True, slots=True)
class Origin:
    """The commit an image is made from: its full name, the address of its repository, its time in unix seconds."""

    revision: str
    source: str
    time: int


def image_labels(
    origin: Origin, *, created: int, version: str, inputs: str, extra: Mapping[str, str]
) -> dict[str, str]:
    """Labels for one image; `created` is the time of the build in unix seconds.

    The user's own labels cannot replace what the proof reads.
    """
    own = {
        REVISION: origin.revision,
        SOURCE: origin.source,
        CREATED: _date(created),
        VERSION: version,
        INPUTS: inputs,
        COMMIT_TIME: str(origin.time),
    }
    return dict(extra) | {key: text for key, text in own.items() if text}


def commit_time(label: str | None) -> int | None:
    """The time of the commit label in unix seconds; None where there is no label, or it holds something else."""
    plain = label is not None and label.isascii() and label.isdigit() and len(label) <= _LONGEST_TIME
    return int(label) if label is not None and plain else None


def _date(seconds: int) -> str:
    """A time of a tag as OCI writes dates; "" where it is none."""
    found = date(seconds)
    return found.strftime("%Y-%m-%dT%H:%M:%SZ") if found is not None else ""
