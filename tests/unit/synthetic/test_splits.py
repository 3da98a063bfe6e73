"""What goes together: a field split by groups, and the fields that are made to fit it."""

import numpy as np
import pytest

from dossier.fields import fields
from dossier.stages import Stage
from synthetic.compile import labels_of
from synthetic.draw import Plan
from synthetic.world import COVER, STORY, Conditional, World
from tests.unit.synthetic.conftest import Workshop
from tests.unit.synthetic.naive_oracle import assert_oracle_agrees
from tests.unit.synthetic.test_compile import BASE, CRUDE, conditional, kind
from tests.unit.synthetic.worlds import RELEASED, drawn, world

MARKETS = labels_of("market")
COUNTRIES = "[table]\nstated_country = { malaysia = 0.5, japan = 0.3, saudi_arabia = 0.2 }\n"


def law(found: World, name: str, key: tuple[str, str], market: str) -> dict[str, float]:
    """Return a field's law in one market, averaged over its other parents."""
    one: Conditional = conditional(found, name)
    table = one.truth[kind(found, *key)].reshape(*one.sizes, one.codes)
    axis = one.parents.index("market")
    table = np.take(table, MARKETS.index(market), axis=axis).reshape(-1, one.codes).mean(axis=0)
    return dict(zip(labels_of(name), table.tolist(), strict=True))


def test_each_market_has_the_mass_that_the_modules_own_countries_give_it(workshop: Workshop) -> None:
    workshop.base = COUNTRIES
    found = conditional(workshop.compiled(), "market").truth[kind(workshop.compiled(), *BASE), 0]
    assert dict(zip(MARKETS, found.tolist(), strict=True)) == pytest.approx(
        {"asean": 0.5, "hong_kong_taiwan": 0.0, "gulf": 0.2, "far": 0.3}
    )


def test_countries_keep_their_shares(workshop: Workshop) -> None:
    workshop.base = COUNTRIES
    compiled = workshop.compiled()
    market = conditional(compiled, "market").truth[kind(compiled, *BASE), 0]
    shares = {
        country: sum(
            mass * law(compiled, "stated_country", BASE, name)[country]
            for name, mass in zip(MARKETS, market.tolist(), strict=True)
        )
        for country in ("malaysia", "japan", "saudi_arabia")
    }
    assert shares == pytest.approx({"malaysia": 0.5, "japan": 0.3, "saudi_arabia": 0.2})


def test_odds_on_countries_move_the_markets(workshop: Workshop) -> None:
    workshop.base = COUNTRIES
    workshop.harm = "[odds]\nstated_country = { japan = 4.0 }\n"
    compiled = workshop.compiled()
    market = conditional(compiled, "market").truth[kind(compiled, *CRUDE), 0]
    assert market[MARKETS.index("far")] == pytest.approx(1.2 / 1.9)


def test_a_field_that_fits_is_the_modules_table_times_the_factors(workshop: Workshop) -> None:
    workshop.base = COUNTRIES + "visa_kind = { visa_free = 0.5, tourist = 0.5 }\n"
    compiled = workshop.compiled()
    near, far = (law(compiled, "visa_kind", BASE, market) for market in ("asean", "far"))
    assert near["visa_free"] > 0.7
    assert far["visa_free"] < 0.2
    assert sum(near.values()) == pytest.approx(1)


def test_where_factors_would_leave_nothing_the_table_stays(workshop: Workshop) -> None:
    workshop.spoil("asean = { tourist = 0.25 }", "asean = { tourist = 0 }")
    workshop.base = COUNTRIES + "visa_kind = { tourist = 1.0 }\n"
    assert law(workshop.compiled(), "visa_kind", BASE, "asean")["tourist"] == pytest.approx(1)


def test_a_story_is_told_as_its_own_journeys_people_would_tell_it(workshop: Workshop) -> None:
    """Workers who say that they are on holiday give a holiday's stay, not a contract's."""
    workshop.base = "[table]\nstated_purpose = { work = 1.0 }\nstay_days = { 1 = 0.5, 366 = 0.5 }\n"
    workshop.twin = "[table]\nstated_purpose = { holiday = 1.0 }\nstay_days = { 1 = 0.5, 366 = 0.5 }\n"
    workshop.harm = (
        '[cover]\njourney = "lookalike.twin"\nslip = 0\nfields = ["stated_purpose", "stay_days"]\n'
    )
    compiled = workshop.compiled()
    rows = Plan(compiled, 4, 20_000).draw(range(20_000))
    tellers = rows.hidden[STORY] == COVER
    assert tellers.sum() > 500
    purpose, stay = rows.declared["stated_purpose"][tellers], rows.declared["stay_days"][tellers]
    assert (purpose == fields()["stated_purpose"].code("holiday")).all()
    assert (stay == len(fields()["stay_days"].edges) - 1).mean() < 0.1
    assert (rows.truth["stay_days"][tellers] == len(fields()["stay_days"].edges) - 1).mean() > 0.5


def test_the_oracle_sums_over_the_groups(workshop: Workshop) -> None:
    workshop.base = COUNTRIES
    workshop.harm = "[odds]\nstated_country = { japan = 4.0 }\nvisa_kind = { tourist = 3.0 }\n"
    compiled = workshop.compiled()
    observed = {name: codes[:5] for name, codes in Plan(compiled, 8, 10).draw(range(10)).observed.items()}
    assert_oracle_agrees(compiled, observed, Stage.COUNTER)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('gulf = ["saudi_arabia", "uae"]', 'gulf = ["saudi_arabia"]', "every code of 'stated_country'"),
        ('gulf = ["saudi_arabia", "uae"]', 'gulf = ["saudi_arabia", "uae", "oman"]', "every code"),
        ('field = "stated_country"', 'field = "stated_land"', "stated_land"),
        ("asean = { usual_stop = 0.4 }", "asia = { usual_stop = 0.4 }", "asia"),
        ("asean = { usual_stop = 0.4 }", "asean = { usual_halt = 0.4 }", "usual_halt"),
        ("[fit.transit.market]", "[fit.transit.markt]", "markt"),
    ],
)
def test_a_split_that_divides_nothing_is_refused(workshop: Workshop, old: str, new: str, words: str) -> None:
    workshop.spoil(old, new)
    problem = workshop.problems()[0]
    assert words in problem.what
    assert "population.toml, line" in problem.where


@pytest.mark.parametrize("name", RELEASED)
def test_in_every_scenario_papers_fit_the_journey(name: str) -> None:
    """Shares among what is true; the bands are wide, and were far outside them when nothing fitted."""
    truth = drawn(name).truth
    code = {field: fields()[field].code for field in ("visa_kind", "stated_purpose", "stated_country")}
    visit = np.isin(truth["stated_purpose"], [code["stated_purpose"](p) for p in ("holiday", "family_visit")])
    works = truth["stated_purpose"] == code["stated_purpose"]("work")
    far = truth["stated_country"] == code["stated_country"]("japan")
    free = truth["visa_kind"] == code["visa_kind"]("visa_free")
    year = truth["stay_days"] == len(fields()["stay_days"].edges) - 1
    assert year[visit].mean() < 0.03
    assert (truth["visa_kind"][visit] == code["visa_kind"]("work")).mean() < 0.01
    assert world(name).scenario.mix
    if far.sum() > 100:
        assert free[far].mean() < 0.15
    if works.sum() > 100:
        assert year[works].mean() > 0.4
