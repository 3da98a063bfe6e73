"""Evidence says where every number comes from.

saring invents no facts. Each figure can be traced to a page, is dated, and shows how far it can be trusted.
Where sources disagree, both stand. What can be computed is computed, from figures that are here as well.
"""

import math
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dossier.fields import fields
from evidence import Figure, family, figure, figures, instruments, sources, units
from evidence.citations import NOTES, citations, is_known
from tests.architecture.sources import PACKAGES, ROOT, repository_files

FIGURES = tuple(figures().values())
STATED = tuple(each for each in FIGURES if not each.formula)
DERIVED = tuple(each for each in FIGURES if each.formula)


def those(among: Iterable[Figure], lack: Callable[[Figure], object]) -> list[str]:
    """Return the keys of the figures that `lack` says fall short, so that a failure names them."""
    return [each.key for each in among if lack(each)]


# --- every figure can be traced -------------------------------------------------------------------


def test_every_figure_names_its_source_and_the_place_in_it() -> None:
    assert not those(FIGURES, lambda each: each.source not in sources() or not each.locator.strip())


def test_every_figure_says_what_it_measures_of_whom_and_where() -> None:
    assert not those(FIGURES, lambda each: not all((each.what, each.population, each.geography)))


def test_every_figure_has_a_period() -> None:
    assert not those(FIGURES, lambda each: each.period.first_day > each.period.last_day)


def test_every_figure_has_a_unit_a_grade_and_the_day_it_was_last_checked() -> None:
    assert not those(FIGURES, lambda each: each.unit not in units() or each.grade not in "ABCD")
    assert not those(FIGURES, lambda each: each.last_checked < each.period.first_day)


def test_every_figure_is_a_finite_number_within_its_own_spread() -> None:
    assert not those(FIGURES, lambda each: not math.isfinite(each.estimate))
    assert not those(FIGURES, lambda each: not each.spread[0] <= each.estimate <= each.spread[1])


def test_every_source_can_be_looked_up_or_says_that_it_cannot() -> None:
    unexplained = [key for key, each in sources().items() if not each.is_traceable and not each.notes]
    assert [key for key in unexplained if sources()[key].kind != "estimate"] == []


def test_every_source_and_every_unit_is_used() -> None:
    by_figures = {key for each in FIGURES for key in (each.source, *each.also_in)}
    by_instruments = {key for each in instruments().values() for key in (each.source, *each.also_in)}
    assert by_figures | by_instruments == sources().keys()
    assert {each.unit for each in FIGURES} == units().keys()


def test_all_five_papers_are_cited() -> None:
    papers = {key for key, each in sources().items() if each.kind == "paper"}
    assert papers == {"paper_000", "paper_001", "paper_002", "paper_003", "paper_004"}
    assert papers <= {each.source for each in FIGURES}


# --- how far a figure can be trusted is plain -----------------------------------------------------


def test_what_was_read_in_an_excerpt_or_second_hand_is_c_at_best() -> None:
    assert not those(STATED, lambda each: each.provenance != "full" and each.grade < "C")


def test_a_derived_figure_is_no_better_than_its_worst_input() -> None:
    assert not those(DERIVED, lambda each: each.grade < max(figure(key).grade for key in each.inputs))


def test_what_nobody_can_look_up_has_grade_d() -> None:
    lost = [each for each in STATED if not sources()[each.source].is_traceable]
    assert lost
    assert {each.grade for each in lost} == {"D"}


def test_the_implausible_share_of_indonesians_abroad_is_kept_and_marked() -> None:
    each = figure("iom_share_abroad_trafficked")
    assert each.grade == "D"
    assert "never compute with it" in each.notes


def test_nothing_is_derived_from_a_figure_that_must_not_be_computed_with() -> None:
    forbidden = {key for key, each in figures().items() if "compute with it" in each.notes}
    assert not forbidden & {key for each in DERIVED for key in each.inputs}


# --- where sources disagree, both stand -----------------------------------------------------------


