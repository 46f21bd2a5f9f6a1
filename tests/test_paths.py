"""Questions about files that are asked of os.path: pathlib's raise where a name is too long for a file system."""

from __future__ import annotations

import ast
from pathlib import Path

_PACKAGE = Path(__file__).parent.parent / "buildtool"
_RAISING = {"exists", "is_dir", "is_file", "is_symlink"}


def test_no_question_of_pathlib_that_raises() -> None:
    asked = [
        f"{path.relative_to(_PACKAGE)}: {call}" for path in sorted(_PACKAGE.rglob("*.py")) for call in _asked(path)
    ]
    assert asked == []


def _asked(path: Path) -> list[str]:
    """Calls without arguments: os.DirEntry's, which the package uses with one, do not raise."""
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    return [
        f"line {call.lineno}: {ast.unparse(call)}"
        for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr in _RAISING and not call.args and not call.keywords
    ]
