from __future__ import annotations

from pathlib import Path

import pytest

from buildtool.config import Config, ImageConfig
from buildtool.errors import USAGE, BuildtoolError
from buildtool.usecases.images import chosen_images

CONFIG = Config("localhost:1", {name: ImageConfig(name, ()) for name in ("frontend", "backend")}, Path())


def test_all_or_those_named_in_the_order_of_the_file() -> None:
    assert [image.name for image in chosen_images(CONFIG, ())] == ["frontend", "backend"]
    assert [image.name for image in chosen_images(CONFIG, ("backend", "frontend"))] == ["frontend", "backend"]
    assert [image.name for image in chosen_images(CONFIG, ("backend", "backend"))] == ["backend"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("fronted", 'no image is called "fronted" (there are: frontend, backend); did you mean frontend?'),
        ("", 'no image is called "" (there are: frontend, backend)'),
    ],
)
def test_a_name_nobody_has(name: str, words: str) -> None:
    with pytest.raises(BuildtoolError) as caught:
        chosen_images(CONFIG, (name,))
    assert (caught.value.kind, caught.value.message) == (USAGE, words)
