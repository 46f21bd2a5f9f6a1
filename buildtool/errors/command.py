"""The command line, the configuration, and a run that was stopped: exit codes 2 and 130."""

from __future__ import annotations

from buildtool.errors.exits import Exit
from buildtool.errors.pages import Kind

CONFIG_MISSING = Kind(
    code="config-missing",
    exit=Exit.USAGE,
    title="there is no buildtool.toml",
    meaning=(
        "buildtool reads buildtool.toml from the directory it runs in, or from the root of the git repository "
        "around it."
    ),
    reason="the registry, the images and the policies are read from it.",
    fix="buildtool init writes one; or name it with --config FILE",
)
CONFIG_INVALID = Kind(
    code="config-invalid",
    exit=Exit.USAGE,
    title="the configuration has mistakes",
    meaning=(
        "a key of buildtool.toml is unknown, missing, or of the wrong type; all mistakes are listed at once, with "
        "file and line."
    ),
    reason="buildtool does not guess what a wrong value was meant to be, so nothing is built or published.",
    fix="correct the lines named",
)
USAGE = Kind(
    code="usage",
    exit=Exit.USAGE,
    title="the command cannot be understood",
    meaning="an option, argument or input file is not what this command takes.",
    reason="nothing was done: buildtool does not guess, because a wrong guess could publish the wrong image.",
    fix="see buildtool COMMAND --help",
)
POLICY_UNKNOWN = Kind(
    code="policy-unknown",
    exit=Exit.USAGE,
    title="the policy of an image is not in the committed manifests",
    meaning=(
        "`policy` in buildtool.toml names an ImagePolicy, as namespace:name, that no YAML file of the repository "
        "defines."
    ),
    reason="what Flux would do with a new tag cannot be worked out, so the tag is not published.",
    fix="correct the name, or commit the ImagePolicy",
)
OUTPUT_UNWRITABLE = Kind(
    code="output-unwritable",
    exit=Exit.USAGE,
    title="the output cannot be written",
    meaning="stdout is a file on a full disk, or another place that takes nothing.",
    reason="whoever reads the output would take a part of it for the whole.",
    fix="free space where stdout goes, or send it elsewhere, and run the same command again",
)
CI_FILE = Kind(
    code="ci-file",
    exit=Exit.USAGE,
    title="the step summary or outputs cannot be written",
    meaning=(
        "GITHUB_STEP_SUMMARY or GITHUB_OUTPUT names a file that cannot be appended to. What was published stays "
        "published."
    ),
    reason="later steps of the workflow do not get the tag and the digests; they would use old values or none.",
    fix="run as the runner's own user, or unset both variables",
)
BASELINE_INVALID = Kind(
    code="baseline-invalid",
    exit=Exit.USAGE,
    title="the baseline cannot be read",
    meaning="`check --baseline FILE` takes a document that `check --write-baseline FILE` wrote.",
    reason="which findings are known is not known without it, so nothing was checked.",
    fix="write it again: buildtool check --write-baseline FILE",
)
AFTER_PUBLISHING = Kind(
    code="after-publishing",
    exit=Exit.AFTER_PUBLISHING,
    title="the tags are published, and something failed afterwards",
    meaning=(
        "every image of the run is proven and has its tag, which the message names; a file, the output or the run "
        "itself failed after that."
    ),
    reason="Flux deploys what is published, so the exit code differs from that of a run that published nothing.",
    fix="correct what the message names; running the same command again finds the images unchanged",
)
MIRROR_INCOMPLETE = Kind(
    code="mirror-incomplete",
    exit=Exit.AFTER_PUBLISHING,
    title="one registry has the tag, and another one does not",
    meaning="a registry refused its tag, and another one had its own and cannot take it away; the message names each.",
    reason="a cluster that reads the one registry deploys the image, and one that reads the other does not.",
    fix="correct what the message names, then run the same command again: it copies what is missing",
)
EXCLUSION_LIST = Kind(
    code="exclusion-list",
    exit=Exit.USAGE,
    title="an exclusionList holds a pattern that Flux refuses",
    meaning="patterns of an ImageRepository are Go regexps; with one that does not parse, Flux scans nothing.",
    reason="Flux finds no new tags for this image, and goes on deploying the last one it found.",
    fix="correct the pattern (docs/policies.md says what Go accepts)",
)
INTERRUPTED = Kind(
    code="interrupted",
    exit=Exit.INTERRUPTED,
    title="interrupted",
    meaning="^C or SIGTERM stopped the run; the tags of a run are published together or not at all.",
    reason="Flux sees nothing of an interrupted run.",
    fix="run the same command again",
)
