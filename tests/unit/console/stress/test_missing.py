"""Missing answers: who loses which, and that everything else stays."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from console.stress.frame import Finding
from console.stress.missing import TOGETHER, Desk, emptied, is_asked, missing
from console.stress.settings import settings
from dossier.dossiers import Dossiers
from dossier.fields import MISSING, NOT_APPLICABLE, fields_visible_at
from dossier.stages import Stage
from tests.unit.console.stress.people import mixed, quiet, setting

SHARES = (0.1, 0.3, 0.6)


@cache
def measured() -> Finding:
    return missing(setting(victims=400, others=400), quiet)


def desk() -> Desk:
    here = mixed()
    return Desk(here.judge, here.victims, here.seed, "victims")


def test_what_does_not_apply_stays_so_and_what_is_missing_stays_missing() -> None:
    one = Dossiers(np.arange(4), {"debt": np.array([0, 2, MISSING, NOT_APPLICABLE], dtype=np.int8)})
    everybody = emptied(one, {"debt": np.ones(4, dtype=bool)})
    assert everybody.columns["debt"].tolist() == [MISSING, MISSING, MISSING, NOT_APPLICABLE]
    assert everybody.columns["debt"].dtype == np.int8
    assert one.columns["debt"].tolist() == [0, 2, MISSING, NOT_APPLICABLE]


def test_whoever_is_without_an_answer_at_a_share_is_without_it_at_every_larger_one() -> None:
    lot = desk().lot("debt")
    without = [lot < share for share in SHARES]
    assert (without[0] <= without[1]).all()
    assert (without[1] <= without[2]).all()
    assert [float(rows.mean()) for rows in without] == pytest.approx(SHARES, abs=0.04)


def test_every_field_has_its_own_people() -> None:
    assert abs(np.corrcoef(desk().lot("debt"), desk().lot("visa"))[0, 1]) < 0.1


@pytest.mark.parametrize("name", ["stated_country", "debt", "sex"])
def test_each_share_is_what_screening_everybody_anew_finds(name: str) -> None:
    """A person without an answer is screened once for all shares; the naive twin screens all, for each."""
    here = desk()
    judge, dossiers = here.judge, here.judged.dossiers
    for share, found in zip(SHARES, here.flagged_without(name, SHARES), strict=True):
        values = dossiers.columns[name].copy()
        for person in np.flatnonzero((here.lot(name) < share) & is_asked(values)):
            values[person] = MISSING
        naive = Dossiers(dossiers.applicants, {**dossiers.columns, name: values})
        assert (found == (judge.screener.assess(naive, judge.stage).risk >= judge.threshold)).all()


def test_a_field_that_nobody_reads_changes_nothing() -> None:
    rows = [row for row in measured().rows if row.key == "dependants"]
    assert rows
    for row in rows:
        assert row.miss_change is not None
        assert (row.miss_change.only_first, row.miss_change.only_second) == (0, 0)


def test_every_field_seen_by_then_is_there_and_the_most_harmful_one_first() -> None:
    found = measured()
    shares = settings().missing.shares
    last = [row for row in found.rows if row.at == shares[-1]]
    assert last[0].key == TOGETHER
    assert {row.key for row in last[1:]} == set(fields_visible_at(Stage.VERIFICATION))
    harm = [row.miss_change.estimate for row in last[1:] if row.miss_change]
    assert harm == sorted(harm, reverse=True)
    assert len(found.rows) == len(shares) * len(last)


def test_the_number_of_workers_changes_nothing() -> None:
    few = setting(victims=150, others=150)
    one, three = (missing(replace(few, workers=workers), quiet).to_json() for workers in (1, 3))
    assert one == three
