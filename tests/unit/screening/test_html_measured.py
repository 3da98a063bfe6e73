"""The page says where a section rests on fewer people than there are, and is silent where it does not."""

from typing import Any

import pytest

from screening.evaluation.pages.html_report import page
from screening.evaluation.texts import percent, text
from tests.web.report_sample import sample


def page_of(measured: int, share: float) -> str:
    content: dict[str, Any] = sample()
    content["measured_on"] = {
        "others": 9_000_000,
        "by_section": {"baselines": measured, "policy_harm": measured, "attribution": measured},
    }
    content["investigations"] = {**content["investigations"], "share_followed": share}
    return page(content)


@pytest.mark.parametrize(
    ("language", "counted"), [("en", "199,876 of 9,000,000"), ("id", "199.876 dari 9.000.000")]
)
def test_sections_of_a_sample_say_of_how_many(language: str, counted: str) -> None:
    found = page_of(199_876, 0.1)
    assert found.count(counted) == 2, language
    assert getattr(text("investigations.share", share=percent(0.1)), language) in found


@pytest.mark.parametrize(
    ("language", "first", "later"), [("en", "At least 9", "at least"), ("id", "Sedikitnya 9", "sedikitnya")]
)
def test_where_a_share_is_followed_the_page_says_at_least(language: str, first: str, later: str) -> None:
    """Lawful, irregular and missed people, facilitators, and the columns of the table."""
    partial, whole = page_of(9_000_000, 0.1), page_of(9_000_000, 1.0)
    assert f'<span lang="{language}">{first} ' in partial
    assert partial.count(later) - whole.count(later) >= 4 + 1 + 2
    assert first not in whole
    assert getattr(text("investigations.lower_bound"), language) == later


def test_sections_of_everybody_say_nothing_of_it() -> None:
    found = page_of(9_000_000, 1.0)
    assert "chosen at random, each with all its applicants" not in found
    assert "9,000,000 of 9,000,000" not in found
