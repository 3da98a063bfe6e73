"""Conditions for the tests of the analysis, and a twin that goes through every dossier there is."""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import product

import numpy as np
from hypothesis import strategies as st

from dossier.dossiers import Dossiers
from dossier.fields import MISSING, NOT_APPLICABLE, fields
from dossier.findings import Findings
from dossier.indicators import indicators
from screening.analysis.cases import Reading
from screening.language import parse_condition

PARAMETERS: Mapping[str, float] = {
    "adult_age_years": 18,
    "pay_high_usd": 1000,
    "fee_high_idr": 50_000_000,
    "funds_low_idr": 5_000_000,
    "leisure_stay_days": 31,
    "many_by_individual": 5,
    "many_on_phone": 4,
    "many_at_address": 10,
    "many_on_booking": 5,
}
SMALL = ("age", "guardian_letter", "passport_history", "lost_passport_report", "dependants")
ATOMS = (
    "minor_without_guardian_letter",
    "lost_passport_doubtful",
    "guardian_letter_lacking",
    "age >= 17",
    "age < adult_age_years",
    "18 <= age < 21",
    "age != 40",
    "dependants == 3",
    "dependants > 7.5",
    'passport_history == "lost"',
    'passport_history in ("first", "expired")',
    'lost_passport_report != "none"',
    'lost_passport_report not in ("credible", "doubtful")',
    'guardian_letter in ("given", "lacking")',
)


def reading(text: str, parameters: Mapping[str, float] = PARAMETERS) -> Reading:
    """Return a condition as it is read with these parameters."""
    condition = parse_condition(text, fields=fields(), indicators=indicators(), parameters=parameters)
    return Reading(condition, parameters)


def conditions() -> st.SearchStrategy[str]:
    """Return conditions of a few parts over five fields, gates and missing answers among them."""
    return st.recursive(
        st.sampled_from(ATOMS),
        lambda inner: st.one_of(
            st.builds(" and ".join, _several(inner)),
            st.builds(" or ".join, _several(inner)),
            st.builds(lambda parts: f"at_least(2, {', '.join(parts)})", _several(inner)),
            inner.map(lambda part: f"not ({part})"),
        ),
        max_leaves=5,
    )


def _several(inner: st.SearchStrategy[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(inner.map(lambda part: f"({part})"), min_size=2, max_size=3)


def on_every_dossier(one: Reading) -> Findings:
    """Return the outcomes on every dossier that the five fields allow, one by one and not collapsed."""
    return one.condition.evaluate(every_dossier(), one.parameters)


@cache
def every_dossier() -> Dossiers:
    """Return every dossier of the five fields, all whole numbers included."""
    rows = [row for row in product(*(_all_values(name) for name in SMALL)) if _can_be(row)]
    columns = np.array(rows).T
    return Dossiers(
        np.arange(len(rows)),
        {
            name: column.astype(np.int32 if fields()[name].is_number else np.int8)
            for name, column in zip(SMALL, columns, strict=True)
        },
    )


def _all_values(name: str) -> Sequence[int]:
    field = fields()[name]
    if field.is_number:
        return [*range(field.edges[0], field.upper + 1), MISSING]
    return [*range(len(field.codes)), MISSING, *([NOT_APPLICABLE] if field.gate else [])]


def _can_be(row: Sequence[int]) -> bool:
    """Whether the report on a lost passport is there exactly where the passport was, or may have been, lost."""
    history, report = row[SMALL.index("passport_history")], row[SMALL.index("lost_passport_report")]
    arises = history in (MISSING, fields()["passport_history"].code("lost"))
    return arises == (report != NOT_APPLICABLE)
