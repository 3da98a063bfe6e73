"""Screened files: what is written is what is read back."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from console.screened import read_screened, screened_batch
from dossier.recommendations import Recommendation
from dossier.stages import Stage
from dossier.tables import MARK
from screening.referral import agency_names, headline_stage
from screening.referral_policy import NOBODY, load_policy
from screening.screener import OVERRIDE
from tests.unit.screening.desks import assessment, cohort, screener


@pytest.fixture(scope="module")
def batch() -> pa.RecordBatch:
    return screened_batch(screener(), {stage: assessment(stage) for stage in Stage})


def written(batch: pa.RecordBatch, folder: Path, parts: int = 1) -> Path:
    """Write a batch as several files."""
    size = -(-len(batch) // parts)
    for part in range(parts):
        table = pa.Table.from_batches([batch.slice(part * size, size)])
        pq.write_table(table, folder / f"part-{part:05d}.parquet")
    return folder


@pytest.mark.parametrize("parts", [1, 3])
def test_everything_comes_back_as_it_was(batch: pa.RecordBatch, parts: int, tmp_path: Path) -> None:
    found = read_screened(written(batch, tmp_path, parts))
    headline = assessment(headline_stage())
    assert (found.applicants == headline.applicants).all()
    for stage in Stage:
        assert (found.risk[stage.label] == assessment(stage).risk).all()
    assert (found.recommendation == headline.recommendation).all()
    assert (found.leading == headline.score.leading).all()
    assert (found.agency == np.where(headline.is_flagged, headline.agency, -1)).all()
    assert (found.route == np.where(headline.is_flagged, headline.route, -1)).all()
    assert found.routes == screener().referral.route_ids
    assert found.policy == "saring-2026"
    assert found.patterns == screener().cards.families
    assert found.thresholds == dict(screener().operating_point.thresholds)


def test_a_batch_carries_the_mark_and_says_who_screened(batch: pa.RecordBatch) -> None:
    metadata = batch.schema.metadata
    assert metadata[MARK] == b"true"
    assert metadata[b"saring.cards"].decode() == screener().cards.id
    assert metadata[b"saring.rulebook"].decode() == screener().rulebook.rulebook.id


def test_a_batch_can_be_read_by_anybody(batch: pa.RecordBatch) -> None:
    frame = batch.to_pandas()
    headline = assessment(headline_stage())
    assert frame["recommendation"].tolist() == [Recommendation(r).label for r in headline.recommendation]
    assert set(frame["agency"].dropna()) <= set(agency_names())
    overridden = assessment(Stage.CHECKPOINT).risk == OVERRIDE
    assert (np.isposinf(frame["risk_checkpoint"]) == overridden).all()
    fired = frame["rules"].str.split().str.len()
    assert fired.sum() == sum((found == 2).sum() for found in headline.evidence.outcomes.values())


def test_whoever_nobody_receives_is_named_so_and_comes_back_so(tmp_path: Path) -> None:
    paper = replace(screener(), referral=load_policy("paper-004"))
    headline = paper.assess(cohort().dossiers, headline_stage())
    batch = screened_batch(paper, {headline_stage(): headline})
    turned_away = headline.is_flagged & (headline.agency == NOBODY)
    assert turned_away.any()
    assert (batch.to_pandas()["agency"] == "nobody").tolist() == turned_away.tolist()
    found = read_screened(written(batch, tmp_path))
    assert (found.agency == np.where(headline.is_flagged, headline.agency, NOBODY)).all()
    assert (found.route >= 0).tolist() == headline.is_flagged.tolist()
    assert (found.policy, found.routes) == ("paper-004", paper.referral.route_ids)


def test_one_stage_alone_can_be_written(tmp_path: Path) -> None:
    batch = screened_batch(screener(), {Stage.COUNTER: assessment(Stage.COUNTER)})
    found = read_screened(written(batch, tmp_path))
    assert list(found.risk) == ["counter"]
    assert (found.recommendation == assessment(Stage.COUNTER).recommendation).all()
