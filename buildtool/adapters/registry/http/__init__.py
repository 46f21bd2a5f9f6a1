"""One HTTP request and its answer: limits, proxies, failures, retries. No credentials."""

from __future__ import annotations

import sys

# httpx loads its command line (rich, pygments) and HTTP/2 wherever their packages are installed: 40 ms of processor
# time for what is not used here. A module that is None cannot be imported, and httpx goes on without it.
for _unused in ("httpx._main", "httpcore._sync.http2", "httpcore._async.http2"):
    sys.modules.setdefault(_unused, None)  # type: ignore[arg-type]  # Python's own way to say so
