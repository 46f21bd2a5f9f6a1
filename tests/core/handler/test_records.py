"""A decision as it is logged."""

from __future__ import annotations

from dataclasses import replace

from buildtool.core.handler.objections import Refusal
from buildtool.core.handler.records import SCHEMA, Decision, Result

DONE = Decision(5, Result.ROLLED_BACK, "it is not healthy", None, "ns:web", "c" * 40, "web", "bad", "good", "new")


def test_the_document_has_every_key() -> None:
    assert DONE.document() == {
        "schema": SCHEMA,
        "time": 5,
        "decision": "rolled-back",
        "refusal": None,
        "reason": "it is not healthy",
        "kustomization": "ns:web",
        "commit": "c" * 40,
        "image": "web",
        "from": "bad",
        "to": "good",
        "tag": "new",
    }
    refused = Decision(5, Result.REFUSED, "no signature", Refusal.FORGED).document()
    assert refused.keys() == DONE.document().keys()
    assert (refused["refusal"], refused["image"], refused["tag"]) == ("forged", None, None)


def test_the_same_again_differs_by_time_and_words() -> None:
    assert DONE.same_as(replace(DONE, time=9, reason="again"))
    assert not DONE.same_as(replace(DONE, commit="d" * 40))
    assert not DONE.same_as(replace(DONE, result=Result.FAILED))
