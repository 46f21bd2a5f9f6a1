"""The functions of a commit message template: Go's own, and sprig's hermetic ones (no clock, environment or network).

Source: text/template/funcs.go of Go 1.26, and HermeticTxtFuncMap of sprig 3.3.0, whose signatures these are.
`any` is Go's interface{} (or reflect.Value), `dict` map[string]any, `list` []any, `texts` map[string]string.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

_GO = {
    "any, any... -> any": "and call index or",
    "any... -> string": "html js print println urlquery",
    "string, any... -> string": "printf",
    "any -> int": "len",
    "any -> bool": "not",
    "any, any... -> bool": "eq",
    "any, any -> bool": "ge gt le lt ne",
}
_SPRIG = {
    " -> string": "hello",
    "any -> any": "deepCopy first last mustDeepCopy mustFirst mustLast",
    "any -> bool": "empty",
    "any -> float64": "add1f ceil float64 floor",
    "any -> int": "int",
    "any -> int64": "add1 int64 toDecimal",
    "any -> list": ("compact initial mustCompact mustInitial mustRest mustReverse mustUniq rest reverse uniq"),
    "any -> string": (
        "ago duration durationRound kindOf mustToJson mustToPrettyJson mustToRawJson toJson toPrettyJson "
        "toRawJson toString typeOf"
    ),
    "any -> strings": "sortAlpha toStrings",
    "any... -> any": "coalesce concat dig",
    "any... -> bool": "all any",
    "any... -> dict": "dict",
    "any... -> float64": "addf",
    "any... -> int64": "add",
    "any... -> list": "list tuple",
    "any... -> string": "cat quote squote",
    "dict -> list": "values",
    "dict -> string": "urlJoin",
    "dict... -> strings": "keys",
    "int -> ints": "until",
    "int... -> string": "seq",
    "string -> *semver.Version": "semver",
    "string -> any": "fromJson mustFromJson",
    "string -> bool": "isAbs osIsAbs",
    "string -> dict": "urlParse",
    "string -> int": "atoi",
    "string -> string": (
        "adler32sum b32dec b32enc b64dec b64enc base bcrypt camelcase clean dir ext fail genPrivateKey "
        "initials kebabcase lower nospace osBase osClean osDir osExt regexQuoteMeta sha1sum sha256sum "
        "sha512sum shuffle snakecase swapcase title trim untitle upper"
    ),
    "time.Time -> string": "unixEpoch",
    "any, any -> bool": "deepEqual has mustHas",
    "any, any -> int64": "div mod sub",
    "any, any -> list": "append mustAppend mustPrepend mustPush prepend push",
    "any, any... -> any": "default mustSlice slice",
    "any, any... -> float64": "divf maxf minf mulf subf",
    "any, any... -> int64": "biggest max min mul",
    "any, any... -> list": "mustWithout without",
    "dict, dict... -> any": "merge mergeOverwrite mustMerge mustMergeOverwrite",
    "dict, string -> any": "get",
    "dict, string -> bool": "hasKey",
    "dict, string -> dict": "unset",
    "dict, string... -> dict": "omit pick",
    "int, any -> [][]interface {}": "chunk mustChunk",
    "int, int -> int": "randInt",
    "int, string -> string": "abbrev indent nindent repeat trunc wrap",
    "string, any -> bool": "kindIs typeIs typeIsLike",
    "string, any -> string": "join",
    "string, dict... -> list": "pluck",
    "string, int -> sprig.certificate": "genCA",
    "string, string -> bool": "contains hasPrefix hasSuffix mustRegexMatch regexMatch semverCompare",
    "string, string -> sprig.certificate": "buildCustomCert",
    "string, string -> string": (
        "decryptAES encryptAES htpasswd mustRegexFind regexFind trimAll trimPrefix trimSuffix trimall"
    ),
    "string, string -> strings": "splitList",
    "string, string -> texts": "split",
    "string, string -> time.Time": "mustToDate toDate",
    "string, time.Time -> time.Time": "mustDateModify must_date_modify",
    "any, any, bool -> any": "ternary",
    "any, int, float64... -> float64": "round",
    "dict, string, any -> dict": "set",
    "int, int, int -> ints": "untilStep",
    "int, int, string -> string": "abbrevboth substr",
    "int, string, string -> string": "wrapWith",
    "string, int, string -> sprig.certificate": "genCAWithKey",
    "string, int, string -> texts": "splitn",
    "string, string, int -> string": "plural",
    "string, string, int -> strings": "mustRegexFindAll mustRegexSplit regexFindAll regexSplit",
    "string, string, string -> string": (
        "mustRegexReplaceAll mustRegexReplaceAllLiteral regexReplaceAll regexReplaceAllLiteral replace"
    ),
    "string, list, list, int -> sprig.certificate": "genSelfSignedCert",
    "string, list, list, int, sprig.certificate -> sprig.certificate": "genSignedCert",
    "string, list, list, int, string -> sprig.certificate": "genSelfSignedCertWithKey",
    "uint32, string, string, string, string -> string": "derivePassword",
    "string, list, list, int, sprig.certificate, string -> sprig.certificate": "genSignedCertWithKey",
}


class Function(NamedTuple):
    """`parameters` are names of types; the last one may be given any number of times where `variadic`."""

    parameters: tuple[str, ...]
    variadic: bool
    result: str


@lru_cache(maxsize=1)
def functions() -> dict[str, Function]:
    """Every function by name; sprig's stand before Go's."""
    found = {}
    for signature, names in (*_GO.items(), *_SPRIG.items()):
        before, _, result = signature.partition(" -> ")
        parameters = tuple(before.removesuffix("...").split(", ")) if before else ()
        function = Function(parameters, before.endswith("..."), result)
        found.update(dict.fromkeys(names.split(), function))
    return found


def names() -> frozenset[str]:
    return frozenset(functions())
