from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from buildtool.core.facts import State
from buildtool.usecases.doctor.checks import k3s
from buildtool.usecases.doctor.engine.parallel import side_by_side
from buildtool.usecases.doctor.engine.shared_values import SharedValues
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


def test_each_registry_of_the_images_is_looked_for(parts: Parts) -> None:
    web = parts.config.images["web"]
    parts.change(images={"web": web, "api": replace(web, name="api", registry="other.example/x")})
    parts.machine.texts[k3s.FILE] = RIGHT
    found = side_by_side(k3s.checks(SharedValues(parts.ports())))
    assert [(one.state, one.evidence.partition(" ")[0]) for one in found] == [
        (State.OK, HOST),
        (State.OK, "other.example"),
    ]
