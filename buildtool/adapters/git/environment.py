"""The environment git runs in: ours, not the one of the hook or the shell that called us.

git sets GIT_DIR, GIT_INDEX_FILE and more for its hooks; whoever inherits them reads another repository than the one it
stands in (`git rev-parse --local-env-vars` names them). Only variables about reaching and trusting things pass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEEP = {
    "GIT_ALLOW_PROTOCOL",
    "GIT_ASKPASS",
    "GIT_CEILING_DIRECTORIES",
    "GIT_CONFIG_COUNT",  # with its KEY_n and VALUE_n: how CI says safe.directory
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_CONFIG_SYSTEM",
    "GIT_DISCOVERY_ACROSS_FILESYSTEM",
    "GIT_EXEC_PATH",
    "GIT_HTTP_PROXY_AUTHMETHOD",
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "GIT_SSL_CAINFO",
    "GIT_SSL_NO_VERIFY",
}
_REGISTRY = "BUILDTOOL_REGISTRY_"  # user and password: git runs hooks, helpers and filters of others
_KEEP_PREFIXES = ("GIT_CONFIG_KEY_", "GIT_CONFIG_VALUE_")
_OURS = {
    "LC_ALL": "C",  # messages are told apart by their words
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",  # reading must not disturb a git that works beside us
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_PAGER": "cat",
}


def clean(environ: Mapping[str, str]) -> dict[str, str]:
    kept = {
        name: value
        for name, value in environ.items()
        if not name.startswith(("GIT_", _REGISTRY)) or name in _KEEP or name.startswith(_KEEP_PREFIXES)
    }
    return kept | _OURS
