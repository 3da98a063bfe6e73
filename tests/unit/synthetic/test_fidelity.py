"""The parts of the fidelity report: each sees the fault that it is there to see, and no fault where there is none."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta
from sklearn.metrics import roc_auc_score

from dossier.fields import NOT_APPLICABLE, fields
from dossier.problems import BadInput
from dossier.stages import Stage
from dossier.texts import Text
from dossier.truth import TruthClass
from synthetic.audit import Separation, judge_afresh, modules_with
from synthetic.compile import compile_world
from synthetic.draw import Drawn, Plan
from synthetic.entities import LINKS
from synthetic.fidelity import (
    ceiling,
    drift,
    gathered,
    grades,
    networks,
    noise,
    sensitivity,
    shortcuts,
    targets,
)
from synthetic.fidelity.counts import Area, Share, agrees, at_least, at_most, whole
from synthetic.fidelity.settings import codes_named, groupings, settings
from synthetic.mechanisms import LAYERS, mechanisms
from synthetic.provenance import numbers_of
from synthetic.scenarios import Target, load_scenario
from synthetic.world import World

SMALL = 6_000
TITLE = Text(en="x", id="x")

SUPPORTED = """
[scenario]
id = "own"
version = "1"
year = 2022
size = 1000
title = { en = "x", id = "x" }
narrative = { en = "x", id = "x" }
learning_aims = []
sources = []

[mix]
"journey.overseas_hire" = { share = 0.9 }
"typology.online_scam" = { share = 0.1 }

[overlay."typology.online_scam"]
why = "x"

