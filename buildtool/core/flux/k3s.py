"""What /etc/rancher/k3s/registries.yaml says about one registry.

Source: k3s documentation, "Private Registry Configuration".
"""

from __future__ import annotations

from buildtool.core.yaml.parser import parse


def endpoints(text: str, host: str) -> tuple[str, ...] | None:
    """The endpoints of the mirror for `host[:port]`, or of "*"; None where neither is there.

    Raises ValueError for what is not YAML, or not a map.
    """
    parsed = parse(text)
    if parsed.problems:
        first = parsed.problems[0]
        raise ValueError(f"line {first.line}: {first.message}")
    root = parsed.documents[0].root if parsed.documents else None
    if root is None:
        return None
    mirrors = root.get("mirrors")
    names = [key.text for key, _ in mirrors.real.pairs] if mirrors is not None else []
    name = next((one for one in (host, "*") if one in names), None)
    if name is None:
        return None
    return tuple(node.text for node in root.each("mirrors", name, "endpoint"))
