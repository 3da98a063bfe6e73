"""Screened files: what `saring run` and `saring screen` write, and what `saring evaluate` reads.

One row for each applicant: the risk at every stage, and at the headline stage the recommendation, the pattern
it resembles most, the receiving agency, the grounds of a referral and the rules that fired. Like every file
of ours it carries the synthetic mark.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from dossier.problems import BadInput, Problem, raise_if_any
from dossier.recommendations import Recommendation
from dossier.stages import Stage
from dossier.tables import APPLICANT, MARK, check_mark, known_codes
from screening.evaluation.outcomes import whole_hundredths
from screening.referral import headline_stage
from screening.referral_policy import NOBODY
from screening.screener import (
    NOBODY_WORD,
    OVERRIDE,
    RECEIVERS,
    Assessment,
    Screener,
    fired_rules,
    receivers,
)

THRESHOLDS = b"saring.thresholds"
PATTERNS = b"saring.patterns"
ROUTES = b"saring.routes"
POLICY = b"saring.policy"
STAGE = b"saring.stage"
SCENARIO = b"saring.scenario_hash"
SAME = {
    THRESHOLDS: "at other thresholds",
    STAGE: "with the recommendation of another stage",
    PATTERNS: "by cards for other patterns",
    ROUTES: "under another policy of referral",
    POLICY: "under another policy of referral",
    b"saring.cards": "by other cards",
    b"saring.rulebook": "by another rulebook",
    SCENARIO: "from another scenario",
}
"""What all parts of one screening have in common, and what to say of a part that has it not."""


@dataclass(frozen=True)
class Screened:
    """Screened applicants, as read back.

    Attributes:
        applicants: Shape (n,).
        risk: Shape (n,) by stage label: hundredths.
        recommendation, agency, route, leading: Shape (n,): codes; -1 in `agency` and `route` for whoever is
            not referred, and in `agency` for whoever is turned away.
        thresholds: Hundredths, by stage label.
        patterns: Typology families by index.
        routes: Routes of the policy by index.
        policy: Id of the policy of referral.
        stage: Label of the stage whose recommendation it is.
        scenario_hash: Hash of the scenario whose people they are; None where the files do not say it.
    """

    applicants: npt.NDArray[np.int64]
    risk: Mapping[str, npt.NDArray[np.int32]]
    recommendation: npt.NDArray[np.int8]
    agency: npt.NDArray[np.int8]
    route: npt.NDArray[np.int8]
    leading: npt.NDArray[np.int8]
    thresholds: Mapping[str, int]
    patterns: tuple[str, ...]
    routes: tuple[str, ...]
    policy: str
    stage: str
    scenario_hash: str | None = None


def screened_batch(
    screener: Screener,
    assessments: Mapping[Stage, Assessment],
    stage: Stage | None = None,
    scenario_hash: str | None = None,
) -> pa.RecordBatch:
    """Return one batch of screened applicants.

    Args:
        screener: Who screened.
        assessments: Of the same dossiers, by stage.
        stage: The stage whose recommendation stands in the file; the usual headline stage when left out.
        scenario_hash: Of the scenario whose people they are, where that is known. The same seed gives people
            of two scenarios the same identity numbers, and only this tells the one truth from the other.
    """
    headline = assessments.get(stage or headline_stage()) or assessments[max(assessments)]
    columns: dict[str, pa.Array] = {APPLICANT: pa.array(headline.applicants)}
    for at, found in assessments.items():
        columns[f"risk_{at.label}"] = pa.array(np.where(found.risk == OVERRIDE, np.inf, found.risk / 100))
    columns["recommendation"] = _dictionary(headline.recommendation, [r.label for r in Recommendation])
    columns["resembles"] = _dictionary(headline.score.leading, screener.cards.families)
    columns["agency"] = _dictionary(receivers(headline), RECEIVERS)
    grounds = np.where(headline.is_flagged, headline.route, -1).astype(np.int8)
    columns["grounds"] = _dictionary(grounds, screener.referral.route_ids)
    spelled, combination = fired_rules(headline)
    columns["rules"] = pa.array(spelled, type=pa.string()).take(pa.array(combination))
    marks = {
        MARK: b"true",
        THRESHOLDS: json.dumps(
            {s.label: screener.operating_point.threshold(s) for s in assessments}
        ).encode(),
        PATTERNS: json.dumps(screener.cards.families).encode(),
        ROUTES: json.dumps(screener.referral.route_ids).encode(),
        POLICY: screener.referral.id.encode(),
        STAGE: headline.stage.label.encode(),
        b"saring.cards": screener.cards.id.encode(),
        b"saring.rulebook": screener.rulebook.rulebook.id.encode(),
    }
    if scenario_hash is not None:
        marks[SCENARIO] = scenario_hash.encode()
    batch = pa.RecordBatch.from_arrays(list(columns.values()), names=list(columns))
    return batch.replace_schema_metadata(marks)


def read_screened(path: Path) -> Screened:
    """Read a screened folder or file.

    Raises:
        BadInput: If it is not what `saring screen` wrote, or its parts are not those of one screening.
    """
    files = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    if not files or not files[0].is_file():
        raise BadInput.of(
            "there are no screened files here",
            where=str(path),
            mend="Give the folder that `saring screen` wrote.",
        )
    tables = list(_tables(files))
    _check_same(files, [table.schema for table in tables])
    try:
        return _screened(pa.concat_tables(tables), tables[0].schema.metadata, str(path))
    except (KeyError, TypeError, ValueError, RecursionError, pa.ArrowException) as error:
        raise BadInput.of(
            f"this is not what `saring screen` wrote ({error})",
            where=str(path),
            mend="Screen the cohort again.",
        ) from None


def _check_same(files: Sequence[Path], schemas: Sequence[pa.Schema]) -> None:
    """Raise where a part was screened otherwise than the first; the two together are no one screening."""
    first = schemas[0]
    problems = []
    for file, schema in zip(files[1:], schemas[1:], strict=True):
        other = [said for key, said in SAME.items() if schema.metadata.get(key) != first.metadata.get(key)]
        if schema.names != first.names:
            other.append("at other stages, or with other columns")
        mend = "Screen the whole cohort at once, into a folder of its own."
        problems += [
            Problem(f"this part was screened {said} than {files[0].name}", str(file), mend)
            for said in dict.fromkeys(other)
        ]
    raise_if_any(problems)


def _screened(table: pa.Table, metadata: Mapping[bytes, bytes], where: str) -> Screened:
    thresholds, patterns = json.loads(metadata[THRESHOLDS]), tuple(json.loads(metadata[PATTERNS]))
    routes = tuple(json.loads(metadata[ROUTES]))
    stages = [stage.label for stage in Stage if f"risk_{stage.label}" in table.column_names]
    if not stages or not all(isinstance(thresholds[stage], int) for stage in stages):
        raise ValueError("no risk, or no threshold for it")
    stage = metadata.get(STAGE, headline_stage().label.encode()).decode()
    if stage not in stages and STAGE in metadata:
        raise ValueError(f"recommendations of the stage '{stage}', of which there is no risk")
    recommendation = known_codes(table["recommendation"], [r.label for r in Recommendation])
    if (recommendation < 0).any():
        raise ValueError("the column 'recommendation' is empty for somebody")
    return Screened(
        applicants=_identities(table[APPLICANT]),
        risk={
            stage: whole_hundredths(table[f"risk_{stage}"].to_numpy(), f"{where}, risk_{stage}")
            for stage in stages
        },
        recommendation=recommendation,
        agency=_agencies(table["agency"], recommendation == Recommendation.REFER),
        route=known_codes(table["grounds"], routes),
        leading=known_codes(table["resembles"], patterns),
        thresholds=thresholds,
        patterns=patterns,
        routes=routes,
        policy=metadata[POLICY].decode(),
        stage=stage,
        scenario_hash=metadata[SCENARIO].decode() if SCENARIO in metadata else None,
    )


def _identities(column: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    if not pa.types.is_integer(column.type) or column.null_count:
        raise ValueError(f"the column '{APPLICANT}' does not hold a whole number for everybody")
    return np.asarray(column.to_numpy(), dtype=np.int64)


def _agencies(column: pa.ChunkedArray, referred: npt.NDArray[np.bool_]) -> npt.NDArray[np.int8]:
    """Return the index of each agency; -1 where nobody receives the person, which a file says in words."""
    codes = known_codes(column, RECEIVERS)
    if (referred & (codes < 0)).any():
        raise ValueError("the column 'agency' is empty for somebody who is referred")
    return np.where(codes == RECEIVERS.index(NOBODY_WORD), NOBODY, codes).astype(np.int8)


def _tables(files: Sequence[Path]) -> Iterator[pa.Table]:
    for file in files:
        try:
            table = pq.read_table(file)
        except (pa.ArrowException, OSError) as error:
            raise BadInput.of(
                f"this is not a readable Parquet file ({error})",
                where=str(file),
                mend="Screen the cohort again.",
            ) from None
        check_mark(table.schema, str(file))
        if THRESHOLDS not in (table.schema.metadata or {}):
            raise BadInput.of(
                "this file was not written by `saring screen`",
                where=str(file),
                mend="Screen the cohort first.",
            )
        if not len(table):
            what = "nobody stands in this file"
            raise BadInput.of(what, where=str(file), mend="Screen a cohort that has applicants.")
        yield table


def _dictionary(codes: npt.NDArray[np.int8], labels: Sequence[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(
        pa.array(codes, mask=codes < 0), pa.array(list(labels), type=pa.string())
    )
