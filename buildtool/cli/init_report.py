"""What `buildtool init` prints: the diff, what to add by hand, and the next command; or one JSON document."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from buildtool.core.text.printable import one_line
from buildtool.core.text.unified_diff import file_diff
from buildtool.core.text.units import counted
from buildtool.errors.findings import Severity

if TYPE_CHECKING:
    from buildtool.cli.output import Output
    from buildtool.usecases.check.run import Checked
    from buildtool.usecases.init.propose import Proposal

_SHOWN = 20  # notes, and findings


class InitReport:
    """Text goes to stdout as a diff, everything else to stderr; with `as_json` stdout gets the document alone."""

    def __init__(self, output: Output, root: Path, ignored: frozenset[str], *, as_json: bool) -> None:
        """`ignored` are the paths that git's ignore rules leave out."""
        self._output, self._root, self._ignored, self._as_json = output, root, ignored, as_json

    def proposed(self, proposal: Proposal) -> None:
        """Before anything is written."""
        for change in proposal.changes if not self._as_json else ():
            self._output.payload(file_diff(change.path, change.old, change.new))
        for note in proposal.notes[:_SHOWN]:
            self._output.say(f"note: {one_line(note)}")
        if len(proposal.notes) > _SHOWN:
            self._output.say(f"note: and {len(proposal.notes) - _SHOWN} more")
        for path in sorted(self._ignored):
            self._output.say(f"note: {one_line(path)} is ignored by git: it is committed only with git add --force")
        for one in proposal.by_hand:
            self._output.warn(f"{one_line(one.place)} is left as it is: {one_line(one.reason)}")
            self._output.say(f"  add by hand: {indented(one.text)}")

    def end(self, proposal: Proposal, checked: Checked, new: Checked, *, written: bool) -> None:
        """What `check` says of the tree, of which `new` came with the changes, and the command to type next."""
        fresh = sorted(new.findings, key=lambda one: one.severity is not Severity.ERROR) if written else []
        errors = sum(finding.severity is Severity.ERROR for finding in checked.findings)
        following = _CORRECT if written and new.failed() else self._following(proposal, written=written)
        if self._as_json:
            self._output.document(_document(proposal, checked, following, written=written), messages=_MESSAGES)
            return
        if not proposal.changes:
            self._output.say("nothing to do: everything is there")
        for finding in fresh[:_SHOWN]:
            self._output.warn(f"check: {finding.place}: {finding.message}")
        if len(fresh) > _SHOWN:
            self._output.say(f"check: and {len(fresh) - _SHOWN} more (buildtool check)")
        if written:
            old = " (which were there before)" if errors and not new.failed() else ""
            self._output.say(
                f"{counted(len(proposal.changes), 'file')} written; check: {counted(errors, 'error')}{old}"
            )
        self._output.say(f"next: {following}")

    def _following(self, proposal: Proposal, *, written: bool) -> str:
        """What to type next: git's own commands after writing, else the one that writes, or push."""
        if not proposal.changes:
            return "buildtool push --dry-run"
        if not written:
            return "the same command without --dry-run"
        there = "" if Path.cwd().resolve() == self._root.resolve() else f"cd {shlex.quote(str(self._root))} && "
        force = " --force" if self._ignored else ""
        paths = " ".join(shlex.quote(change.path) for change in proposal.changes)
        return f"{there}git add{force} -- {paths} && git commit -m 'Add buildtool' && buildtool push"


def indented(text: str) -> str:
    """One line as it is; several below each other, each indented."""
    lines = text.rstrip("\n").split("\n")
    return lines[0] if len(lines) == 1 else "".join(f"\n    {line}" for line in lines)


_MESSAGES = ("notes", "reason")
_CORRECT = "buildtool check, and correct what it finds"


def _document(proposal: Proposal, checked: Checked, following: str, *, written: bool) -> dict[str, object]:
    return {
        "schema": "buildtool.init/v1",
        "written": written,
        "files": [
            {"path": one.path, "new": one.old is None, "diff": file_diff(one.path, one.old, one.new)}
            for one in proposal.changes
        ],
        "by_hand": [{"place": one.place, "reason": one.reason, "text": one.text} for one in proposal.by_hand],
        "images": [
            {
                "image": one.name,
                "dockerfile": one.recipe.dockerfile,
                "platforms": list(one.platforms),
                "policy": one.policy or None,
            }
            for one in proposal.images
        ],
        "notes": proposal.notes,
        "errors": sum(finding.severity is Severity.ERROR for finding in checked.findings),
        "next": following,
    }
