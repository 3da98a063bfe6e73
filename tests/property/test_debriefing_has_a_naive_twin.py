"""Every measure of a debrief beside a slow and obvious one, on classes drawn at random."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import pearsonr

from console.debriefing.debrief import seat_debrief
from console.debriefing.detection import rates
from console.debriefing.groups import groups
from console.debriefing.items import items
from console.debriefing.judgements import Case, Judgement
from console.debriefing.noticing import cues, noticed, noticing_sums
from console.debriefing.rating import actions, confident_actions, confident_rating, operating_points, screener
from console.debriefing.second_rounds import second_round
from console.debriefing.shares import share
from tests.unit.debriefing.classes import STAGES, second_of, some_class

Class = tuple[Sequence[Judgement], Mapping[str, Case]]
few = settings(max_examples=25)
classes = st.builds(some_class, st.integers(0, 10_000), st.integers(1, 8), st.integers(1, 10))
flags = st.sampled_from((1, 2))


def is_right(case: Case, action: int, flag: int) -> bool | None:
    """Whether an action is right, by a table; None where that is a matter of law."""
    flags = action >= flag
    return {"victim": flags, "lawful": not flags, "irregular": (None, True, True, False)[action]}[
        case.truth_class
    ]


@few
@given(classes, flags)
def test_rates(of: Class, flag: int) -> None:
    made, cases = of
    missed = stopped = victims = others = 0
    for one in made:
        if cases[one.dossier].truth_class == "victim":
            victims += 1
            if one.action < flag:
                missed += 1
        else:
            others += 1
            if one.action >= flag:
                stopped += 1
    found = rates(made, cases, flag)
    assert (found.misses.count, found.misses.n) == (missed, victims)
    assert (found.false_flags.count, found.false_flags.n) == (stopped, others)
    apart = found.false_flags_lawful.count + found.false_flags_irregular.count
    assert apart == found.false_flags.count


@few
@given(classes, flags)
def test_every_sign_that_was_there_falls_into_exactly_one_class_and_so_does_every_tick(
    of: Class, flag: int
) -> None:
    made, cases = of
    for one in made:
        case = cases[one.dossier]
        found = noticed(one, case, flag)
        seen = [found.underweighted, found.overweighted, found.seen_and_used]
        assert sum(map(len, seen)) + len(found.overlooked) == len(case.present(one.evidence))
        assert sum(map(len, seen)) + len(found.cited_absent) + len(found.cited_unknown) == len(one.indicators)
        for name in STAGES:
            opened = STAGES[name] in one.evidence.split("+")
            there = opened and case.findings[name] == "present"
            absent = opened and case.findings[name] == "absent"
            ticked, is_wrong = name in one.indicators, is_right(case, one.action, flag) is False
            assert (name in found.overlooked) == (there and not ticked)
            assert (name in found.underweighted) == (there and ticked and case.is_victim and is_wrong)
            assert (name in found.overweighted) == (there and ticked and not case.is_victim and is_wrong)
            assert (name in found.seen_and_used) == (there and ticked and not is_wrong)
            assert (name in found.cited_absent) == (ticked and absent)
            assert (name in found.cited_unknown) == (ticked and not there and not absent)


@few
@given(classes, flags)
def test_cues_add_up_to_the_sums(of: Class, flag: int) -> None:
    made, cases = of
    found, sums = cues(made, cases, flag), noticing_sums(made, cases, flag)
    for name in ("overlooked", "underweighted", "overweighted", "cited_absent", "cited_unknown"):
        assert sum(getattr(cue, name).count for cue in found) == getattr(sums, name)
    for name in ("used", "present"):
        assert sum(getattr(cue, name) for cue in found) == getattr(sums, name)
    for cue in found:
        before = [one for one in made if cue.name in cases[one.dossier].present(one.evidence)]
        assert cue.present == sum(cases[one.dossier].is_victim for one in before)
        assert cue.overlooked_elsewhere.n == len(before) - cue.present
        assert cue.overlooked.count + cue.underweighted.n == cue.present
        assert cue.overlooked_elsewhere.count + cue.overweighted.n == cue.overlooked_elsewhere.n
        assert cue.cited_absent.n + cue.cited_unknown.n == len(made) - len(before)


@few
@given(classes, flags)
def test_operating_points_and_areas(of: Class, flag: int) -> None:
    made, cases = of
    for point, least in zip(operating_points(actions(made, cases)), (3, 2, 1), strict=True):
        flagged = [one for one in made if one.action >= least]
        assert point.flagged == sum(cases[one.dossier].is_victim for one in flagged)
        assert point.wrongly == len(flagged) - point.flagged
    rated = confident_actions(made, cases, flag)
    area, won = rated.area(), 0.0
    victims = [one for one in made if cases[one.dossier].is_victim]
    others = [one for one in made if not cases[one.dossier].is_victim]
    for victim in victims:
        for other in others:
            mine, theirs = confident_rating(victim, flag), confident_rating(other, flag)
            won += 1 if mine > theirs else 0.5 if mine == theirs else 0
    if min(len(victims), len(others)) < 2:
        assert area is None
    else:
        assert area is not None
        assert area.estimate == pytest.approx(won / len(victims) / len(others))
    shares = [(point.flagged_share, point.wrongly_share) for point in screener(made, cases).points()]
    assert shares == sorted(shares), "a lower line flags no fewer"


@few
@given(classes, flags)
def test_groups(of: Class, flag: int) -> None:
    made, cases = of
    found = groups(made, cases, flag)
    for kind in found.typologies + found.travellers:  # type: ignore[operator]  # both are lists
        mine = [one for one in made if cases[one.dossier].kind == kind.id]
        counted = [one for one in mine if (one.action >= flag) != cases[one.dossier].is_victim]
        assert (kind.share.n, kind.share.count) == (len(mine), len(counted))
    for one in found.crossings:
        mine = [
            made_one
            for made_one in made
            if cases[made_one.dossier].sex == one.sex
            and cases[made_one.dossier].online_offer == one.online_offer
        ]
        assert one.misses.n + one.false_flags.n == len(mine)


@few
@given(st.builds(some_class, st.integers(0, 10_000), st.integers(1, 20), st.integers(1, 14)), flags)
def test_statistics_of_dossiers(of: Class, flag: int) -> None:
    made, cases = of
    judged = {(one.seat, one.dossier): is_right(cases[one.dossier], one.action, flag) for one in made}
    right = {name: was_right for name, was_right in judged.items() if was_right is not None}
    for item in items(made, cases, flag):
        seats = [seat for seat, dossier in right if dossier == item.dossier]
        assert item.seats == sum(dossier == item.dossier for _, dossier in judged)
        assert (item.judged, item.right) == (len(seats), sum(right[seat, item.dossier] for seat in seats))
        this, rest = [], []
        for seat in seats:
            others = [
                was_right
                for (who, dossier), was_right in right.items()
                if who == seat
                and dossier != item.dossier
                and cases[dossier].is_victim == cases[item.dossier].is_victim
            ]
            if len(others) >= 3:
                this.append(float(right[seat, item.dossier]))
                rest.append(sum(others) / len(others))
        if len(this) < 10 or not 3 <= sum(this) <= len(this) - 3 or len(set(rest)) == 1:
            assert item.discrimination is None
        else:
            assert item.discrimination is not None
            assert item.discrimination.value == pytest.approx(pearsonr(this, rest).statistic, abs=1e-9)


@few
@given(classes, flags, st.integers(0, 1000))
def test_second_rounds(of: Class, flag: int, seed: int) -> None:
    made, cases = of
    second = second_of(made, seed)
    found = second_round(made, second, cases, flag)
    counted: Counter[tuple[bool | None, bool, bool]] = Counter()
    righter = wronger = 0
    for again in second:
        once = next(one for one in made if (one.seat, one.dossier) == (again.seat, again.dossier))
        case = cases[once.dossier]
        least = 3 if case.truth_class == "irregular" else flag
        recommended = case.screened[once.evidence].recommendation
        said = recommended >= least
        before, after = (one.action >= least for one in (once, again))
        counted[is_right(case, recommended, flag), before == said, before != after] += 1
        first, then = (is_right(case, one.action, flag) for one in (once, again))
        righter += first is False and then is True
        wronger += first is True and then is False
    assert found.n == len(second)
    for right, turned in ((True, found.screener_right), (False, found.screener_wrong)):
        for agreed, moved in ((False, turned.switched), (True, turned.left)):
            assert moved.count == counted[right, agreed, True]
            assert moved.n == moved.count + counted[right, agreed, False]
    assert (found.made_right, found.made_wrong) == (righter, wronger)


@few
@given(classes)
def test_judgements_fall_into_as_many_sets_as_the_busiest_seat_or_dossier_needs(of: Class) -> None:
    """Pick sets without a seat or dossier twice, one by one: none is needed beyond a proper colouring's."""
    made, _ = of
    found = share(made, lambda one: one.action >= 2)
    if found.seats <= 1:
        assert found.independent == found.n
        return
    busiest = max(
        sum(getattr(other, name) == getattr(one, name) for other in made)
        for one in made
        for name in ("seat", "dossier")
    )
    assert found.independent == found.n // busiest
    assert found.independent <= min(found.seats, found.dossiers)
    assert found.low <= found.count / found.n <= found.high


@few
@given(classes, flags)
def test_of_one_seat_everything_is_finite_or_says_that_it_has_no_limit(of: Class, flag: int) -> None:
    made, cases = of
    own = [one for one in made if one.seat == "s0"]
    found = seat_debrief(own, [], cases, flag)
    if found.detection is not None:
        for estimate in (found.detection.dprime, found.detection.criterion):
            assert math.isfinite(estimate.value)
            assert estimate.low <= estimate.value <= estimate.high