[overlay."typology.online_scam".table]
province = { north_sumatra = 0.32, jakarta = 0.5, bali = 0.18, evidence = "scam_share_from_north_sumatra" }
"""


@pytest.fixture(scope="module")
def cohort(world: World) -> gathered.Gathered:
    return gathered.gather(Plan(world, 4, SMALL))


# --- counts ---------------------------------------------------------------------------------------------


@given(st.integers(1, 400), st.data())
def test_the_interval_of_a_share_is_clopper_and_pearsons(n: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, n))
    low, high = Share(count, n).interval(0.95)
    assert low == pytest.approx(0 if count == 0 else beta.ppf(0.025, count, n - count + 1))
    assert high == pytest.approx(1 if count == n else beta.ppf(0.975, count + 1, n - count))


def test_a_share_of_nobody_says_nothing() -> None:
    assert (Share(0, 0).estimate, Share(0, 0).interval()) == (None, (0.0, 1.0))


@given(st.lists(st.integers(0, 5), min_size=1), st.lists(st.integers(0, 5), min_size=1))
def test_the_area_is_that_of_scikit_learn(first: list[int], second: list[int]) -> None:
    found = Area.of(np.array(first, dtype=float), np.array(second, dtype=float))
    label = np.repeat([1, 0], [len(first), len(second)])
    assert found.estimate == pytest.approx(roc_auc_score(label, [*first, *second]))
    low, high = found.interval()
    assert 0 <= low <= found.estimate <= high <= 1


def test_the_interval_of_an_area_covers_it_as_often_as_it_says() -> None:
    """Normal scores a standard deviation apart have an area of 0.760."""
    draws = np.random.default_rng(5).normal(size=(400, 2, 60)) + np.array([1.0, 0.0])[None, :, None]
    ends = [Area.of(*draw).interval(0.9) for draw in draws]
    covered = np.mean([low <= 0.7602 <= high for low, high in ends])
    assert 0.85 < covered < 0.96


def test_a_verdict_rests_on_the_interval() -> None:
    assert at_most((0.6, 0.8), 0.7) == at_least((0.6, 0.8), 0.7) == "cannot tell"
    assert at_least((0.71, 0.8), 0.7) == "met"
    assert at_least((0.6, 0.69), 0.7) == "not met"
    assert agrees((0.0, 0.2), (0.15, 0.9), width=0.01) == "met"
    assert whole(["met", "cannot tell", "not met"]) == "not met"


# --- targets --------------------------------------------------------------------------------------------


def test_a_target_that_is_off_is_not_met_and_one_that_is_hit_is() -> None:
    off = Target(title=TITLE, low=0.8, high=0.9, evidence=("offer_pay_usd",), where={"sex": ("male",)})
    assert targets.judged("men", off, Share(500, 1000)).verdict == "not met"
    assert targets.judged("men", off, Share(850, 1000)).verdict == "met"


def test_a_target_seen_on_a_handful_cannot_be_judged() -> None:
    narrow = Target(title=TITLE, low=0.8, high=0.82, evidence=("offer_pay_usd",), where={"sex": ("male",)})
    assert targets.judged("men", narrow, Share(4, 5)).verdict == "cannot tell"


def test_a_published_count_brings_its_own_interval() -> None:
    men = Target(
        title=TITLE, figure="phnom_penh_2022_men", of="phnom_penh_2022_victims", where={"sex": ("male",)}
    )
    said = targets.published(men)
    assert said.counts == Share(189, 202)
    assert said.low < 189 / 202 < said.high
    assert said.keys == ("phnom_penh_2022_men", "phnom_penh_2022_victims")


def test_targets_count_true_answers_of_victims_alone(world: World, drawn: Drawn) -> None:
    men = Target(title=TITLE, low=0, high=1, where={"sex": ("male",)}, among={"age": ("18", "21-24")})
    everybody = np.ones(len(drawn), dtype=bool)
    count, n = targets.counted(world, drawn, men, {})
    victims = gathered.classes_of(world, drawn.kinds) == TruthClass.VICTIM
    young = victims & np.isin(drawn.truth["age"], codes_named("age", ("18", "21")))
    assert n == young.sum() > 0
    assert count == (young & (drawn.truth["sex"] == fields()["sex"].code("male"))).sum()
    seen = {"embassy": everybody & (np.arange(len(drawn)) % 2 == 0)}
    assert targets.counted(world, drawn, men.model_copy(update={"channel": "embassy"}), seen)[1] < n


# --- the oracle -----------------------------------------------------------------------------------------


def test_the_ceiling_counts_each_victim_once_by_tier_and_once_in_each_grouping(world: World) -> None:
    judged = judge_afresh(world, Stage.COUNTER, 3, victims=800, others=1500)
    kinds = ceiling.by_kind(world, judged, 0.05)
    assert kinds[0].missed.n == sum(k.missed.n for k in kinds if k.tier) == 800
    assert kinds[0].missed.count == sum(k.missed.count for k in kinds if k.tier)
    groups = ceiling.by_group(judged, 0.05)
    for name in groupings():
        own = [group for group in groups if group.field == name]
        assert sum(group.missed.n for group in own) == 800
        assert sum(group.flagged.n for group in own) == 1500


def test_every_code_belongs_to_one_group() -> None:
    for name, groups in groupings().items():
        codes = [code for labels in groups.values() for code in codes_named(name, labels)]
        assert sorted(codes) == list(range(fields()[name].size))


def test_probabilities_that_come_true_are_calibrated_and_exaggerated_ones_are_not() -> None:
    random = np.random.default_rng(2)
    odds = random.normal(-2, 2, 20_000)
    is_victim = random.random(len(odds)) < 1 / (1 + np.exp(-odds))
    honest, boastful = ceiling.calibration(odds, is_victim), ceiling.calibration(2 * odds, is_victim)
    assert honest.verdict == "met"
    assert boastful.verdict == "not met"
    assert honest.expected_error < boastful.expected_error
    assert sum(each.victims.n for each in honest.bins) == len(odds)


def test_the_oracle_is_calibrated_on_its_own_world(world: World) -> None:
    people, odds = ceiling.mixed(world, Stage.COUNTER, 8, 4000)
    counted = gathered.counted_rows(world, people.kinds)
    kinds = people.kinds[counted]
    assert ceiling.calibration(odds[counted], ceiling.victims_of(world, kinds)).verdict == "met"


def test_the_head_of_a_perfect_ranking_is_all_victims(world: World, drawn: Drawn) -> None:
    kinds = drawn.kinds[gathered.counted_rows(world, drawn.kinds)]
    victims = ceiling.victims_of(world, kinds)
    perfect, useless = (
        ceiling.top(world, kinds, victims.astype(np.float64)),
        ceiling.top(world, kinds, (~victims).astype(np.float64)),
    )
    assert perfect.groups["victims"] == Share(int(victims.sum()), int(victims.sum()))
    assert useless.groups["victims"].count == 0
    for top in (perfect, useless):
        assert sum(share.count for share in top.groups.values()) == top.k
        assert sum(share.count for share in top.all_groups.values()) == top.n


# --- shortcuts ------------------------------------------------------------------------------------------


def test_a_field_beyond_its_bound_fails_and_a_declared_exception_does_not(world: World) -> None:
    found = [Separation("typology.x", "debt", 0.8, 0.5), Separation("typology.x", "contract", 0.6, 0.5)]
    told = shortcuts.strongest(world, found, 20_000)
    assert {(each.field, each.what): each.verdict for each in told} == {
        ("debt", "codes"): "not met",
        ("debt", "emptiness"): "met",
    }
    head = world.scenario.scenario.model_copy(update={"exempt": (_exempt("debt", 0.85),)})
    scenario = world.scenario.model_copy(update={"scenario": head})
    (codes, *_) = shortcuts.strongest(replace(world, scenario=scenario), found, 20_000)
    assert (codes.verdict, codes.declared, codes.bound) == ("met", True, 0.85)


def _exempt(field: str, bound: float) -> object:
    from synthetic.scenarios import Exempt

    return Exempt(field=field, bound=bound, sources=("x",), why="x")


def test_a_small_tree_finds_a_planted_label(world: World) -> None:
    judged = judge_afresh(world, Stage.COUNTER, 3, victims=1200, others=3000)
    rules = {each.name: each.verdict for each in shortcuts.small_trees(judged, Stage.COUNTER, 1)}
    assert rules["tree of depth 2"] == "met"
    planted = replace(
        judged,
        victims=_with_code(judged.victims, "stated_purpose", 0),
        others=_with_code(judged.others, "stated_purpose", 1),
    )
    rules = {each.name: each.verdict for each in shortcuts.small_trees(planted, Stage.COUNTER, 1)}
    assert rules["tree of depth 2"] == rules["tree of depth 3"] == "not met"


def test_planted_emptiness_is_found(world: World) -> None:
    judged = judge_afresh(world, Stage.COUNTER, 3, victims=1200, others=3000)
    empty = replace(judged, victims=_with_code(judged.victims, "education", -1))
    assert shortcuts.small_trees(judged, Stage.COUNTER, 1)[-1].verdict == "met"
    assert shortcuts.small_trees(empty, Stage.COUNTER, 1)[-1].verdict == "not met"


def _with_code(drawn: Drawn, name: str, code: int) -> Drawn:
    return replace(drawn, observed={**drawn.observed, name: np.full(len(drawn), code, dtype=np.int8)})


def test_sorted_rows_are_found_and_shuffled_ones_are_chance(cohort: gathered.Gathered) -> None:
    assert shortcuts.order_of_rows(cohort).verdict != "not met"
    order = np.argsort(cohort.is_victim, kind="stable")
    by_label = replace(cohort, kinds=cohort.kinds[order])
    assert shortcuts.order_of_rows(by_label).verdict == "not met"
    by_number = replace(cohort, applicants=np.argsort(np.argsort(cohort.is_victim, kind="stable")))
    assert shortcuts.order_of_rows(by_number).verdict == "not met"


# --- networks -------------------------------------------------------------------------------------------


def test_networks_have_as_many_members_as_there_are(cohort: gathered.Gathered) -> None:
    sizes = networks.network_sizes(cohort)
    assert sum(band.drawn_members for band in sizes) == (cohort.network >= 0).sum()
    assert sum(band.drawn for band in sizes) == len(np.unique(cohort.network[cohort.network >= 0]))
    planned = sum(band.planned_members for band in sizes)
    assert planned == pytest.approx((cohort.network >= 0).sum(), rel=0.25, abs=20)


def test_links_count_everybody_who_shares(cohort: gathered.Gathered) -> None:
    found = networks.links(cohort)
    for name, what in LINKS.items():
        own = [band for band in found if band.link == what]
        assert sum(band.n for band in own) == (cohort.actors[name] >= 0).sum()
        assert all(sum(band.by_class.values()) == band.n for band in own)
    degrees = {each.link: sum(each.actors.values()) for each in networks.degrees(cohort)}
    assert degrees["phone"] == len(np.unique(cohort.actors["phone_applicants"])) - 1


def test_a_link_that_only_victims_have_fails(cohort: gathered.Gathered) -> None:
    assert {band.verdict for band in networks.links(cohort)} <= {"met", "cannot tell"}
    bands = {
        name: np.where(cohort.is_victim, codes, 0).astype(np.int8) for name, codes in cohort.bands.items()
    }
    assert "not met" in {band.verdict for band in networks.links(replace(cohort, bands=bands))}


def test_members_who_come_together_are_a_burst(cohort: gathered.Gathered) -> None:
    whole_ = np.where(cohort.network >= 0, cohort.network % 3, -1)
    together = replace(cohort, network=whole_, month=np.maximum(whole_, 0).astype(np.int8))
    found = networks.bursts(together)
    assert found.busiest.count == found.busiest.n > found.by_chance.count


# --- drift ----------------------------------------------------------------------------------------------


def test_a_month_without_victims_fails_where_some_are_expected(world: World) -> None:
    cohort = gathered.gather(Plan(world, 4, 40_000))
    assert drift.drift(cohort).verdict == "met"
    away = replace(
        cohort, month=np.where(cohort.is_victim & (cohort.month == 3), 4, cohort.month).astype(np.int8)
    )
    assert drift.drift(away).verdict == "not met"


def test_an_answer_that_moves_with_the_month_stands_first(cohort: gathered.Gathered) -> None:
    moved = {**cohort.observed, "sex": (cohort.month >= 6).astype(np.int8)}
    first = drift.drift(replace(cohort, observed=moved)).fields[0]
    assert (first.field, round(first.association, 6)) == ("sex", 1.0)
    assert [share.estimate for share in first.by_month] in ([0.0] * 6 + [1.0] * 6, [1.0] * 6 + [0.0] * 6)


# --- the mechanism log ----------------------------------------------------------------------------------


def test_replaying_the_log_explains_every_cell_and_a_missing_entry_shows(world: World, drawn: Drawn) -> None:
    columns = mechanisms(world, [drawn])
    row_of = {applicant: row for row, applicant in enumerate(drawn.applicants.tolist())}
    log = noise.Log(
        np.array([row_of[each] for each in columns["applicant"].tolist()]),
        np.array([list(fields()).index(each) for each in columns["field"].to_pylist()]),
        np.array([LAYERS.index(each) for each in columns["layer"].to_pylist()]),
        np.asarray(columns["original"].fill_null(NOT_APPLICABLE), dtype=np.int8),
    )
    changed, unexplained, idle = noise.replayed(drawn.observed, drawn.declared, log, 1)
    assert changed == (log.layer == 1).sum() > 0
    assert (unexplained, idle) == (0, 0)
    assert noise.replayed(drawn.declared, drawn.truth, log, 0)[1:] == (0, 0)
    last = np.flatnonzero(log.layer == 1)[-1]
    kept = np.arange(len(log.row)) != last
    without = noise.Log(log.row[kept], log.field[kept], log.layer[kept], log.original[kept])
    assert noise.replayed(drawn.observed, drawn.declared, without, 1)[1:] == (1, 0)
    name = list(fields())[log.field[last]]
    undone = drawn.observed[name].copy()
    undone[log.row[last]] = log.original[last]
    assert noise.replayed({**drawn.observed, name: undone}, drawn.declared, log, 1)[1:] == (0, 1)


def test_losses_at_other_rates_than_declared_show(world: World) -> None:
    plan = Plan(world, 4, 20_000)
    assert {each.field for each in noise.recorded(plan) if each.verdict != "met"} == set()
    recordings = dict(plan.world.recordings)
    recordings["income_idr"] = replace(recordings["income_idr"], missing=recordings["income_idr"].missing / 2)
    silent = _Claims(plan, replace(world, recordings=recordings))
    assert {each.field for each in noise.recorded(silent) if each.verdict != "met"} == {"income_idr"}  # type: ignore[arg-type]


class _Claims:
    """A plan that draws as it does and declares other rates."""

    def __init__(self, plan: Plan, world: World) -> None:
        self.size, self.draw, self.world = plan.size, plan.draw, world


# --- sensitivity and grades -----------------------------------------------------------------------------


def test_shares_with_a_range_and_camouflage_are_parameters(world_of: Callable[[str], World]) -> None:
    scenario = world_of("phnom_penh_2022").scenario
    found = {each.name: each for each in sensitivity.parameters(scenario)}
    ranged = {f"share of {id_}" for id_, share in scenario.mix.items() if share.low is not None}
    assert ranged <= set(found)
    assert "camouflage of all typologies" in found
    for each in found.values():
        assert each.low <= each.value <= each.high
        for end in (each.at_low, each.at_high):
            assert sum(share.share for share in end.mix.values()) == pytest.approx(1)
            compile_world(end)


def test_more_camouflage_hides_more_victims(world_of: Callable[[str], World]) -> None:
    scenario = world_of("phnom_penh_2022").scenario
    typologies = modules_with(world_of("phnom_penh_2022"), TruthClass.VICTIM)
    less, more = (sensitivity.with_camouflage(scenario, typologies, step) for step in (-1.0, 1.0))
    counts = [_missed(compile_world(each)) for each in (less, scenario, more)]
    assert counts[0] < counts[1] < counts[2]


def _missed(world: World) -> int:
    judged = judge_afresh(world, Stage.INTERVIEW, 3, victims=800, others=1500)
    return int((judged.victim_odds < judged.limit(0.05)).sum())


def test_another_number_of_a_table_leaves_it_a_distribution() -> None:
    from evidence import figure
    from synthetic.modules import Numbers

    said = figure("scam_share_from_north_sumatra")
    typed = Numbers(values={"a": 0.3, "b": 0.5, "c": 0.2})
    table = sensitivity.changed_values(typed, "a", 0.6, said, is_table=True)
    assert table == pytest.approx({"a": 0.6, "b": 0.4 * 0.5 / 0.7, "c": 0.4 * 0.2 / 0.7})
    odds = sensitivity.changed_values(typed, "a", 0.6, said, is_table=False)
    assert odds == {"a": 0.6, "b": 0.5, "c": 0.2}
    figures = Numbers(figures={"men": "phnom_penh_2022_men", "women": "phnom_penh_2022_women"})
    men = figure("phnom_penh_2022_men")
    changed = sensitivity.changed_values(figures, "men", 13, men, is_table=True)
    assert changed == pytest.approx({"men": 0.5, "women": 0.5})


def test_a_number_within_the_spread_of_its_figure_is_a_parameter(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(SUPPORTED, encoding="utf-8")
    (found,) = [each for each in sensitivity.parameters(load_scenario(path)) if each.basis == "evidence"]
    assert found.name == "typology.online_scam: province, north_sumatra"
    assert (found.low, found.value, found.high) == (0.3, 0.32, 0.4)
    shares = [_share_of_north_sumatra(compile_world(end)) for end in (found.at_low, found.at_high)]
    assert shares == pytest.approx([0.3, 0.4])


def _share_of_north_sumatra(world: World) -> float:
    (province,) = [each for each in world.conditionals if each.name == "province"]
    victim = [kind.truth_class for kind in world.kinds].index(TruthClass.VICTIM)
    return float(province.truth[victim, :, fields()["province"].code("north_sumatra")].mean())


def test_every_number_has_one_grade(world: World) -> None:
    numbers = numbers_of(world.scenario)
    whole_, *parts = grades.graded(numbers)
    assert whole_.n == len(numbers) == sum(part.n for part in parts)
    for part in (whole_, *parts):
        assert sum(part.by_grade.values()) == part.n


# --- the whole ------------------------------------------------------------------------------------------


def test_a_cohort_too_large_to_hold_is_refused(world: World) -> None:
    with pytest.raises(BadInput, match="at most"):
        gathered.gather(Plan(world, 1, settings().sizes.largest_cohort + 1))


def test_a_cohort_that_was_tampered_with_is_unexplained(world: World, tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from synthetic.cohort import plan_for
    from synthetic.cohort_files import write_manifests, write_part

    plan = plan_for(world, 400, 3)
    write_part(plan, tmp_path, 0)
    write_manifests(plan, tmp_path)
    found = noise.reconcile(tmp_path)
    assert (found.verdict, found.unexplained, found.idle) == ("met", 0, 0)
    assert found.changed == sum(found.by_mechanism.values()) > 0
    assert found.n == 400 * len(fields())
    path = tmp_path / "observed" / "part-00000.parquet"
    table = pq.read_table(path)
    place = table.schema.get_field_index("dependants")
    emptied = pa.nulls(len(table), table.schema.field(place).type)
    pq.write_table(table.set_column(place, table.schema.field(place), emptied), path)
    assert noise.reconcile(tmp_path).unexplained > 0
