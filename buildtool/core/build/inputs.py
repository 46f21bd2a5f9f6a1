"""What an image is made from, as one digest: equal digests mean that building again would change nothing.

A line that carries a Flux setter is left out: a commit of image-automation-controller changes such lines only, and must
build nothing (the loop: commit -> build -> new tag -> commit).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SETTER = b'"$imagepolicy"'


@dataclass(frozen=True, slots=True)
class InputFile:
    """A committed file: its git mode (`100644`), and its blob id, or for a file with setters a digest without them."""

    mode: str
    content: str


def without_setters(content: bytes) -> str:
    """A digest of the file's text without the lines that Flux writes."""
    lines = [line for line in content.split(b"\n") if SETTER not in line]
    return hashlib.sha256(b"\n".join(lines)).hexdigest()


def inputs_digest(files: Mapping[str, InputFile], settings: Mapping[str, object]) -> str:
    """`files` by path and everything of the configuration that reaches the image; `sha256:…`."""
    document = {
        "files": {path: [file.mode, file.content] for path, file in sorted(files.items())},
        "settings": settings,
    }
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
