"""Readings of the papers: what was handed in, what the lamp shows, what registries and agencies answer."""

from dossier.dossiers import Column
from dossier.findings import Findings, all_of
from dossier.indicators.registry import indicator


@indicator
def papers_irregular_under_ultraviolet(ultraviolet_check: Column) -> Findings:
    """The ultraviolet lamp shows that a paper was altered or is not genuine."""
    return ultraviolet_check.is_any("irregular")


@indicator
def registry_mismatch(registry_match: Column) -> Findings:
    """The population registry knows no such person, or another one under this number."""
    return registry_match.is_any("mismatch")


@indicator
def letter_refuted(issuing_agency_answer: Column) -> Findings:
    """The agency named on a letter says that it did not issue it."""
    return issuing_agency_answer.is_any("refuted")


@indicator
def supporting_letter_lacking(supporting_letter: Column) -> Findings:
    """The letter that the stated purpose calls for was not handed in."""
    return supporting_letter.is_any("lacking")


@indicator
def guardian_letter_lacking(guardian_letter: Column) -> Findings:
    """A letter of the parents, or of the spouse where the office asks for it, was not handed in."""
    return guardian_letter.is_any("lacking")


@indicator
def minor_without_guardian_letter(
    age: Column, guardian_letter: Column, *, adult_age_years: float
) -> Findings:
    """The applicant is a minor, and no letter of the parents was handed in."""
    return all_of(age.below(adult_age_years), guardian_letter.is_any("lacking"))


@indicator
def family_tree_inconsistent(family_card: Column) -> Findings:
    """The family card contradicts the other papers or the family tree that the applicant gives."""
    return family_card.is_any("inconsistent")


@indicator
def appearance_differs_from_age(apparent_age: Column) -> Findings:
    """The person looks clearly younger or older than the papers say."""
    return apparent_age.is_any("looks_younger", "looks_older")


@indicator
def lost_passport_doubtful(lost_passport_report: Column) -> Findings:
    """A passport is said to be lost, and the report about it is doubtful or lacking."""
    return lost_passport_report.is_any("doubtful", "none")
