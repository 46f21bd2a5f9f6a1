r"""A pattern whose group lost its name: copied from a web page that took `<name>` for HTML and dropped it.

>>> lost_group_name("^main-(?P[0-9]+)$", "$ts")
'The group (?P[0-9]+) has lost its name: a web page drops <ts> as if it were HTML; write (?P<ts>[0-9]+)'
>>> lost_group_name("^main-(?P<ts>[0-9]+)$")
''
"""

from __future__ import annotations

import re

_LOST = re.compile(r"\(\?P(?![<=>])|\(\?(?=[\[\0.(])")
_ESCAPED = re.compile(r"\\Q.*?(?:\\E|\Z)|\\.", re.DOTALL)
_REFERENCE = re.compile(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)")


def lost_group_name(pattern: str, extract: str = "") -> str:
    """A sentence about the lost name and what to write instead, "" where no group of the pattern lost one.

    `extract` tells the name where it refers to one.
    """
    found = _LOST.search(_ESCAPED.sub(lambda escape: "\0" * len(escape[0]), pattern))
    if found is None:
        return ""
    named = _REFERENCE.search(extract)
    name = named[1] if named else "name"
    rest = pattern[found.end() : found.end() + 10]
    shown = rest.partition(")")[0] + ")" if ")" in rest else f"{rest}…"
    return (
        f"The group {found[0]}{shown} has lost its name: a web page drops <{name}> as if it were HTML; "
        f"write (?P<{name}>{shown}"
    )
