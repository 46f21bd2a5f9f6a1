"""The registry client: distribution 2.8 and 3, zot, Harbor, over HTTP or HTTPS, with none, Basic or token auth.

client     the port's methods            session   auth, redirects, retries around one request
wire       one bounded exchange          auth      challenges, tokens, credentials of `credentials`
pages      lists of tags                 publish   a PUT whose outcome is always known
removal    taking one tag away           harbor*   Harbor's own API and what is wrong with a project
failures   httpx's exceptions as ours    status    statuses as ours
"""

from __future__ import annotations

from buildtool.adapters.registry.auth import Credential
from buildtool.adapters.registry.client import RegistryClient
from buildtool.adapters.registry.credentials import find_credentials
from buildtool.adapters.registry.harbor import harbor_findings
from buildtool.adapters.registry.harbor_work import Harbor, create_project, wait_for_scan
from buildtool.adapters.registry.limits import Limits

__all__ = [
    "Credential",
    "Harbor",
    "Limits",
    "RegistryClient",
    "create_project",
    "find_credentials",
    "harbor_findings",
    "wait_for_scan",
]
