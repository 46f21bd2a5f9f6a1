"""What is said at the end: states, what Flux selects now, and what could not be looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from buildtool.errors import REGISTRY_UNREACHABLE, BuildtoolError
from buildtool.usecases.push.options import PushOptions
from buildtool.usecases.push.outlook import Outlook
from tests.support.memory.push import MemoryPush, sha
from tests.support.shop import POLICY

if TYPE_CHECKING:
    from collections.abc import Callable

    from buildtool.usecases.push.result import PushResult

NOW = 1_707_300_000
FIRST, SECOND = f"main-{sha(1)[:7]}-{NOW}", f"main-{sha(2)[:7]}-{NOW + 1}"


def states(result: PushResult) -> dict[str, tuple[str, str, str | None]]:
    return {outcome.plan.name: (outcome.status, outcome.tag, outcome.after) for outcome in result.outcomes}


def test_a_dry_run_names_what_would_be_and_what_is() -> None:
    push = MemoryPush()
    push.run()
    options = PushOptions(dry_run=True)
    inputs = {"web": "sha256:1", "api": "sha256:2"}
    again = MemoryPush(2, registry=push.registry, clock=push.clock, options=options, inputs=inputs)
    result = again.run()
    assert states(result) == {"web": ("unchanged", FIRST, FIRST), "api": ("planned", SECOND, SECOND)}
    assert (result.dry_run, result.tag, result.published) == (True, SECOND, [])
    assert (again.tags("api"), again.builder.baked) == ({FIRST}, [])


def test_a_push_names_what_exists() -> None:
    push = MemoryPush()
    result = push.run()
    assert states(result) == dict.fromkeys(("web", "api"), ("published", FIRST, FIRST))
    assert (result.tag, result.warnings, result.seconds) == (FIRST, (), 0)
    document = result.document()
    assert [image["digest"] for image in document["images"]] == [
        push.registry.tagged[name][FIRST] for name in ("web", "api")
    ]
    again = MemoryPush(registry=push.registry, clock=push.clock).run()
    assert states(again) == dict.fromkeys(("web", "api"), ("unchanged", FIRST, FIRST))
    assert (again.tag, again.published) == (None, [])


def test_without_a_policy_nothing_is_said_of_flux() -> None:
    first = MemoryPush(policies=False)
    assert states(first.run()) == dict.fromkeys(("web", "api"), ("published", FIRST, None))
    inputs = {"web": "sha256:1", "api": "sha256:2"}
    for number, options in ((2, PushOptions(dry_run=True)), (2, PushOptions())):
        again = MemoryPush(
            number, policies=False, registry=first.registry, clock=first.clock, options=options, inputs=inputs
        )
        result = again.run()
        assert {outcome.after for outcome in result.outcomes} == {None}
        assert result.warnings == ()


def test_a_tag_that_is_not_deployed_leaves_flux_where_it_is() -> None:
    push = MemoryPush()
    push.run()
    options = PushOptions(deploy=False, branch="side")
    result = MemoryPush(2, registry=push.registry, clock=push.clock, options=options).run()
    assert states(result) == dict.fromkeys(("web", "api"), ("published", f"side-{sha(2)[:7]}-{NOW}", FIRST))
    assert result.warnings == ()


def _newer(push: MemoryPush) -> None:
    push.add("web", f"main-{sha(3)[:7]}-{NOW + 9}", revision=sha(3))


def _no_number(push: MemoryPush) -> None:
    push.add("web", f"main-{sha(3)[:7]}-soon")


def _unreachable(push: MemoryPush) -> None:
    def tags(_: object) -> Any:
        raise BuildtoolError(REGISTRY_UNREACHABLE, "no answer", place="http://memory")

    push.registry.tags = tags  # type: ignore[assignment,method-assign]


@pytest.mark.parametrize(
    ("happens", "after", "warning"),
    [
        (
            _newer,
            f"main-{sha(3)[:7]}-{NOW + 9}",
            f"web: another push published meanwhile: Flux selects main-{sha(3)[:7]}-{NOW + 9}, not {FIRST}",
        ),
        (
            _no_number,
            None,
            f"web: another push published meanwhile: what Flux selects is not sure any more, not {FIRST}",
        ),
        (
            _unreachable,
            FIRST,
            "web: published; whether Flux selects it is not known: http://memory: no answer",
        ),
    ],
)
def test_what_happens_after_publishing_is_told(
    happens: Callable[[MemoryPush], None], after: str | None, warning: str
) -> None:
    push = MemoryPush(names=["web"], policy=POLICY.replace("(?P<ts>[0-9]{{10}})", "(?P<ts>.+)"))
    push.driver = "docker-container"
    planner = push.planner()
    plan = planner.plan(push.options)
    outlook = Outlook(push.live, push.manifests, {}, push.clock)
    with push.building().made(plan) as proven:
        writes = push.publisher(planner).publish(plan, proven, push.options)
    assert writes is not None
    happens(push)
    push.clock.time += 7
    result = outlook.published(plan, proven, writes)
    assert states(result) == {"web": ("published", FIRST, after)}
    assert (result.warnings, result.seconds) == ((warning,), 7)
