"""The registry client: distribution 2.8 and 3, zot, Harbor, over HTTP or HTTPS, with none, Basic or token auth.

http      one bounded exchange, its failures, retries, proxies        client    the port's methods
login     challenges, tokens, stored credentials, the session         removal   taking one tag away
v2        the distribution specification                              inspection  the questions of doctor
harbor    Harbor's own API

Each room knows only those above it.
"""

from __future__ import annotations

from buildtool.adapters.registry.client import RegistryClient
from buildtool.adapters.registry.harbor.actions import Harbor
from buildtool.adapters.registry.http.limits import Limits
from buildtool.adapters.registry.login.auth import Credential
from buildtool.adapters.registry.login.credentials import find_credentials

__all__ = ["Credential", "Harbor", "Limits", "RegistryClient", "find_credentials"]
