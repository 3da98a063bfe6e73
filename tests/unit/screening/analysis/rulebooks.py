"""Rulebooks for the tests of lint: sound rules with one thing changed."""

from pathlib import Path

from tests.unit.screening.test_rulebook import rule


def when(rule_id: str, condition: str, **changes: str | None) -> str:
    """Return a rule of that name and condition; its test rows are those of another rule, and perhaps wrong."""
    return rule({"id": f'"{rule_id}"', "when": f"'{condition}'", **changes})


def written(folder: Path, *parts: str) -> Path:
    """Write a rulebook of these parts."""
    path = folder / "trial.toml"
    path.write_text("".join(parts), encoding="utf-8")
    return path
