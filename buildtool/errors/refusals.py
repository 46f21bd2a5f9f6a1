"""The answer is no: exit code 3."""

from __future__ import annotations

from buildtool.errors.exits import Exit
from buildtool.errors.pages import Kind

DIRTY_TREE = Kind(
    code="dirty-tree",
    exit=Exit.NO,
    title="the work tree has uncommitted changes",
    meaning="files were changed, or added, since the last commit; they would be in the image but not in git.",
    reason="the image could not be built again from git, and git does not show what is in it.",
    fix="commit or stash them, or build an image that Flux never deploys with --allow-dirty",
)
POLICY_MISMATCH = Kind(
    code="policy-mismatch",
    exit=Exit.NO,
    title="Flux would not deploy this tag",
    meaning="the ImagePolicy of an image does not select the tag of this build.",
    reason="the image would be published and never deployed, without an error anywhere.",
    fix="build a branch that the policy takes, change the policy, or publish it anyway with --no-deploy",
)
WOULD_DEPLOY = Kind(
    code="would-deploy",
    exit=Exit.NO,
    title="Flux would deploy this tag",
    meaning="the ImagePolicy of an image selects the tag of a run that is not to be deployed.",
    reason="--no-deploy and uncommitted files are asked for by people who do not expect the image to run anywhere.",
    fix="leave --no-deploy out, commit the changes, or anchor the pattern of the policy",
)
POLICY_REFUSED = Kind(
    code="policy-refused",
    exit=Exit.NO,
    title="the API server refuses the ImagePolicy, or its ImageRepository",
    meaning="a field of the object is unknown, missing, or has a value that Flux's definition does not allow.",
    reason="the object never reaches Flux, so the policy selects nothing.",
    fix="correct the field named; buildtool check shows all of them",
)
TAG_EXISTS = Kind(
    code="tag-exists",
    exit=Exit.NO,
    title="the tag is already taken",
    meaning="the registry holds another image under the tag of this build.",
    reason="a tag that is written twice makes it unknown which image runs.",
    fix="run the command again: the next timestamp is free",
)
BRANCH_COLLISION = Kind(
    code="branch-collision",
    exit=Exit.NO,
    title="two branches make the same tags",
    meaning=(
        "both names are the same text in a tag: characters that a tag cannot hold are replaced, and a fork may have a "
        "branch of the same name."
    ),
    reason="a policy cannot tell the builds of the one from those of the other, and deploys both.",
    fix="rename one of the branches, or name another one: --branch NAME",
)
OLDER_COMMIT = Kind(
    code="older-commit",
    exit=Exit.NO,
    title="a newer commit is published already",
    meaning="the tag that Flux selects now was built from a commit that has this one among its ancestors.",
    reason="Flux would deploy it because its tag is newer, and so replace newer code by older code.",
    fix="git pull, or publish the older commit on purpose with --allow-older",
)
OLDER_VERSION = Kind(
    code="older-version",
    exit=Exit.NO,
    title="a higher version is published already",
    meaning="the policy of an image orders by version, and selects a version that is higher than that of this release.",
    reason="Flux takes the highest version, so this release would be published and never deployed.",
    fix="release a higher version, or publish this one on purpose with --allow-older: Flux stays with the higher one",
)
FURTHER_TAG = Kind(
    code="further-tag",
    exit=Exit.NO,
    title="a further tag of an image may not be written",
    meaning=(
        "a text in images.NAME.tags makes a tag that an ImagePolicy could select, or that has another meaning already."
    ),
    reason="Flux would deploy whatever that tag points at, past the order of the tags that are made for it.",
    fix="anchor the pattern of the policy, or write another text in images.NAME.tags",
)
CLOCK_SKEW = Kind(
    code="clock-skew",
    exit=Exit.NO,
    title="the clocks of this machine and of the registry differ",
    meaning=(
        "this machine's time and the registry's Date header differ, by more than 60 seconds (a warning) or by more "
        "than 24 hours, or this machine's clock was never set."
    ),
    reason=(
        "Flux takes the tag with the latest time: a tag from a clock that is ahead stays selected until that time "
        "has passed."
    ),
    fix="timedatectl set-ntp true",
)
NO_ANSWER = Kind(
    code="no-answer",
    exit=Exit.NO,
    title="something did not answer in time",
    meaning="doctor waits some seconds for each check, and then continues without it.",
    reason="whether it works is not known.",
    fix="run the named program yourself to see what it waits for: docker info, git status, or curl",
)
SETTERS_RUN_FAILS = Kind(
    code="setters-run-fails",
    exit=Exit.NO,
    title="Flux's image automation would write nothing",
    meaning=(
        "one image reference, document or path that Flux cannot use ends its whole run, for every policy and file."
    ),
    reason="no image is updated in git until this is corrected, and Flux says so only in its own status.",
    fix="correct the file that is named",
)
POLICY_UNREACHED = Kind(
    code="policy-unreached",
    exit=Exit.NO,
    title="no ImageUpdateAutomation uses the policy",
    meaning="an ImageUpdateAutomation uses only policies of its own namespace that its policySelector takes.",
    reason="the policy selects tags, and nobody writes them into git.",
    fix="move the policy, correct the name, or preview a folder directly with --update-path DIR",
)
ROLLBACK_TARGET = Kind(
    code="rollback-target",
    exit=Exit.NO,
    title="there is no image to go back to",
    meaning="no older image of the repository is one that can be deployed again, or the tag that was named is not one.",
    reason="a rollback only deploys an image that is proven, for the same platforms, and not marked as bad.",
    fix="name one with --to TAG, or build a good commit: buildtool push",
)
ROLLBACK_LOSES = Kind(
    code="rollback-loses",
    exit=Exit.NO,
    title="the policy would not select the good image under a newer time",
    meaning="the policy orders its tags by something else than the time at their end, such as a version or a name.",
    reason="publishing the good image again with a newer time would not change what the cluster runs.",
    fix="remove the newer tags from what the policy sees: add --withdraw",
)
ROLLBACK_VISIBLE_MARK = Kind(
    code="rollback-visible-mark",
    exit=Exit.NO,
    title="a policy takes the mark that a rollback leaves",
    meaning="the bad image gets a second tag, rolled-back-<bad tag>, and a policy of the repository could select it.",
    reason="Flux would deploy the bad image again under that tag.",
    fix="anchor the policy's pattern: ^main-[a-f0-9]{7,40}-(?P<ts>[0-9]{10})$",
)
ROLLED_BACK = Kind(
    code="rolled-back",
    exit=Exit.NO,
    title="this commit was rolled back",
    meaning="an image of this commit, or one made from the same inputs, carries the mark `rolled-back-<tag>`.",
    reason="publishing it again would undo the rollback: it would be the newest tag.",
    fix="push a commit that corrects it, or publish it on purpose with --allow-rolled-back",
)
OUTSIDE_REPOSITORY = Kind(
    code="outside-repository",
    exit=Exit.NO,
    title="the configuration leaves the repository",
    meaning="in a CI run, buildtool.toml names a Dockerfile, context, secret or local cache outside of the repository.",
    reason="git does not show what is in the image, and a change of buildtool.toml could read any file into it.",
    fix="move it into the repository, or allow it: --allow-outside (in the action: allow-outside: 'true')",
)
