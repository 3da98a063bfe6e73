"""Readings of the interview: what the applicant knows, how the answers fit, and who stands behind them."""

from dossier.dossiers import Column
from dossier.findings import Findings, all_of
from dossier.indicators.registry import indicator


@indicator
def address_unknown(knows_address: Column) -> Findings:
    """The applicant cannot say where he or she will stay."""
    return knows_address.is_any("does_not_know")


@indicator
def answers_contradict(answers_consistent: Column) -> Findings:
    """The answers contradict each other or the papers."""
    return answers_consistent.is_any("contradictory")


@indicator
def answers_sound_rehearsed(coached_phrasing: Column) -> Findings:
    """The answers sound learned by heart, or repeat another applicant's word for word."""
    return coached_phrasing.is_any("yes")


@indicator
def rehearsed_but_ignorant(coached_phrasing: Column, knows_address: Column) -> Findings:
    """The answers sound rehearsed, and yet the applicant does not know where the journey ends."""
    return all_of(coached_phrasing.is_any("yes"), knows_address.is_any("vague", "does_not_know"))


@indicator
def papers_held_by_another(documents_held_by: Column) -> Findings:
    """Somebody outside the family keeps the applicant's papers or telephone."""
    return documents_held_by.is_any("another_person")


@indicator
def told_to_be_silent(told_to_keep_silent: Column) -> Findings:
    """Somebody asked the applicant to tell nobody, or said what to answer."""
    return told_to_keep_silent.is_any("yes")


@indicator
def afraid_at_the_desk(reluctance: Column) -> Findings:
    """The applicant seems afraid.

    Such impressions are near chance; they can at most support another point.
    """
    return reluctance.is_any("afraid")
