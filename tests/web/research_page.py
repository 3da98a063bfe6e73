"""The researcher's pages of the samples, read once; drawing their charts takes longer than all else."""

from functools import cache

from screening.evaluation.pages.html_compare import compare_page
from screening.evaluation.pages.html_research import tune_page
from tests.web.report_page import Element, read
from tests.web.research_sample import comparison, tuned

KINDS = ("levers", "adversary", "runs")
PAGES = ("tune", *KINDS)


@cache
def source(kind: str) -> str:
    """Return the text of a page: `tune`, or a kind of comparison."""
    return tune_page(tuned()) if kind == "tune" else compare_page(comparison(kind))


@cache
def page(kind: str) -> Element:
    """Return the elements of a page."""
    return read(source(kind))
