"""The values: a policy as it is written, and what Flux answers for a list of tags."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from buildtool.core.flux.policy.failure import PolicyError
    from buildtool.errors.findings import Place


@dataclass(frozen=True, slots=True)
class FilterTags:
    """`spec.filterTags`. An empty pattern takes every tag; an empty extract compares whole tags."""

    pattern: str = ""
    extract: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """`spec.policy` as written, None for what is not there: the range of semver, the order of the other two.

    Flux obeys the first that is set, in this order; an empty order means asc, an empty range is an error.
    """

    semver: str | None = None
    alphabetical: str | None = None
    numerical: str | None = None

    @property
    def kinds(self) -> tuple[str, ...]:
        """The names of those that are set, the one that counts first."""
        return tuple(name for name in ("semver", "alphabetical", "numerical") if getattr(self, name) is not None)

    @classmethod
    def from_spec(cls, spec: Any) -> Choice:
        """Read `spec.policy`; raises ValueError for a wrong type, which a cluster would refuse."""
        policy = _mapping(spec, "spec.policy")
        found: dict[str, str] = {}
        for name, key in (("semver", "range"), ("alphabetical", "order"), ("numerical", "order")):
            if policy.get(name) is not None:
                found[name] = _text(_mapping(policy[name], f"spec.policy.{name}").get(key), f"spec.policy.{name}.{key}")
        return cls(**found)


@dataclass(frozen=True, slots=True)
class ImagePolicy:
    """`repository` is the name of its ImageRepository, empty if unknown; `place`: where it is written."""

    namespace: str = ""
    name: str = ""
    repository: str = ""
    filter: FilterTags | None = None
    choice: Choice = field(default_factory=Choice)
    place: Place | None = None

    @property
    def ref(self) -> str:
        """`namespace:name`, as markers and buildtool.toml write it."""
        return f"{self.namespace}:{self.name}"

    @classmethod
    def from_spec(
        cls, spec: Mapping[str, Any], *, namespace: str = "", name: str = "", place: Place | None = None
    ) -> ImagePolicy:
        """Read the `spec` of an ImagePolicy; raises ValueError, naming the field, for types a cluster refuses."""
        whole = _mapping(spec, "spec")
        repository = _mapping(whole.get("imageRepositoryRef"), "spec.imageRepositoryRef").get("name")
        tags = whole.get("filterTags")
        chosen: FilterTags | None = None
        if tags is not None:
            fields = _mapping(tags, "spec.filterTags")
            chosen = FilterTags(
                _text(fields.get("pattern"), "spec.filterTags.pattern"),
                _text(fields.get("extract"), "spec.filterTags.extract"),
            )
        return cls(
            namespace,
            name,
            _text(repository, "spec.imageRepositoryRef.name"),
            chosen,
            Choice.from_spec(whole.get("policy")),
            place,
        )


@dataclass(frozen=True, slots=True)
class Candidate:
    """A tag that takes part: the text extracted from it, and the value by which it is ordered."""

    tag: str
    extracted: str
    value: str


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Why a tag does not take part.

    `kind`: pattern, not_numeric, not_a_version, prerelease, out_of_range, hidden (another tag stands for it), policy.
    `position` counts characters from 0 and is where the tag first differs from the pattern (`len(tag)` when the tag
    ends too early), None where there is no such place; `found` and `wanted` are what stands there and what should.
    """

    tag: str
    kind: str
    message: str
    position: int | None = None
    found: str = ""
    wanted: str = ""

    def __str__(self) -> str:
        return self.message


class Details(Protocol):
    """The parts of a Selection that are computed only when they are read."""

    def ranking(self) -> Iterator[Candidate]: ...

    def unmatched(self) -> Iterator[Mismatch]: ...

    def equals(self) -> tuple[str, ...]: ...

    def warnings(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class Selection:
    """What Flux selects.

    `possible` holds every answer that Flux can give: several where its own depends on the order of a Go map; then
    `winner` is None, since it can change at each reconciliation. With an `error` Flux keeps what it selected before.
    """

    winner: str | None
    extracted: str | None
    possible: tuple[str, ...]
    error: PolicyError | None
    details: Details = field(repr=False, compare=False)

    @property
    def ambiguous(self) -> bool:
        return len(self.possible) > 1

    def ranking(self) -> Iterator[Candidate]:
        """Every tag that takes part, best first; sorted when first asked for."""
        return self.details.ranking()

    @property
    def runners_up(self) -> Iterator[Candidate]:
        """Those behind the winner (behind all the possible winners), best first."""
        return (candidate for candidate in self.ranking() if candidate.tag not in self.possible)

    @property
    def unmatched(self) -> Iterator[Mismatch]:
        """The tags that do not take part, in the order given, each with the reason; worked out one by one."""
        return self.details.unmatched()

    @property
    def equals(self) -> tuple[str, ...]:
        """Without filterTags: the winner and every tag that is equal to it in the policy's order, sorted."""
        return self.details.equals()

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences about what a user would not expect of this answer."""
        return self.details.warnings()


def _mapping(value: Any, where: str) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ValueError(f"{where} must be a mapping, not {_shown(value)}")  # noqa: TRY004 -- a wrong value
    return value


def _text(value: Any, where: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError(f"{where} must be text, not {_shown(value)}: put it in quotes")  # noqa: TRY004 -- a wrong value
    return well_formed(value)


def well_formed(text: str) -> str:
    """The text as Go reads it from JSON: half a surrogate pair becomes U+FFFD."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:40]}…"  # noqa: PLR2004 -- one line of a message
