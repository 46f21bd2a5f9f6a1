"""The files of the repository -> findings: every rule is run, and the findings about the given paths are kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Protocol

from buildtool.core.flux.lint import all_rules as registry
from buildtool.core.flux.lint import marker_lines, relevance, suppress
from buildtool.core.flux.lint.settings import HostSettings, ImageSettings, Settings
from buildtool.core.flux.lint.tree import Source, Tree, Unread
from buildtool.core.flux.marker_name import NAME
from buildtool.core.flux.unreadable import UnreadableError
from buildtool.core.text.printable import same_width
from buildtool.core.yaml.parser import Parsed, parse
from buildtool.core.yaml.scanner import scan
from buildtool.errors.findings import Place, Severity
from buildtool.usecases.hidden_tags import fixed_further_tags, hidden_tags

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from buildtool.config import Config
    from buildtool.core.flux.lint.tree import ImageLine
    from buildtool.errors.findings import Finding


class Files(Protocol):
    """The files of the repository."""

    def paths(self) -> Sequence[str]:
        """Relative paths with `/`."""
        ...

    def read(self, path: str) -> bytes:
        """The bytes of a file; raises UnreadableError."""
        ...


class Checked(NamedTuple):
    """The findings in order of place, the number of files read, and the text of each line that a finding names."""

    findings: tuple[Finding, ...]
    files: int
    lines: Mapping[Place, str]

    def failed(self, *, strict: bool = False) -> bool:
        """True where there is an error, or with `strict` a warning."""
        bad = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
        return any(finding.severity in bad for finding in self.findings)


def check(
    files: Files,
    settings: Settings | None,
    *,
    given: Sequence[str] | None = None,
    known: Iterable[Finding] = (),
) -> Checked:
    """Check the repository; with `given` paths, keep findings in these files and findings that they cause in others.

    `known` are findings from outside the manifests (a configuration that cannot be read). Their lines are not shown:
    the mistake may be a password where none belongs.
    """
    reader = Reader(files, settings, frozenset(given) if given is not None else None)
    tree = reader.tree()
    ignores = {path: suppress.read(path, text) for path, text in reader.texts.items()}
    known = tuple(known)
    found = [*known, *registry.run(tree, ignores)]
    if given is not None:
        found = _concerning(found, frozenset(given), tree)
    shown = {finding.place for finding in found if finding.place is not None} - {finding.place for finding in known}
    lines = {place: _line(files, place) for place in shown}
    return Checked(tuple(found), reader.count, lines)


def _concerning(found: list[Finding], given: frozenset[str], tree: Tree) -> list[Finding]:
    """Findings in a given file; and where a given file is one that others are compared with, those of cross rules."""
    if not found:
        return found
    from buildtool.errors.catalogue import check_rules  # noqa: PLC0415 -- a hook that finds nothing needs no page

    rules = check_rules()
    compared = tree.wide or not given.isdisjoint(tree.sources)
    return [
        finding
        for finding in found
        if (finding.place is not None and finding.place.path in given)
        or (compared and finding.code in rules and rules[finding.code].cross)
    ]


@dataclass(eq=False, repr=False)
class Reader:
    """Reads the repository once. With `given` paths, only those are checked for being YAML at all."""

    files: Files
    settings: Settings | None
    given: frozenset[str] | None
    count: int = 0
    texts: dict[str, str] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    unread: list[Unread] = field(default_factory=list)
    images: list[ImageLine] = field(default_factory=list)

    def tree(self) -> Tree:
        """Read what the run needs: everything, or around the given paths only what their findings depend on."""
        if self.given is None:
            self._read(self.paths, self._all)
            return self._tree(self.paths, wide=True)
        self._read(self.given, self._all)
        wide = any(relevance.is_compared(path, self.sources.get(path)) for path in self.given)
        if not wide and not self.sources:
            return self._tree(self.given, wide=False)
        self._read(self.paths - self.given, self._all if wide else self._around)
        return self._tree(self.paths, wide=wide)

    @cached_property
    def paths(self) -> frozenset[str]:
        """Every path of the repository; asked for only where a given file does not answer for itself."""
        return frozenset(self.files.paths())

    def _tree(self, paths: frozenset[str], *, wide: bool) -> Tree:
        return Tree(
            paths,
            self.sources,
            self.settings,
            self.given,
            wide,
            unread=tuple(self.unread),
            images=tuple(self.images),
            read=self._parsed,
        )

    def _parsed(self, path: str) -> Parsed | None:
        """The documents of a file that no rule speaks about by itself (a patch); None where it cannot be read."""
        try:
            return parse(self.files.read(path).decode("utf-8", errors="replace"))
        except UnreadableError:
            return None

    def _read(self, chosen: frozenset[str], take: Callable[[str], None]) -> None:
        for path in sorted(chosen):
            if relevance.is_yaml(path):
                take(path)
            elif relevance.may_hold_a_marker(path):
                self._other(path, relevance.holds_a_marker)
            elif path.endswith(".sh") and relevance.is_script_of_a_pod(path, self.paths):
                self._other(path, relevance.trusts_hosts)
            elif path.endswith(relevance.IGNORE):
                self._other(path, bool)
            elif path not in self.paths:
                self._bytes(path)

    def _around(self, path: str) -> None:
        """A file beside a given one: its image objects, its setters, the workflows and namespaces; nothing else."""
        data = self._bytes(path)
        if data is None:
            return
        if relevance.is_around(path, data):
            text = self.texts[path] = data.decode("utf-8", errors="replace")
            self.sources[path] = Source(path, text, parse(text))
        elif NAME.encode() in data.lower():
            text = self.texts[path] = data.decode("utf-8", errors="replace")
            self.sources[path] = Source(path, text, Parsed())

    def _bytes(self, path: str) -> bytes | None:
        self.count += 1
        try:
            return self.files.read(path)
        except UnreadableError as error:
            if not error.missing or (self.given is not None and path in self.given):
                self.unread.append(Unread(Place(path), error.code, str(error)))
            return None

    def _all(self, path: str) -> None:
        data = self._bytes(path)
        if data is None:
            return
        if relevance.is_components(path):
            self.sources[path] = Source(path, data.decode("utf-8", errors="replace"), Parsed())
            return
        tree = relevance.needs_a_tree(
            path, data, [host.encode() for host in self.settings.hosts] if self.settings else []
        )
        asked = self.given is None or path in self.given
        if not tree and not asked:
            self.images.extend(relevance.images(path, data))
            return
        text = self._text(path, data)
        if text is None:
            return
        self.texts[path] = text
        template = "/templates/" in path and relevance.is_chart_template(path, self.paths)
        if tree and not (NAME.encode() not in data and template):
            self.sources[path] = Source(path, text, parse(text))
            return
        self.images.extend(relevance.images(path, data))
        if not template and (self.given is None or marker_lines.read(text) is None):
            problems = scan(text)
            self.unread.extend(Unread(Place(path, p.line, p.column), p.code, p.message) for p in problems)

    def _other(self, path: str, wanted: _Wanted) -> None:
        try:
            data = self.files.read(path)
        except UnreadableError:
            return  # not YAML: nobody asked for it
        if wanted(data):
            self.count += 1
            self.texts[path] = text = data.decode("utf-8", errors="replace")
            self.sources[path] = Source(path, text, Parsed())

    def _text(self, path: str, data: bytes) -> str | None:
        """UTF-8, or UTF-16 with its mark, as YAML allows; anything else is no manifest."""
        encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            self.unread.append(Unread(Place(path, line), "yaml-syntax", f"not a text in UTF-8: {error.reason}"))
            return None
        return text


class _Wanted(Protocol):
    def __call__(self, data: bytes, /) -> bool: ...


_LONGEST_LINE = 200


def _line(files: Files, place: Place) -> str:
    """The text of the line a place names; "" where there is none."""
    if not place.line:
        return ""
    try:
        data = files.read(place.path)
    except UnreadableError:
        return ""
    lines = data.split(b"\n", place.line)
    text = lines[place.line - 1].decode("utf-8", errors="replace") if place.line <= len(lines) else ""
    text = same_width(text.rstrip("\r"))
    return text if len(text) <= _LONGEST_LINE else f"{text[:_LONGEST_LINE]}…"


def settings_of(config: Config, path: str) -> Settings:
    """What the rules need of the configuration; `path` is the file's, relative to the root."""
    images = {
        name: ImageSettings(
            name=name,
            repository=str(config.repository(name)),
            policy=image.policy or "",
            architectures=frozenset(platform.architecture for platform in image.platforms),
            place=_origin(config, path, f"images.{name}.policy"),
            mirrors=tuple(map(str, config.mirrors_of(name))),
        )
        for name, image in config.images.items()
    }
    hosts = (*config.hosts, *config.mirror_hosts)
    return Settings(
        hosts={host: HostSettings(config.is_insecure(host), _said(config, path, host)) for host in hosts},
        sha_length=config.tag.sha_length,
        branches=config.tag.branches,
        hidden=[*hidden_tags(config, list(config.images)), *fixed_further_tags(config)],
        images=images,
        place=_origin(config, path, "registry"),
        kustomizations=config.handler.kustomizations,
        handler_place=_origin(config, path, "handler.kustomizations"),
    )


def _said(config: Config, path: str, host: str) -> Place:
    """Where a registry is named: its own table, the default registry, or the first image that goes there."""
    if host in config.registries:
        return _origin(config, path, "registries")
    if host == config.host:
        return _origin(config, path, "registry")
    for name, image in config.images.items():
        if config.repository(name).host == host:
            return _origin(config, path, f"images.{name}.registry")
        if any(mirror.host == host for mirror in config.mirrors_of(name)):
            return _origin(config, path, "mirrors" if image.mirrors is None else f"images.{name}.mirrors")
    return _origin(config, path, "registry")


def _origin(config: Config, path: str, key: str) -> Place:
    """`buildtool.toml:9` of a key; line 1 for one that is not in the file."""
    line = config.origins.get(key, "").rpartition(":")[2]
    return Place(path, int(line) if line.isdecimal() else 1, 1)
