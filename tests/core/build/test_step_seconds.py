from __future__ import annotations

import pytest

from buildtool.core.build.events import BuildEvent, Step
from buildtool.core.build.step_seconds import StepSeconds
from buildtool.core.image.names import Platform

AMD, ARM = Platform("linux", "amd64"), Platform("linux", "arm64")


def done(name: str, seconds: float | None, step: Step = Step.DONE) -> BuildEvent:
    return BuildEvent(step, name, seconds=seconds)


def test_steps_of_two_images() -> None:
    measured = StepSeconds({"web": [ARM], "api": [AMD]})
    for event in (
        done("[web 1/3] FROM docker.io/library/busybox", 9.0),
        done("[web 2/3] RUN make", 4.0),
        done("[web build 2/3] RUN make", 2.5),
        done("[api 2/2] RUN make", 1.0),
        done("[api 2/2] RUN cached", 1.0, Step.CACHED),
        done("[api 2/2] RUN failed", 1.0, Step.FAILED),
        done("[web] exporting to image", 3.0),
        done("[internal] load build definition", 3.0),
        done("[other 2/2] RUN make", 3.0),
        done("[web 2/3] RUN unknown", None),
    ):
        measured.take(event)
    assert measured.taken == {("web", "linux/arm64"): 6.5, ("api", "linux/amd64"): 1.0}


@pytest.mark.parametrize("name", ["[2/3] RUN make", "[build 2/3] RUN make", "[web 2/3] RUN make"])
def test_an_image_that_is_built_alone(name: str) -> None:
    measured = StepSeconds({"web": [ARM]})
    measured.take(done(name, 4.0))
    assert measured.taken == {("web", "linux/arm64"): 4.0}


def test_an_image_for_several_platforms() -> None:
    measured = StepSeconds({"web": [ARM, AMD]})
    measured.take(done("[linux/arm64 2/3] RUN make", 8.0))
    measured.take(done("[linux/amd64 build 2/3] RUN make", 1.0))
    measured.take(done("[web linux/amd64 3/3] RUN make", 1.0))
    measured.take(done("[linux/amd64->arm64 build 2/3] RUN cross", 5.0))
    measured.take(done("[linux/riscv64 build 2/3] RUN make", 5.0))
    measured.take(done("[build 2/3] RUN make", 5.0))
    assert measured.taken == {("web", "linux/arm64"): 8.0, ("web", "linux/amd64"): 2.0}


def test_a_build_from_the_cache_says_nothing() -> None:
    measured = StepSeconds({"web": [ARM]})
    measured.take(done("[2/3] RUN make", 0.0, Step.CACHED))
    assert measured.taken == {}
