"""A decision as it is logged, counted and shown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from buildtool.core.handler.objections import Refusal

SCHEMA = "buildtool.rollback-handler/v1"


class Result(StrEnum):
    ROLLED_BACK = "rolled-back"
    DRY_RUN = "dry-run"  # it would have been rolled back
    REFUSED = "refused"
    FAILED = "failed"  # something could not be asked, or written


@dataclass(frozen=True, slots=True)
class Decision:
    """`time` is unix seconds; `subject` the Kustomization as `namespace:name`; `tag` the new tag.

    What is not known, or not there, is "".
    """

    time: int
    result: Result
    reason: str
    refusal: Refusal | None = None
    subject: str = ""
    commit: str = ""
    image: str = ""
    bad: str = ""
    target: str = ""
    tag: str = ""

    def same_as(self, other: Decision) -> bool:
        """Whether it says the same about the same thing, at another time."""
        return self._matter() == other._matter()

    def document(self) -> dict[str, object]:
        """The JSON of one line of the log."""
        return {
            "schema": SCHEMA,
            "time": self.time,
            "decision": self.result.value,
            "refusal": self.refusal.value if self.refusal is not None else None,
            "reason": self.reason,
            "kustomization": self.subject or None,
            "commit": self.commit or None,
            "image": self.image or None,
            "from": self.bad or None,
            "to": self.target or None,
            "tag": self.tag or None,
        }

    def _matter(self) -> tuple[object, ...]:
        return (self.result, self.refusal, self.subject, self.commit, self.image, self.bad, self.target, self.tag)
