"""`saring evaluate`: screened files against the sealed truth."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from console.files import write_json
from console.output import Output, counted_of, percent
from console.screened import Screened, read_screened
from console.setting import setting_sentences, workload_sentence
from dossier.fields import fields
from dossier.problems import BadInput
from dossier.recommendations import Recommendation
from dossier.stages import Stage
from screening.evaluation.outcomes import AGE_BANDS, GROUPINGS, Outcomes, matching_rows
from screening.evaluation.referrals import referral_counts, referrals_json
from screening.evaluation.report import Evaluation, group_json
from screening.referral import agency_names, headline_stage
from synthetic.sealed import Sealed, read_sealed

GROUPS = (*GROUPINGS, "stage")


def evaluate_screened(screened: Path, truth: Path, by: str, out: Path | None, output: Output) -> None:
    """Evaluate, print the groups asked for, and write the whole as JSON where that is asked for."""
    wanted = _groupings(by)
    found = read_screened(screened)
    evaluation = _evaluation(found, read_sealed(truth, ("sex", "age", "province")))
    content = evaluation.to_json()
    if out is not None:
        write_json(out, content)
    groups = {name: _rows(evaluation, name) for name in wanted}
    overall = {key: content[key] for key in content if key not in ("curve", "by", "by_stage")}
    output.result({**overall, "by": groups}, lambda: _print(content, groups, output))


def _groupings(by: str) -> list[str]:
    names = [name.strip() for name in by.split(",") if name.strip()]
    strangers = [name for name in names if name not in GROUPS]
    if strangers:
        raise BadInput.of(
            f"there is no grouping '{strangers[0]}'", where="--by", mend=f"Choose from: {', '.join(GROUPS)}."
        )
    return names


def _evaluation(screened: Screened, sealed: Sealed) -> Evaluation:
    truth = sealed.truth
    rows = matching_rows(truth, screened.applicants)
    edges = np.array(fields()["age"].edges)
    bands = (np.searchsorted(AGE_BANDS, edges, side="right") - 1).astype(np.int8)
    outcomes = Outcomes(
        truth=truth.take(rows),
        sex=sealed.codes["sex"][rows],
        age_band=bands[sealed.codes["age"][rows]],
        province=sealed.codes["province"][rows],
        risk=screened.risk,
        recommendation=screened.recommendation,
        agency=screened.agency,
        leading=screened.leading,
    )
    own = sealed.stage or headline_stage().label
    stage = Stage.of(own if own in screened.risk else list(screened.risk)[-1])
    referred = screened.recommendation == Recommendation.REFER
    counts = referral_counts(outcomes, referred, screened.route, screened.agency, len(screened.routes))
    extras = {
        "scenario": sealed.scenario,
        "policy_id": screened.policy,
        "referred_by_route": referrals_json(screened.routes, counts),
    }
    return Evaluation(
        outcomes,
        stage,
        screened.thresholds,
        screened.patterns,
        agency_names(),
        extras,
        sealed.base_rate,
        sealed.share_left,
    )


def _rows(evaluation: Evaluation, name: str) -> list[dict[str, Any]]:
    if name == "stage":
        return [
            group_json(replace(rates, group=label)) for label, rates in evaluation.rates_by_stage().items()
        ]
    return [group_json(rates) for rates in evaluation.rates_by(name)]


def _print(content: dict[str, Any], groups: Mapping[str, Sequence[dict[str, Any]]], output: Output) -> None:
    for line in setting_sentences(content):
        print(line)
    print(f"Missed: {counted_of(content['miss_rate'], 'missed', 'victim')}")
    wrong = counted_of(content["false_flag_rate"], "flagged", "lawful or irregular traveller")
    print(f"Flagged wrongly: {wrong}")
    apart = counted_of(content["facilitators_flagged"], "flagged", "facilitator")
    print(f"Facilitators, counted apart, who are flagged: {apart}")
    print(f"Workload: {workload_sentence(content)}")
    for name, rows in groups.items():
        columns = ("", "victims", "missed (95 % interval)", "others", "others flagged (95 % interval)")
        output.table(f"By {name.replace('_', ' ')}", columns, [_cells(row) for row in rows])


def _cells(row: dict[str, Any]) -> list[str]:
    miss, wrong = row["miss_rate"], row["false_flag_rate"]
    return [row["group"], f"{miss['n']:,}", percent(miss), f"{wrong['n']:,}", percent(wrong)]
