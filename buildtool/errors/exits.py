"""The exit codes of every command."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """The exit codes; `EXIT_MEANING` is the table in the README, and a test compares the two."""

    OK = 0
    BUG = 1
    USAGE = 2
    NO = 3
    GIT = 10
    DOCKER = 11
    BUILD = 12
    UNREACHABLE = 13
    REFUSED = 14
    PROOF = 15
    FLUX = 16
    AFTER_PUBLISHING = 17
    INTERRUPTED = 130


EXIT_MEANING: dict[Exit, str] = {
    Exit.OK: "yes, or done",
    Exit.BUG: "a bug in buildtool; a report to paste is printed",
    Exit.USAGE: "usage or configuration",
    Exit.NO: "the answer is no: policy mismatch, findings, older commit, dirty tree",
    Exit.GIT: "git",
    Exit.DOCKER: "docker or buildx missing or unusable",
    Exit.BUILD: "the build failed",
    Exit.UNREACHABLE: "registry unreachable",
    Exit.REFUSED: "registry refused: authentication, project, quota, immutable tag",
    Exit.PROOF: "proof failed: wrong platform, digest or revision",
    Exit.FLUX: "Flux or the cluster",
    Exit.AFTER_PUBLISHING: "published, and something failed afterwards: an output file, a closed pipe, an interruption",
    Exit.INTERRUPTED: "interrupted",
}
