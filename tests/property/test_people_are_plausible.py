"""What is true of a synthetic applicant could be true of somebody: written rules over whole dossiers.

Each rule is a sentence and the rows that break it. The rules are hard ones, which nobody breaks, and bands, in
which nearly everybody lies. They are tested on what is true; what is declared or on file may be false on
purpose, and the mechanism log says why.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pytest

from dossier.fields import NOT_APPLICABLE, fields
from dossier.truth import TruthClass
from synthetic.draw import Drawn, Plan
from tests.unit.synthetic.worlds import RELEASED, SEED, world

Rows = npt.NDArray[np.bool_]
SIZE = 40_000


@dataclass(frozen=True)
class People:
    """The true codes of many applicants, asked for by the names of codes and the numbers of bins."""

    name: str

    def is_any(self, field: str, *labels: str) -> Rows:
        wanted = [fields()[field].code(label) for label in labels]
        return np.asarray(np.isin(self._codes(field), wanted))

    def applies(self, field: str) -> Rows:
        return np.asarray(self._codes(field) != NOT_APPLICABLE)

    def below(self, field: str, limit: int) -> Rows:
        """Return whose bin begins below `limit`; a field that does not apply is below nothing."""
        return np.asarray((self._edges(field) < limit) & self.applies(field))

    def from_(self, field: str, limit: int) -> Rows:
        """Return whose bin begins at `limit` or above."""
        return np.asarray((self._edges(field) >= limit) & self.applies(field))

    def module(self, *names: str) -> Rows:
        ids = world(self.name).module_ids
        of_kind = np.array([ids[kind.module] in names for kind in world(self.name).kinds])
        return np.asarray(of_kind[drawn(self.name).kinds])

    def truth(self, *classes: TruthClass) -> Rows:
        of_kind = np.array([kind.truth_class in classes for kind in world(self.name).kinds])
        return np.asarray(of_kind[drawn(self.name).kinds])

    def _codes(self, field: str) -> npt.NDArray[np.int8]:
        return drawn(self.name).truth[field]

    def _edges(self, field: str) -> npt.NDArray[np.int64]:
        return np.asarray(fields()[field].edges)[np.maximum(self._codes(field), 0)]


@cache
def drawn(name: str) -> Drawn:
    return Plan(world(name), SEED, SIZE).draw(range(SIZE))


NEVER: dict[str, Callable[[People], Rows]] = {
    "A child under 15 is not married": lambda p: (
        p.below("age", 15) & p.is_any("marital_status", "married", "divorced", "widowed")
    ),
    "A child under 17 gets no ten-year passport, unless married": lambda p: (
        p.below("age", 17)
        & p.is_any("passport_validity", "ten_years")
        & ~p.is_any("marital_status", "married")
    ),
    "A child under 15 has no dependants": lambda p: p.below("age", 15) & p.from_("dependants", 1),
    "A child under 12 has no offer of work": lambda p: p.below("age", 12) & p.is_any("job_offer", "yes"),
    "Nobody under 15 has a diploma or a degree": lambda p: (
        p.below("age", 15) & p.is_any("education", "diploma", "university")
    ),
    "Nobody under 18 is a civil servant or a professional": lambda p: (
        p.below("age", 18) & p.is_any("occupation", "civil_servant", "professional")
    ),
    "A minor always needs a guardian's letter, given or lacking": lambda p: (
        p.below("age", 17) & p.is_any("guardian_letter", "not_needed")
    ),
    "Without an offer there is no fee, debt or promised pay": lambda p: (
        p.is_any("job_offer", "none")
        & (p.applies("fee_idr") | p.applies("debt") | p.applies("offer_pay_usd"))
    ),
    "Who travels on his own account has no sponsor to be called": lambda p: (
        p.is_any("sponsor_kind", "self") & p.applies("sponsor_reachable")
    ),
    "Only a lost passport has a report of its loss": lambda p: (
        ~p.is_any("passport_history", "lost") & p.applies("lost_passport_report")
    ),
    "A hajj pilgrim goes to Saudi Arabia": lambda p: (
        p.module("journey.hajj_pilgrim") & ~p.is_any("stated_country", "saudi_arabia")
    ),
    "A hajj pilgrim applies before the season, not after it": lambda p: (
        p.module("journey.hajj_pilgrim") & p.from_("application_day", 182)
    ),
    "A minor with one parent is a minor": lambda p: (
        p.module("lookalike.minor_with_one_parent") & p.from_("age", 18)
    ),
}

SELDOM: dict[str, tuple[float, Callable[[People], tuple[Rows, Rows]]]] = {
    "Few under 17 are married": (
        0.02,
        lambda p: (p.is_any("marital_status", "married"), p.below("age", 17)),
    ),
    "Few lawful offers pay 1,600 dollars or more": (
        0.20,
        lambda p: (p.from_("offer_pay_usd", 1600), p.truth(TruthClass.LAWFUL) & p.applies("offer_pay_usd")),
    ),
    "Few who pay a fee pay 50 million or more, outside the agencies that overcharge": (
        0.15,
        lambda p: (p.from_("fee_idr", 50_000_000), p.truth(TruthClass.LAWFUL) & p.applies("fee_idr")),
    ),
    "Few holiday travellers stay half a year": (
        0.05,
        lambda p: (p.from_("stay_days", 91), p.module("journey.tourist")),
    ),
    "Few seafarers are women": (
        0.15,
        lambda p: (p.is_any("sex", "female"), p.module("journey.seafarer")),
    ),
    "Few of 60 and older have a new offer of work": (
        0.15,
        lambda p: (p.is_any("job_offer", "yes"), p.from_("age", 60)),
    ),
    "Few who hold no papers about their means are civil servants": (
        0.15,
        lambda p: (p.is_any("occupation", "civil_servant"), p.below("income_idr", 500_000)),
    ),
    "Few pilgrims are under 12": (
        0.10,
        lambda p: (p.below("age", 12), p.module("journey.pilgrim", "journey.hajj_pilgrim")),
    ),
}


@pytest.mark.parametrize("name", RELEASED)
@pytest.mark.parametrize("rule", NEVER)
def test_nobody_breaks_a_hard_rule(name: str, rule: str) -> None:
    broken = np.flatnonzero(NEVER[rule](People(name)))
    assert len(broken) == 0, f"{rule}: {len(broken)} of {SIZE} do in {name}, such as row {broken[:1]}"


@pytest.mark.parametrize("name", RELEASED)
@pytest.mark.parametrize("rule", SELDOM)
def test_nearly_everybody_lies_within_a_band(name: str, rule: str) -> None:
    most, rows = SELDOM[rule]
    outside, among = rows(People(name))
    if among.sum() >= 50:
        share = float((outside & among).sum() / among.sum())
        assert share <= most, f"{rule}: {share:.1%} of {among.sum()} do in {name}"


def test_the_rules_speak_of_people_who_are_there() -> None:
    """A rule about people whom no scenario draws would never be broken."""
    for rule, (_, rows) in SELDOM.items():
        assert any(rows(People(name))[1].sum() >= 50 for name in RELEASED), rule


@pytest.mark.parametrize("name", RELEASED)
def test_nobody_departs_before_applying_or_returns_before_departing(name: str) -> None:
    values = drawn(name).values
    departs, stays = values["days_to_departure"], values["stay_days"]
    assert (departs[departs >= 0] >= fields()["days_to_departure"].edges[0]).all()
    assert (stays[stays >= 0] >= 1).all()
