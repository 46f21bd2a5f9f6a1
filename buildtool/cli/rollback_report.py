"""What a person sees of a rollback, and its JSON document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from buildtool.core.text.units import age, date

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.cli.output import Output
    from buildtool.usecases.push.result import NextCommit
    from buildtool.usecases.rollback.plan import ImageRollback
    from buildtool.usecases.rollback.standing import RollbackCandidate, Standing

SCHEMA = "buildtool.rollback/v1"


class RollbackReport:
    """Writes to stderr what is chosen, and to stdout what was done."""

    def __init__(self, output: Output, now: int) -> None:
        self._output = output
        self._now = now

    def standing(self, standing: Standing, candidates: Sequence[RollbackCandidate], target: RollbackCandidate) -> None:
        """What is deployed, and the images to choose from; the one that is taken is marked with `>`."""
        self._output.heading(f"{standing.name}: {standing.current.tag} is deployed")
        listed = list(candidates)
        if target.tag not in {candidate.tag for candidate in listed}:
            listed.insert(0, target)
        rows = [
            (
                ">" if candidate.tag == target.tag else "",
                candidate.tag,
                self._age(candidate.time),
                (candidate.revision or "")[:12],
                candidate.subject or "",
                candidate.why_not,
            )
            for candidate in listed
        ]
        self._output.table(("", "TAG", "AGE", "COMMIT", "SUBJECT", "NOT BECAUSE"), rows, err=True)

    def plan(self, plans: Sequence[ImageRollback]) -> None:
        for one in plans:
            for line in _steps(one):
                self._output.say(f"  {line}")

    def done(self, plans: Sequence[ImageRollback], selected: Sequence[str | None], commit: NextCommit) -> None:
        """One line an image, and what Flux's next commits change."""
        for one, tag in zip(plans, selected, strict=True):
            if one.tag is None:
                self._output.data(f"{one.name}: {one.target.tag} is deployed already; nothing was changed")
            elif tag == one.tag:
                self._output.data(f"{one.name}: Flux selects {tag}, the image of {one.target.tag}")
            else:
                self._output.data(f"{one.name}: published {one.tag}, and Flux selects {tag}: run buildtool verify")
        for change in commit.changes:
            self._output.data(f"  {change.path}:{change.line}: {change.old} -> {change.new}")

    def _age(self, time: int | None) -> str:
        return "" if time is None else age(self._now - time)


def _steps(one: ImageRollback) -> list[str]:
    repository = one.standing.repository
    if one.tag is None:
        return [f"{one.name}: {one.target.tag} is deployed already: nothing to do"]
    marks = [f"mark     {repository.at(one.mark)} on the image of {one.standing.current.tag}"] if one.mark else []
    return [*marks, f"publish  {repository.at(one.tag)} on the image of {one.target.tag}"]


def document(
    plans: Sequence[ImageRollback], selected: Sequence[str | None], commit: NextCommit, *, dry_run: bool
) -> dict[str, Any]:
    """The JSON of `rollback --json`; times are ISO 8601 in UTC."""
    return {
        "schema": SCHEMA,
        "dry_run": dry_run,
        "images": [_image(one, tag) for one, tag in zip(plans, selected, strict=True)],
        "next_commit": [
            {"path": change.path, "line": change.line, "old": change.old, "new": change.new, "setter": change.setter}
            for change in commit.changes
        ],
        "next_commit_errors": list(commit.errors),
    }


def _image(one: ImageRollback, selected: str | None) -> dict[str, Any]:
    moment = date(one.target.time) if one.target.time is not None else None
    return {
        "image": one.name,
        "from": one.standing.current.tag,
        "to": one.target.tag,
        "to_time": moment.isoformat() if moment is not None else None,
        "tag": one.tag,
        "mark": one.mark,
        "digest": one.target.published.proof.digest,
        "reference": one.standing.repository.at(one.tag) if one.tag else None,
        "selected": selected,
    }
