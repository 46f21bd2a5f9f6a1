"""Dependabot renews the lock and the actions, and waits a week for what is new."""

from __future__ import annotations

from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]


def test_the_lock_and_the_actions_are_renewed() -> None:
    document = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text(encoding="utf-8"))
    updates = {update["package-ecosystem"]: update for update in document["updates"]}
    assert set(updates) == {"pip", "github-actions"}
    assert all(update["cooldown"]["default-days"] >= 7 for update in updates.values())
    assert updates["pip"]["groups"]["lock"]["patterns"] == ["*"]


def test_the_lock_is_where_dependabot_looks() -> None:
    """It reads .txt files in folders below the directory it is given, of at most 500 KB."""
    lock = ROOT / "requirements" / "dev.txt"
    assert lock.stat().st_size < 500_000
