"""`saring tune` without its page, whose charts take longer than all that is promised; page tests draw it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest


def leave_pages_out(patch: pytest.MonkeyPatch) -> None:
    """Have every tune write a few words in place of its page."""
    patch.setattr("console.commands.tune.page_content", _nothing)
    patch.setattr("console.commands.tune.write_tune_html", _a_few_words)


def _nothing(tuning: Any, found: Mapping[str, Any]) -> dict[str, Any]:
    return {}


def _a_few_words(found: Mapping[str, Any], path: Path) -> None:
    path.write_text("No page is drawn here.", encoding="utf-8")
