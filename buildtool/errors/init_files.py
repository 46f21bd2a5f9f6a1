"""`init`: what it cannot do."""

from __future__ import annotations

from buildtool.errors.exits import Exit
from buildtool.errors.pages import Kind

INIT_NOTHING_TO_BUILD = Kind(
    code="init-nothing-to-build",
    exit=Exit.USAGE,
    title="there is no Dockerfile in the repository",
    meaning="`init` looks for Dockerfile, Dockerfile.NAME, NAME.Dockerfile, Containerfile, and `build:` in compose.",
    reason="an image is built from a Dockerfile, so there is nothing to write a buildtool.toml for.",
    fix="add a Dockerfile, or name the file that is one: buildtool init --dockerfile PATH",
)
INIT_TOO_MANY = Kind(
    code="init-too-many",
    exit=Exit.USAGE,
    title="which Dockerfiles are images is not known",
    meaning="more files look like Dockerfiles than anybody would publish, or one that was named is not there.",
    reason="a buildtool.toml that builds all of them would publish images that nobody asked for.",
    fix="name those that you publish: buildtool init --dockerfile PATH --dockerfile PATH",
)
INIT_ANSWER_MISSING = Kind(
    code="init-answer-missing",
    exit=Exit.USAGE,
    title="init needs an answer, and there is nobody to ask",
    meaning="stdin is no terminal, and the option that gives the answer was not typed.",
    reason="what cannot be read in the repository is not guessed: a wrong registry would receive the images.",
    fix="buildtool init --yes --registry HOST[/PROJECT]",
)
INIT_UNWRITABLE = Kind(
    code="init-unwritable",
    exit=Exit.USAGE,
    title="a file cannot be written",
    meaning=(
        "a folder on the way to it is a link, the file was changed meanwhile or is no regular file, or the disk does "
        "not take it."
    ),
    reason="all files are written or none, so nothing was changed.",
    fix="correct what the message names, or leave that part out: --no-flux, --no-workflow, --no-hooks",
)