def test_a_conflict_is_noted_on_both_sides_with_what_the_difference_is() -> None:
    in_conflict = [each for each in FIGURES if each.conflicts_with]
    assert in_conflict
    assert not those(in_conflict, lambda each: not each.conflict_note)
    assert not those(
        in_conflict,
        lambda each: any(each.key not in figure(other).conflicts_with for other in each.conflicts_with),
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("cambodia_victims_2021", "scam_cambodia_2021"),
        ("cambodia_victims_2022_jan_jul", "ministry_victims_2022.cambodia"),
        ("ministry_victims_2022.cambodia", "scam_citizens_2021_2022.cambodia"),
        ("provinces_concerned_2024", "provinces_concerned_2017"),
        ("indonesians_living_in_cambodia", "indonesians_registered_in_cambodia.y2023"),
        ("scam_victim_share_2020_2024", "scam_victim_share_2020_2025"),
        ("emergency_network_case_study", "emergency_network_conclusion"),
        ("phnom_penh_2022_share_men", "simfoni_share.men"),
        ("departures_postponed.to_21_jun_2023", "passports_postponed.to_21_jun_2023_one_outlet"),
        ("soekarno_hatta_held_2022", "soekarno_hatta_held_2022_tempo.indonesians"),
    ],
)
def test_known_conflicts_stand_with_both_figures(one: str, other: str) -> None:
    assert other in figure(one).conflicts_with


def test_who_is_known_to_be_a_victim_depends_on_who_looked() -> None:
    case = figure("phnom_penh_2022_share_men").estimate
    task_force = figure("task_force_june_2023_share_male").estimate
    register = figure("simfoni_share.men").estimate
    assert case == pytest.approx(93.6, abs=0.05)
    assert task_force == pytest.approx(49.3, abs=0.05)
    assert register == 2.89


# --- what can be computed is computed -------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "by_hand", "as_printed"),
    [
        ("phnom_penh_2022_share_men", 100 * 189 / 202, 93.6),
        ("passport_flag_rate_2019", 100 * 6142 / (9630 * 365), 0.17),
        ("soekarno_hatta_flag_rate_2022", 100 * 3551 / 2_476_181, 0.143),
        ("task_force_june_2023_share_male", 100 * (731 + 44) / 1572, 49.3),
        ("scam_victim_share_2020_2025", 100 * 1500 / 10_000, 15),
        ("scam_victims_2020_2024", 0.40 * 3703, 1481),
        ("ministry_victims_2022_total", 679 + 142 + 97 + 35 + 21, 974),
        ("procedural_workers_2023_share_women", 100 * 167_863 / 274_965, 61),
        ("philippines_2016_yield_trafficking", 100 * 667 / 45_316, 1.5),
        ("philippines_2016_yield_both", 100 * (667 + 601) / 45_316, 2.8),
        ("philippines_2016_yield_per_interview", 100 * (667 + 601) / 111_947, 1.1),
        ("philippines_2020_yield", 100 * 295 / 11_706, 2.5),
        ("philippines_2021_yield_trafficking", 100 * 491 / 13_680, 3.6),
        ("philippines_2021_yield_both", 100 * (491 + 197) / 13_680, 5.0),
        ("philippines_2022_yield", 100 * 472 / 32_404, 1.46),
        ("six_item_multisite_likelihood_ratio", 0.844 / (1 - 0.575), 1.99),
        ("six_item_tablet_precision", 100 * 22 / (22 + 87), 20.2),
        ("six_item_tablet_clear_precision", 100 * 99 / (99 + 4), 96.1),
        ("six_item_emergency_specificity", 100 * (1 - 90 / 192), 53),
        ("qyit_share_victims", 100 * 30 / 340, 8.8),
        ("behaviour_detection_share_no_evidence", 100 * 175 / 178, 98),
    ],
)
def test_a_derived_rate_recomputes_by_hand_and_rounds_to_what_is_printed(
    key: str, by_hand: float, as_printed: float
) -> None:
    digits = len(str(as_printed).partition(".")[2])
    assert figure(key).estimate == pytest.approx(by_hand, rel=1e-3)
    assert figure(key).estimate == pytest.approx(as_printed, abs=0.51 * 10**-digits)


def test_parts_add_up_to_their_published_totals() -> None:
    def total(name: str) -> float:
        return math.fsum(each.estimate for each in family(name).values())

    assert figure("phnom_penh_2022_men").value == 202 - 13
    assert total("scam_citizens_2021_2022") == figure("scam_citizens_2021_2022_total").value == 934
    assert total("scam_citizens_2020_2024") == figure("scam_citizens_2020_2024_total").value == 3703
    assert total("task_force_june_2023") == figure("task_force_june_2023_total").value == 1572
    assert total("karimun_departures_held_2025") == figure("karimun_departures_held_2025_total").value == 47
    assert (
        total("karimun_passports_refused_2025") == figure("karimun_passports_refused_2025_total").value == 42
    )
    assert total("simfoni_share") == pytest.approx(100)
    assert total("trip_purposes_2023") == pytest.approx(99.9)


