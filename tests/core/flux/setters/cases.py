"""Each rule of Flux's setters by name: a file, and what Flux writes into it (None: it leaves the file alone).

The answers were checked against kyaml and go-yaml, the libraries that Flux's controller uses.
"""

from __future__ import annotations

from dataclasses import dataclass

from buildtool.core.flux.setters import LatestImage

_LONG = "k " * 70 + "k"
IMAGES = {"ns:app": LatestImage("reg.io/team/app", "v2.0.1"), "ns:num": LatestImage("reg.io/num", "1.10")}


@dataclass(frozen=True)
class Case:
    """`skipped`: the file has the marker's token, and Flux passes over it in silence."""

    name: str
    text: str
    written: str | None
    skipped: bool = False


CASES: tuple[Case, ...] = (
    Case(
        "a value on the marker's line",
        'image: old:1 # {"$imagepolicy": "ns:app"}\n',
        'image: reg.io/team/app:v2.0.1 # {"$imagepolicy": "ns:app"}\n',
    ),
    Case(
        "the whole value is replaced",
        'command: docker run old:1 --flag # {"$imagepolicy": "ns:app"}\n',
        'command: reg.io/team/app:v2.0.1 # {"$imagepolicy": "ns:app"}\n',
    ),
    Case(
        "no blank before the JSON",
        'image: old:1 #{"$imagepolicy":"ns:app"}\n',
        'image: reg.io/team/app:v2.0.1 #{"$imagepolicy":"ns:app"}\n',
    ),
    Case(
        "two hashes",
        'image: old:1 ## {"$imagepolicy": "ns:app"}\n',
        'image: reg.io/team/app:v2.0.1 ## {"$imagepolicy": "ns:app"}\n',
    ),
    Case(
        "other string keys in the JSON",
        'image: old:1 # {"$imagepolicy": "ns:app", "note": "x"}\n',
        'image: reg.io/team/app:v2.0.1 # {"$imagepolicy": "ns:app", "note": "x"}\n',
    ),
    Case("a key that is no string hides it", 'image: old:1 # {"$imagepolicy": "ns:app", "note": 1}\n', None),
    Case("text before", 'image: old:1 # see {"$imagepolicy": "ns:app"}\n', None),
    Case("text after", 'image: old:1 # {"$imagepolicy": "ns:app"} please\n', None),
    Case(
        "single quotes",
        "image: old:1 # {'$imagepolicy': 'ns:app'}\nb: old # {\"$imagepolicy\": \"ns:app:tag\"}\n",
        "image: old:1 # {'$imagepolicy': 'ns:app'}\nb: v2.0.1 # {\"$imagepolicy\": \"ns:app:tag\"}\n",
    ),
    Case(
        "key in another case",
        'image: old:1 # {"$ImagePolicy": "ns:app"}\nb: old # {"$imagepolicy": "ns:app:tag"}\n',
        'image: old:1 # {"$ImagePolicy": "ns:app"}\nb: v2.0.1 # {"$imagepolicy": "ns:app:tag"}\n',
    ),
    Case("unknown suffix", 'image: old:1 # {"$imagepolicy": "ns:app:version"}\n', None),
    Case("slash for colon", 'image: old:1 # {"$imagepolicy": "ns/app"}\n', None),
    Case("no namespace", 'image: old:1 # {"$imagepolicy": "app"}\n', None),
    Case("a policy that is not known", 'image: old:1 # {"$imagepolicy": "ns:other"}\n', None),
    Case("above a key", '# {"$imagepolicy": "ns:app"}\nimage: old:1\n', None),
    Case("above a nested key", 'spec:\n  # {"$imagepolicy": "ns:app"}\n  image: old:1\n', None),
    Case(
        "above an item",
        'args:\n  # {"$imagepolicy": "ns:app:tag"}\n  - old\n',
        'args:\n  # {"$imagepolicy": "ns:app:tag"}\n  - v2.0.1\n',
    ),
    Case("above an item that has a comment", 'args:\n  # {"$imagepolicy": "ns:app:tag"}\n  - old # c\n', None),
    Case("beside the parent", 'spec: # {"$imagepolicy": "ns:app"}\n  image: old:1\n', None),
    Case("on the next line", 'spec:\n  image: old:1\n  # {"$imagepolicy": "ns:app"}\n', None),
    Case(
        "value on its own line",
        'image:\n  old:1 # {"$imagepolicy": "ns:app"}\n',
        'image: reg.io/team/app:v2.0.1 # {"$imagepolicy": "ns:app"}\n',
    ),
    Case("empty value", 'image: # {"$imagepolicy": "ns:app"}\nb: 1\n', None),
    Case(
        "name, tag and digest",
        (
            'n: x # {"$imagepolicy": "ns:app:name"}\n'
            't: x # {"$imagepolicy": "ns:app:tag"}\n'
            'd: sha256:0 # {"$imagepolicy": "ns:app:digest"}\n'
        ),
        (
            'n: reg.io/team/app # {"$imagepolicy": "ns:app:name"}\n'
            't: v2.0.1 # {"$imagepolicy": "ns:app:tag"}\n'
            'd: "" # {"$imagepolicy": "ns:app:digest"}\n'
        ),
    ),
    Case(
        "a number keeps quotes away from text",
        't: v1 # {"$imagepolicy": "ns:num:tag"}\n',
        't: "1.10" # {"$imagepolicy": "ns:num:tag"}\n',
    ),
    Case(
        "single quotes stay",
        't: \'v1\' # {"$imagepolicy": "ns:num:tag"}\n',
        't: \'1.10\' # {"$imagepolicy": "ns:num:tag"}\n',
    ),
    Case(
        "a plain float keeps its type",
        't: 1.0 # {"$imagepolicy": "ns:app:tag"}\n',
        't: !!float v2.0.1 # {"$imagepolicy": "ns:app:tag"}\n',
    ),
    Case(
        "a plain integer keeps its type",
        't: 1 # {"$imagepolicy": "ns:app:tag"}\n',
        't: !!int v2.0.1 # {"$imagepolicy": "ns:app:tag"}\n',
    ),
    Case(
        "a plain boolean keeps its type",
        't: true # {"$imagepolicy": "ns:app:tag"}\n',
        't: !!bool v2.0.1 # {"$imagepolicy": "ns:app:tag"}\n',
    ),
    Case(
        "a plain null keeps its type",
        't: null # {"$imagepolicy": "ns:num:tag"}\n',
        't: !!null 1.10 # {"$imagepolicy": "ns:num:tag"}\n',
    ),
    Case(
        "a date keeps its type",
        't: 2024-01-01 # {"$imagepolicy": "ns:app:tag"}\n',
        't: !!timestamp v2.0.1 # {"$imagepolicy": "ns:app:tag"}\n',
    ),
    Case(
        "a number over a number becomes text",
        't: 1 # {"$imagepolicy": "ns:num:tag"}\n',
        't: "1.10" # {"$imagepolicy": "ns:num:tag"}\n',
    ),
    Case(
        "an anchor is set, its alias not",
        'a: &x old # {"$imagepolicy": "ns:app:tag"}\nb: *x # {"$imagepolicy": "ns:app:tag"}\n',
        'a: &x v2.0.1 # {"$imagepolicy": "ns:app:tag"}\nb: *x # {"$imagepolicy": "ns:app:tag"}\n',
    ),
    Case(
        "a merge key gets a tag",
        'a: &d\n  b: 1\nc:\n  <<: *d\n  t: old # {"$imagepolicy": "ns:app:tag"}\n',
        'a: &d\n  b: 1\nc:\n  !!merge <<: *d\n  t: v2.0.1 # {"$imagepolicy": "ns:app:tag"}\n',
    ),
    Case(
        "keys that repeat: the first",
        't: one # {"$imagepolicy": "ns:app:tag"}\nt: two # {"$imagepolicy": "ns:app:tag"}\n',
        't: v2.0.1 # {"$imagepolicy": "ns:app:tag"}\nt: two # {"$imagepolicy": "ns:app:tag"}\n',
    ),
    Case(
        "a block scalar",
        't: | # {"$imagepolicy": "ns:app:tag"}\n  old\nb: 1\n',
        't: |- # {"$imagepolicy": "ns:app:tag"}\n  v2.0.1\nb: 1\n',
    ),
    Case(
        "a folded scalar stays folded",
        't: x # {"$imagepolicy": "ns:app:tag"}\nd: >\n  one\n  two\n\n  three\n',
        't: v2.0.1 # {"$imagepolicy": "ns:app:tag"}\nd: >\n  one two\n\n  three\n\n',
    ),
    Case(
        "blank lines go",
        'a: 1\n\n\nt: old # {"$imagepolicy": "ns:app:tag"}\n\nb: 2\n',
        'a: 1\nt: v2.0.1 # {"$imagepolicy": "ns:app:tag"}\nb: 2\n',
    ),
    Case(
        "wide indentation becomes two",
        'a:\n    b:\n        t: old # {"$imagepolicy": "ns:app:tag"}\n',
        'a:\n  b:\n    t: v2.0.1 # {"$imagepolicy": "ns:app:tag"}\n',
    ),
    Case(
        "sequences stay at their key",
        'a:\n- b\nt: old # {"$imagepolicy": "ns:app:tag"}\n',
        'a:\n- b\nt: v2.0.1 # {"$imagepolicy": "ns:app:tag"}\n',
    ),
    Case(
        "sequences stay indented",
        'a:\n  - b\nt: old # {"$imagepolicy": "ns:app:tag"}\n',
        'a:\n  - b\nt: v2.0.1 # {"$imagepolicy": "ns:app:tag"}\n',
    ),
    Case(
        "the first sequence decides for all",
        'a:\n  - b\nc:\n- d\nt: old # {"$imagepolicy": "ns:app:tag"}\n',
        'a:\n  - b\nc:\n  - d\nt: v2.0.1 # {"$imagepolicy": "ns:app:tag"}\n',
    ),
    Case(
        "spaces before comments become one",
        't:   old    # {"$imagepolicy": "ns:app:tag"}\n',
        't: v2.0.1 # {"$imagepolicy": "ns:app:tag"}\n',
    ),
    Case(
        "document markers",
        '---\nt: old # {"$imagepolicy": "ns:app:tag"}\n---\n# nothing\n---\nb: 1\n...\n',
        't: v2.0.1 # {"$imagepolicy": "ns:app:tag"}\n---\nb: 1\n',
    ),
    Case(
        "the last line gets its end",
        't: old # {"$imagepolicy": "ns:app:tag"}',
        't: v2.0.1 # {"$imagepolicy": "ns:app:tag"}\n',
    ),
    Case(
        "Windows line ends",
        'a: 1\r\nt: old # {"$imagepolicy": "ns:app:tag"}\r\n',
        'a: 1\nt: v2.0.1 # {"$imagepolicy": "ns:app:tag"}\n',
    ),
    Case(
        "byte order mark",
        '\ufefft: old # {"$imagepolicy": "ns:app:tag"}\n',
        't: v2.0.1 # {"$imagepolicy": "ns:app:tag"}\n',
    ),
    Case(
        "flow collections are laid out anew",
        'a: {\n  b: 1,\n  t: old, # {"$imagepolicy": "ns:app:tag"}\n  c: [ 1,2 ]\n}\n',
        'a: {b: 1, t: v2.0.1, # {"$imagepolicy": "ns:app:tag"}\n  c: [1, 2]}\n',
    ),
    Case(
        "JSON with a comment",
        '{\n  "image": "old:1", # {"$imagepolicy": "ns:app"}\n  "k": 1\n}\n',
        '{"image": "reg.io/team/app:v2.0.1", # {"$imagepolicy": "ns:app"}\n  "k": 1}\n',
    ),
    Case("after a flow collection", 'a: [{t: old}] # {"$imagepolicy": "ns:app:tag"}\n', None),
    Case(
        "a foot comment gets a blank line",
        't: old # {"$imagepolicy": "ns:app:tag"}\n# foot\n',
        't: v2.0.1 # {"$imagepolicy": "ns:app:tag"}\n\n# foot\n',
    ),
    Case(
        "a foot comment inside",
        'a:\n  t: old # {"$imagepolicy": "ns:app:tag"}\n  # foot\n\nb: 1\n',
        'a:\n  t: v2.0.1 # {"$imagepolicy": "ns:app:tag"}\n  # foot\nb: 1\n',
    ),
    Case(
        "a head comment of the document",
        '# head\n\nt: old # {"$imagepolicy": "ns:app:tag"}\n',
        '# head\n\nt: v2.0.1 # {"$imagepolicy": "ns:app:tag"}\n',
    ),
    Case(
        "emoji are escaped",
        't: old # {"$imagepolicy": "ns:app:tag"}\na: "😀"\nb: 😀 x\n',
        't: v2.0.1 # {"$imagepolicy": "ns:app:tag"}\na: "\\U0001F600"\nb: "\\U0001F600 x"\n',
    ),
    Case(
        "tabs inside quotes are escaped",
        't: old # {"$imagepolicy": "ns:app:tag"}\na: "x\ty"\n',
        't: v2.0.1 # {"$imagepolicy": "ns:app:tag"}\na: "x\\ty"\n',
    ),
    Case(
        "a tag stays",
        't: !!str old # {"$imagepolicy": "ns:app:tag"}\nu: !mine old # {"$imagepolicy": "ns:app:tag"}\n',
        ('t: !!str v2.0.1 # {"$imagepolicy": "ns:app:tag"}\nu: !mine v2.0.1 # {"$imagepolicy": "ns:app:tag"}\n'),
    ),
    Case(
        "typed values elsewhere stay",
        't: old # {"$imagepolicy": "ns:app:tag"}\nb: 0777\nc: 1e3\nd: yes\ne: ~\nf:\n',
        't: v2.0.1 # {"$imagepolicy": "ns:app:tag"}\nb: 0777\nc: 1e3\nd: yes\ne: ~\nf:\n',
    ),
    Case(
        "a complex key",
        '? [a, b]\n: c\nt: old # {"$imagepolicy": "ns:app:tag"}\n',
        '? [a, b]\n: c\nt: v2.0.1 # {"$imagepolicy": "ns:app:tag"}\n',
    ),
    Case(
        "a long key",
        (f'{_LONG}: c\nt: old # {{"$imagepolicy": "ns:app:tag"}}\n'),
        (f'? {_LONG}\n: c\nt: v2.0.1 # {{"$imagepolicy": "ns:app:tag"}}\n'),
    ),
    Case(
        "empty metadata goes",
        'metadata: {}\nt: old # {"$imagepolicy": "ns:app:tag"}\n',
        't: v2.0.1 # {"$imagepolicy": "ns:app:tag"}\n',
    ),
    Case(
        "empty annotations go",
        'metadata:\n  name: x\n  annotations: {}\nt: old # {"$imagepolicy": "ns:app:tag"}\n',
        'metadata:\n  name: x\nt: v2.0.1 # {"$imagepolicy": "ns:app:tag"}\n',
    ),
    Case(
        "comments between items",
        'a:\n  # one\n  - x\n\n  # two\n  - y # three\n  # four\nt: old # {"$imagepolicy": "ns:app:tag"}\n',
        'a:\n  # one\n  - x\n  # two\n  - y # three\n  # four\nt: v2.0.1 # {"$imagepolicy": "ns:app:tag"}\n',
    ),
    Case(
        "a comment behind a dash",
        'a:\n  - # one\n    b: 1\nt: old # {"$imagepolicy": "ns:app:tag"}\n',
        'a:\n  - # one\n    b: 1\nt: v2.0.1 # {"$imagepolicy": "ns:app:tag"}\n',
    ),
    Case(
        "a comment below a key",
        'a:\n  # one\n  b: 1\nt: old # {"$imagepolicy": "ns:app:tag"}\n',
        'a:\n  # one\n  b: 1\nt: v2.0.1 # {"$imagepolicy": "ns:app:tag"}\n',
    ),
    Case(
        "literal text with blank lines",
        'a: |\n  one\n\n  two\nt: old # {"$imagepolicy": "ns:app:tag"}\n',
        'a: |\n  one\n\n  two\nt: v2.0.1 # {"$imagepolicy": "ns:app:tag"}\n',
    ),
    Case(
        "literal text with leading blanks",
        'a: |2\n    one\n  two\nt: old # {"$imagepolicy": "ns:app:tag"}\n',
        'a: |2\n    one\n  two\nt: v2.0.1 # {"$imagepolicy": "ns:app:tag"}\n',
    ),
    Case(
        "kept line ends",
        'a: |+\n  one\n\nt: old # {"$imagepolicy": "ns:app:tag"}\n',
        'a: |+\n  one\n\nt: v2.0.1 # {"$imagepolicy": "ns:app:tag"}\n',
    ),
    Case(
        "quotes over several lines",
        't: old # {"$imagepolicy": "ns:app:tag"}\na: "one\n  two"\n',
        't: v2.0.1 # {"$imagepolicy": "ns:app:tag"}\na: "one two"\n',
    ),
    Case(
        "a plain text over several lines",
        't: old # {"$imagepolicy": "ns:app:tag"}\na: one\n  two\n',
        't: v2.0.1 # {"$imagepolicy": "ns:app:tag"}\na: one two\n',
    ),
    Case("already the newest", 'image: reg.io/team/app:v2.0.1 # {"$imagepolicy": "ns:app"}\n', None),
    Case("skipped: a tab", 't: old # {"$imagepolicy": "ns:app:tag"}\n\ta: 1\n', None, skipped=True),
    Case("a template that reads as a flow mapping", 't: {{ .Values.x }} # {"$imagepolicy": "ns:app:tag"}\n', None),
    Case("skipped: a sequence at the root", '- old # {"$imagepolicy": "ns:app:tag"}\n', None, skipped=True),
    Case("skipped: a scalar at the root", 'old # {"$imagepolicy": "ns:app:tag"}\n', None, skipped=True),
    Case(
        "skipped: metadata is no mapping", 'metadata: x\nt: old # {"$imagepolicy": "ns:app:tag"}\n', None, skipped=True
    ),
    Case("skipped: a directive", '%YAML 1.2\n---\nt: old # {"$imagepolicy": "ns:app:tag"}\n', None, skipped=True),
    Case("skipped: an unknown anchor", 'a: *nope\nt: old # {"$imagepolicy": "ns:app:tag"}\n', None, skipped=True),
    Case("skipped: text behind ---", 't: old # {"$imagepolicy": "ns:app:tag"}\n--- x\nb: 1\n', None, skipped=True),
    Case("skipped: an unknown tag handle", 'a: !e!x y\nt: old # {"$imagepolicy": "ns:app:tag"}\n', None, skipped=True),
    Case(
        "text behind the first document is dropped",
        '[a: b]\n--- # c\nt: old # {"$imagepolicy": "ns:app:tag"}\n...\nmore: 1\n',
        None,
        skipped=True,
    ),
)
