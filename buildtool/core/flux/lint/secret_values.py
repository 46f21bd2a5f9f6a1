"""Whether a text is a secret, or only stands for one: a variable, a reference to a vault, a placeholder, a setting."""

from __future__ import annotations

import base64
import binascii
import re

from buildtool.core.text.secret_names import is_secret_name

_KEY_FILE = re.compile(r"(?:\Aidentity|\.key|\.pem|id_rsa|id_ed25519)\Z", re.IGNORECASE)
# what other programs put in: op://, vault:, <path:...>, ref+..., {{ ... }}, $(VAR), ${VAR}, $VAR, AVP and Helm forms
_REFERENCE = re.compile(
    r"(?:[a-z][a-z0-9+.-]*://(?:\S*(?:secret|vault|item|\$)\S*)|op://\S+|vault:\S+|<[^<>]+>|ref\+\S+|\{\{.*\}\}"
    r"|\$\([^)]*\)|\$\{[^}]*\}|\$\$?[A-Z_][A-Z0-9_]*|secretref\+\S+|awssm:\S+|ssm:\S+|arn:aws:\S+|projects/\S+/secrets/\S+"
    r"|ENC\[.*\]|ENC\(.*\)|__\w+__|%\w+%|@\w+@|file:\S*|env:\S*|bws?:\S+|akv:\S+|secret:\S+|infisical:\S+)\Z",
    re.IGNORECASE | re.DOTALL,
)
_WORDS = r"(?:[-_ .][a-z]+){0,6}[-_ .!0-9]{0,6}[>\])}]*\Z"
_PLACEHOLDER = re.compile(
    rf"[<\[({{]*(?:(?:change|replace|insert|fill|enter|update)[-_ ]?(?:it|me|this|with|in|here)?{_WORDS}"
    rf"|(?:your|my|set|put|add|some|the)[-_ ][a-z]+{_WORDS}"
    r"|(?:todo|tbd|fixme|placeholder|example|dummy|fake|sample|redacted|none|null|nil|undefined|empty|n/?a|test|stub"
    rf"|unused|ignored|secret|password|passwd|token|changeit|default|foo|bar){_WORDS})"
    r"|[x*.?-]+\Z",
    re.IGNORECASE,
)
_SETTING = re.compile(r"(?:true|false|yes|no|on|off|enabled|disabled|[0-9]{1,5}[a-z]{0,2})\Z", re.IGNORECASE)
_PATH = re.compile(r"[/.~]|\$\(|\Z")  # a path, another variable, or nothing
_PRIVATE_KEY = re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----")
_CONNECTION = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s:/@]+:([^\s@/]+)@", re.IGNORECASE)


def is_secret(text: str) -> bool:
    """Whether a value that stands under such a name is the secret itself."""
    text = text.strip()
    if _PRIVATE_KEY.search(text):
        return True
    if _PATH.match(text) or "${" in text or "{{" in text:
        return False
    return not (_REFERENCE.match(text) or _PLACEHOLDER.match(text) or _SETTING.match(text))


def holds_secret(name: str, text: str) -> bool:
    """Whether an entry of a Secret holds one: by its name, as a private key, or as a password inside a URL.

    Plain configuration that is kept in a Secret is none.
    """
    if _PRIVATE_KEY.search(text):
        return True
    found = _CONNECTION.search(text)
    if found is not None and is_secret(found[1]):
        return True
    if is_secret_name(name) or _KEY_FILE.search(name):
        return is_secret(text)
    return name == ".dockerconfigjson" and '"auth' in text and "${" not in text


def decoded(text: str) -> str:
    """The text behind the base64 of a Secret's `data`; a value that is no base64 (a variable) as it stands."""
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode("utf-8", errors="replace")
    except (binascii.Error, ValueError):
        return text
