"""Names of variables and keys that usually hold a secret: one list for what is masked and for what is reported."""

from __future__ import annotations

import re

# How such names end, in lower case.
WORDS = ("password", "passwd", "passphrase", "pass", "pwd", "token", "secret", "credential", "credentials")
KEYS = ("_key", "apikey", "api-key", "privatekey", "private-key")
_SECRET = re.compile(rf"(?:{'|'.join((*WORDS, *KEYS))})\Z", re.IGNORECASE)
# PWD is a folder, askpass a program; public keys and the keys of databases and caches are shown to everybody.
_OTHER = re.compile(
    r"\A(?:OLD)?PWD\Z|ASKPASS\Z|(?:PUBLIC|SITE|FOREIGN|PRIMARY|SORT|PARTITION|CACHE)_KEY\Z", re.IGNORECASE
)


def is_secret_name(name: str) -> bool:
    """Whether a variable or key of this name usually holds a secret."""
    return _SECRET.search(name) is not None and _OTHER.search(name) is None
