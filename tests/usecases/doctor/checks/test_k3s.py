from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from buildtool.core.facts import State
from buildtool.usecases.doctor.checks import k3s
from tests.usecases.doctor.conftest import HOST

if TYPE_CHECKING:
    from tests.usecases.doctor.conftest import Parts

RIGHT = f'mirrors:\n  "{HOST}":\n    endpoint:\n      - "http://{HOST}"\n'


@pytest.mark.parametrize(
    ("text", "insecure", "state"),
    [
        (None, True, State.SKIPPED),
        (RIGHT, True, State.OK),
        (RIGHT.replace(f'"{HOST}":', '"*":'), True, State.OK),
        (RIGHT.replace("http:", "https:"), True, State.FAILED),
        (RIGHT.replace("0.40", "0.41"), True, State.FAILED),
        ("", True, State.FAILED),
        ("", False, State.OK),
        (RIGHT, False, State.WARNING),
        ("a: [", True, State.FAILED),
        (PermissionError(13, "Permission denied"), True, State.SKIPPED),
    ],
)
def test_registries(parts: Parts, text: str | OSError | None, state: State, *, insecure: bool) -> None:
    parts.change(insecure=insecure)
    if text is not None:
        parts.machine.texts[k3s.FILE] = text
    fact = parts.look(k3s)["k3s", "registries.yaml"]
    assert fact.state is state
    if state is State.FAILED:
        assert "systemctl restart k3s" in fact.fix
