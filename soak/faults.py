"""A registry behind a proxy that does one thing wrong at a random request of a push."""

from __future__ import annotations

from typing import TYPE_CHECKING

from soak.promises import CODE, at_once, in_the_end
from soak.table import Row
from tests.support.faultproxy import Fault, faulty

if TYPE_CHECKING:
    import random

    from soak.world import Ended, Site

_NEVER = 1 << 30
_STALL = 22.0  # seconds: longer than buildtool waits for one answer
# Success; the registry cannot be reached or understood; it refuses; its bytes are wrong. Never a failed build.
_CODES = {0, 13, 14, 15}


def faults(site: Site, times: int, dice: random.Random) -> list[Row]:
    """Each fault so many times, each time at another request."""
    count = _requests(site)
    return [_row(site, fault, times, count, dice) for fault in Fault]


def _requests(site: Site) -> int:
    """How many requests a push without faults makes."""
    site.change()
    with faulty(site.host, Fault.INTERNAL, at=_NEVER) as proxy:
        end = _push(site, proxy.host)
        if end.code:
            raise RuntimeError(f"a push through a faultless proxy fails: {end}")
        return len(proxy.asked)


def _row(site: Site, fault: Fault, times: int, count: int, dice: random.Random) -> Row:
    row = Row(f"registry: {fault.value}" if fault is not Fault.STALL else f"registry: no answer for {_STALL:.0f} s")
    for _ in range(times):
        with faulty(site.host, fault, at=dice.randint(1, count), stall=_STALL) as proxy:
            site.change()
            end = _push(site, proxy.host)
            broken = at_once(site)
            if end.code not in _CODES or "Traceback" in end.stderr:
                broken.append((CODE, str(end)))
            proxy.at = _NEVER
            again = _push(site, proxy.host)
        if again.code:
            broken.append((CODE, f"the undisturbed run after it: {again}"))
        row.add(published=end.code == 0, broken=broken + in_the_end(site, site.shop.git("rev-parse", "HEAD")))
    return row


def _push(site: Site, host: str) -> Ended:
    """Push through a proxy; where that is said is an uncommitted setting, from the environment."""
    return site.push(registry=f"{host}/{site.project}")
