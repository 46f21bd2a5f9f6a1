"""The paths of this machine that a configuration names inside what buildx reads as one text."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_LAYOUT = "oci-layout://"


def layout_folder(source: str) -> str | None:
    """The folder of a context `oci-layout://FOLDER[:TAG][@DIGEST]`; None for a context of another kind."""
    if not source.startswith(_LAYOUT):
        return None
    folder = source.removeprefix(_LAYOUT).partition("@")[0]
    before, colon, tag = folder.rpartition(":")
    return before if colon and "/" not in tag else folder


def fields(text: str) -> dict[str, str]:
    """The fields of one line of CSV, as buildx reads it; {} for what it would refuse."""
    try:
        [row] = csv.reader([text], strict=True)
    except (csv.Error, ValueError):
        return {}
    pairs = [field.partition("=") for field in row]
    return {key.strip().lower(): value for key, _, value in pairs}


def join_fields(fields: Mapping[str, str]) -> str:
    """Buildx reads these lists as one line of CSV: a comma or quote in a value has to be quoted."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow([f"{key}={value}" for key, value in fields.items()])
    return line.getvalue()