def test_a_share_of_victims_that_is_in_dispute_is_a_range() -> None:
    assert figure("scam_victim_share").spread == pytest.approx((15, 40))


def test_the_fee_comes_to_three_or_four_months_of_the_promised_pay() -> None:
    assert figure("placement_fee_in_months_of_pay").estimate == pytest.approx(3.56, abs=0.01)
    assert figure("placement_fee_in_months_of_pay").spread == pytest.approx((2.84, 4.42), abs=0.01)


# --- what the scenarios and rulebooks rest on -----------------------------------------------------


@pytest.mark.parametrize(
    ("key", "ends"),
    [
        ("offer_pay_usd", (1000, 1200)),
        ("placement_fee_idr", (50_000_000, 65_000_000)),
        ("instruction_2023_women_age", (17, 45)),
        ("scam_profile_age", (18, 35)),
        ("scam_share_from_north_sumatra", (30, 40)),
        ("procedural_workers_2023_by_destination.cambodia", (49, 49)),
    ],
)
def test_the_facts_of_the_released_scenario(key: str, ends: tuple[float, float]) -> None:
    assert figure(key).spread == ends


def test_the_supply_provinces_are_provinces_that_an_officer_can_see() -> None:
    assert set(figure("supply_provinces").items) <= set(fields()["province"].codes)
    assert len(fields()["province"].codes) == figure("provinces_concerned_2024").value


# --- the ILO's weights are second hand and say so -------------------------------------------------


def test_the_ilo_weights_are_grade_c_and_ask_for_the_primary_source() -> None:
    ilo = instruments()["ilo"]
    assert ilo.grade == "C"
    assert ilo.verify_primary
    assert ilo.provenance == "secondary"
    assert sources()[ilo.source].provenance == "secondary"


def test_only_the_first_three_dimensions_exist_before_departure() -> None:
    ilo = instruments()["ilo"]
    assert [each.number for each in ilo.dimensions.values()] == [1, 2, 3, 4, 5, 6]
    assert [each.number for each in ilo.before_departure.values()] == [1, 2, 3]


def test_no_screener_can_conclude_trafficking_before_departure() -> None:
    ilo = instruments()["ilo"]
    (trafficking,) = [each for each in ilo.outcomes if each.name == "trafficking_for_forced_labour"]
    assert not set(trafficking.all_of) & ilo.before_departure.keys()


def test_the_lists_are_as_long_as_published_but_for_one_indicator() -> None:
    dimensions = instruments()["ilo"].dimensions.values()
    assert [each.published_count for each in dimensions] == [10, 10, 16, 9, 15, 7]
    assert sum(each.published_count for each in dimensions) == 67
    assert [each.published_count - len(each.indicators) for each in dimensions] == [0, 0, 1, 0, 0, 0]


# --- people are spoken of with respect ------------------------------------------------------------


def test_no_text_calls_a_person_a_hit_a_suspect_or_a_positive() -> None:
    banned = re.compile(r"\b(hits?|suspects?|suspected|positives?|illegals?)\b", re.IGNORECASE)
    assert not those(
        FIGURES,
        lambda each: banned.search(f"{each.what} {each.population} {each.notes} {each.conflict_note}"),
    )


# --- what files cite can be looked up --------------------------------------------------------------


def cited(data: Any) -> Iterator[str]:
    """Yield every line under `sources`, at any depth of a file."""
    if isinstance(data, list):
        for each in data:
            yield from cited(each)
    elif isinstance(data, dict):
        for key, each in data.items():
            if key == "sources" and isinstance(each, list):
                yield from each
            else:
                yield from cited(each)


def lines_by_file() -> dict[Path, list[str]]:
    """Return what each of our files cites."""
    files = [path for path in repository_files() if path.suffix == ".toml" and path.parts[0] in PACKAGES]
    return {path: list(cited(tomllib.loads((ROOT / path).read_text(encoding="utf-8")))) for path in files}


def test_every_line_under_sources_cites_a_work_that_is_known() -> None:
    unknown = [
        (path, line) for path, lines in lines_by_file().items() for line in lines if not is_known(line)
    ]
    assert unknown == []


def test_no_reader_is_sent_to_notes_that_nobody_can_open() -> None:
    lines = [line for lines in lines_by_file().values() for line in lines]
    assert any(line.startswith(NOTES) for line in lines)
    assert [work for work in citations(lines) if "handbook" in work.lower()] == []
