"""git and the checkout: exit code 10."""

from __future__ import annotations

from buildtool.errors.exits import Exit
from buildtool.errors.pages import Kind

_UNREAD = "the commit and the branch cannot be read, so there is no tag."
_NO_BRANCH = "a tag begins with the branch, so without a branch there is no tag."

GIT_MISSING = Kind(
    code="git-missing",
    exit=Exit.GIT,
    title="git is not installed",
    meaning="buildtool reads the commit and the branch with the git program.",
    reason="without the commit there is no tag.",
    fix="install git (Debian: apt-get install git)",
)
GIT_NOT_A_REPOSITORY = Kind(
    code="git-not-a-repository",
    exit=Exit.GIT,
    title="this is not a git repository",
    meaning="there is no .git in this directory or in one above it.",
    reason="without the commit there is no tag.",
    fix="change into the checkout, or name it with -C DIR",
)
GIT_NO_WORK_TREE = Kind(
    code="git-no-work-tree",
    exit=Exit.GIT,
    title="the repository has no files here",
    meaning="it is a bare repository, or the directory is inside .git; an image is built from a checkout.",
    reason="there are no files to build an image from.",
    fix="change into a checkout: git clone REPOSITORY, or git worktree add DIR BRANCH",
)
GIT_NO_COMMIT = Kind(
    code="git-no-commit",
    exit=Exit.GIT,
    title="the repository has no commit yet",
    meaning="a tag names the commit it was built from.",
    reason="without a commit there is no tag.",
    fix="make the first commit: git add -A && git commit",
)
GIT_NO_BRANCH = Kind(
    code="git-no-branch",
    exit=Exit.GIT,
    title="the branch is unknown",
    meaning="HEAD is detached and the environment names no branch; buildtool never guesses one.",
    reason=_NO_BRANCH,
    fix="name it: --branch NAME",
)
GIT_NO_VERSION = Kind(
    code="git-no-version",
    exit=Exit.GIT,
    title="no git tag of the commit is a version that can be released",
    meaning="a release is a commit with a git tag of the form `tag.release`, whose version can be the tag of an image.",
    reason="the tag of a release's image is its version, so without a version there is no tag.",
    fix="give the commit a tag that is a version: git tag v1.2.3",
)
GIT_OTHER_COMMIT = Kind(
    code="git-other-commit",
    exit=Exit.GIT,
    title="HEAD is not the commit of the CI event",
    meaning="the event names a branch and a commit, and another commit is checked out: its branch is not known.",
    reason="the code of one branch would be published, and deployed, under the name of another.",
    fix="check out the event's commit (actions/checkout without ref:), or name the branch: --branch NAME",
)
GIT_BAD_BRANCH = Kind(
    code="git-bad-branch",
    exit=Exit.GIT,
    title="the branch name cannot become a tag",
    meaning="the name is empty.",
    reason=_NO_BRANCH,
    fix="name another one: --branch NAME",
)
GIT_DUBIOUS_OWNERSHIP = Kind(
    code="git-dubious-ownership",
    exit=Exit.GIT,
    title="git refuses the repository because another user owns it",
    meaning="git reads no configuration of a directory that belongs to someone else unless it is listed as safe.",
    reason=_UNREAD,
    fix="git config --global --add safe.directory DIR",
)
GIT_DAMAGED = Kind(
    code="git-damaged",
    exit=Exit.GIT,
    title="git cannot use the repository that is here",
    meaning="its .git is damaged, or belongs to a work tree that was moved or removed, or may not be read.",
    reason=_UNREAD,
    fix="look at the .git that is named (ls -la), or clone again",
)
GIT_INCOMPLETE = Kind(
    code="git-incomplete",
    exit=Exit.GIT,
    title="this clone lacks objects that are needed",
    meaning="it was cloned with --filter: git fetches objects when they are needed, and buildtool does not.",
    reason="the run needs files or folders of an earlier commit.",
    fix="git fetch --refetch --no-filter",
)
GIT_UNKNOWN_BASE = Kind(
    code="git-unknown-base",
    exit=Exit.GIT,
    title="the commit to compare with is not in this clone",
    meaning=(
        "`check --diff BASE` needs the commit at which BASE and HEAD parted: the name is wrong, the branch was not "
        "fetched, or the clone is shallow."
    ),
    reason="which findings are new cannot be known without it.",
    fix="fetch it, or name a commit that is here: git log --oneline",
)
GIT_REMOTE = Kind(
    code="git-remote",
    exit=Exit.GIT,
    title="the remote repository does not answer",
    meaning="the branch that Flux follows is read from the remote, with git's own settings and credentials.",
    reason="what the branch holds now is not known.",
    fix="run git ls-remote and correct what its message names: address, network or key",
)
GIT_FAILED = Kind(
    code="git-failed",
    exit=Exit.GIT,
    title="a git command failed",
    meaning="git ended with an error; the message above is git's own.",
    reason="the run needs the answer of this command.",
    fix="run the git command shown and correct what its message names",
)
