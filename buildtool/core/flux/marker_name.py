"""How the comments of Flux's setters begin: the one name that says "this value is written by image automation"."""

from __future__ import annotations

import re

NAME = "imagepolicy"
KEY = f"${NAME}"
TOKEN = f'"{KEY}"'  # the bytes that Flux looks for before it parses a file
EXAMPLE = f'{{{TOKEN}: "namespace:name"}}'
# A text that means to be a marker, whatever is wrong with its quotes and capitals.
MARKER_LIKE = re.compile(rf"(?i)(?:{re.escape(KEY)}|[{{\"']\s*{NAME})[\"']?\s*:")
