"""Every reason not to roll back: the word for metrics and logs, and what it means."""

from __future__ import annotations

from enum import StrEnum


class Refusal(StrEnum):
    """In the order in which they are asked."""

    FORGED = "forged"  # no signature, or not that of the key
    OVERSIZE = "oversize"  # more than 64 KiB
    MALFORMED = "malformed"  # no event of Flux
    BUSY = "busy"  # the queue is full, or the service is ending
    DUPLICATE = "duplicate"  # the same failure waits, or is being handled
    HARMLESS = "harmless"  # progress, recovery, a build that failed: nothing deployed is unhealthy
    FOREIGN = "foreign"  # a Kustomization that is not configured
    STALE = "stale"  # too old, or from the future
    NOT_NEWEST = "not-newest"  # the branch has a newer commit
    RECOVERED = "recovered"  # a later event, or the cluster, says that it is healthy
    NO_IMAGE = "no-image"  # it applies no setter of an image that is configured
    UNCHANGED = "unchanged"  # it was healthy with the same tag
    UNCLEAR = "unclear"  # the setters do not agree, or their history does not tell
    HUMAN = "human"  # the commit is not the automation's own, or changes more than setters
    NOT_SELECTED = "not-selected"  # Flux selects another tag by now
    IS_ROLLBACK = "is-rollback"  # the tag was published by a rollback
    NO_TARGET = "no-target"  # what was replaced is gone, marked as bad, or for other platforms
    COOL_DOWN = "cool-down"  # the image was rolled back a short while ago
    DAILY_LIMIT = "daily-limit"  # so many rollbacks within 24 hours
