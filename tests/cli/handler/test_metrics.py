"""Prometheus' text format."""

from __future__ import annotations

import re

from buildtool.cli.handler.metrics import metrics_text

LINE = re.compile(r'[a-z_]+(\{[a-z_]+="(\\.|[^"\\\n])*"(,[a-z_]+="(\\.|[^"\\\n])*")*\})? [0-9]+')


def test_every_line_is_a_sample_or_a_comment() -> None:
    text = metrics_text({("refused", "forged"): 3}, {'we"b\\\n': 1}, waiting=2, ready=True)
    lines = text.splitlines()
    samples = [line for line in lines if not line.startswith("#")]
    assert all(LINE.fullmatch(line) for line in samples)
    assert text.endswith("\n")
    assert 'buildtool_rollback_handler_decisions_total{decision="refused",refusal="forged"} 3' in samples
    assert 'buildtool_rollback_handler_decisions_total{decision="refused",refusal="human"} 0' in samples
    assert 'buildtool_rollback_handler_rollbacks_total{image="we\\"b\\\\\\n"} 1' in samples
    assert "buildtool_rollback_handler_waiting_alerts 2" in samples
    assert "buildtool_rollback_handler_ready 1" in samples


def test_each_family_is_told_once() -> None:
    lines = metrics_text({}, {}, waiting=0, ready=False).splitlines()
    types = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(types) == len(set(types)) == 4
