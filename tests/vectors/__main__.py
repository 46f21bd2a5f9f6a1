"""`python -m tests.vectors dockerignore|doublestar|retention`: questions as JSON lines on stdin, answers on stdout."""

from __future__ import annotations

import importlib
import json
import sys

KINDS = ("dockerignore", "doublestar", "retention")


def main() -> int:
    if len(sys.argv) != 2 or sys.argv[1] not in KINDS:
        print(f"usage: python -m tests.vectors {{{','.join(KINDS)}}} < QUESTIONS", file=sys.stderr)
        return 2
    answer = importlib.import_module(f"tests.vectors.{sys.argv[1]}").answer
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
