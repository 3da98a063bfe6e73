"""`saring evaluate`: screened files against the sealed truth, by any group, any rate and any threshold.

What does not belong together is refused before anything is counted: another cohort's truth, people listed
twice, parts of several screenings, or a cohort without anybody of whom a rate speaks.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from console.asking import ALL, STAGE, Answer, Asked, answered, as_csv, asked
from console.belonging import check_belonging
from console.files import write_json
from console.kept_runs import check_keeps_people, is_run
from console.output import Output, counted_of, number_of, percent
from console.screened import Screened, read_screened
from console.screeners import SCREENED
from console.setting import networks_sentence, setting_sentences, workload_sentence
from dossier.fields import fields
from dossier.problems import Problem, raise_if_any
from dossier.recommendations import Recommendation
from dossier.stages import Stage
from dossier.text_files import write_text
from screening.evaluation.measures import check_said
from screening.evaluation.outcomes import (
    Outcomes,
    bands_of,
    check_recommended,
    check_typologies,
    matching_rows,
)
from screening.evaluation.referrals import referral_counts, referrals_json
from screening.evaluation.report import Evaluation, group_json
from screening.referral import agency_names, headline_stage
from synthetic.sealed import MEND, Sealed, read_sealed

FIELDS = ("sex", "age", "province")
"""True fields by which people are divided."""


def evaluate_screened(
    screened: Path,
    truth: Path,
    by: str,
    out: Path | None,
    output: Output,
    rates: str = "",
    at: str = "",
    csv: Path | None = None,
    force: bool = False,
) -> None:
    """Evaluate, print the groups asked for, and write files where that is asked for.

    Args:
        screened: Folder or file of a screening, or the folder of a run, whose screening is then meant.
        truth: The folder of a cohort or a run, or its sealed truth.
        by: Groupings, separated by commas; a plus sign crosses two of them.
        out: File for the whole evaluation as JSON.
        output: How to speak.
        rates: Names of rates, separated by commas; the usual ones when empty.
        at: Thresholds in log-odds, separated by commas; the one of the screening when empty.
        csv: File for the rates as a tidy table.
        force: Whether files that exist already are replaced.
    """
    question = asked(by, rates, at)
    raise_if_any(_in_the_way({"--out": out, "--csv": csv}, (screened, truth), force=force))
    for path in (screened, truth):
        check_keeps_people(path)
    screened = _screening_at(screened)
    found, sealed = read_screened(screened), read_sealed(truth, FIELDS)
    check_belonging(screened, found, truth)
    evaluation = _evaluation(found, sealed, str(screened), str(truth))
    check_said(evaluation.outcomes.truth.truth_class, question.needed, str(truth))
    answer = answered(evaluation, question)
    content = evaluation.to_json()
    if out is not None:
        write_json(out, content)
    if csv is not None:
        write_text(csv, as_csv(question, answer))
    groups = {name: _rows(evaluation, name) for name in question.groupings}
    overall = {key: content[key] for key in content if key not in ("curve", "by", "by_stage")}
    printed = {**overall, "by": groups, **answer.to_json()}
    output.result(printed, lambda: _print(content, groups, question, answer, output))


def _screening_at(path: Path) -> Path:
    """Return the screening of a run where a run's folder is given, and what was given otherwise."""
    own = path / SCREENED
    return own if is_run(path) and own.is_dir() else path


def _in_the_way(files: Mapping[str, Path | None], read: Sequence[Path], *, force: bool) -> Iterator[Problem]:
    """Yield why a file cannot be written, before anything is read; none is replaced without being told to."""
    places = [path.resolve() for path in files.values() if path is not None]
    if len(set(places)) < len(places):
        yield Problem("two files would stand in one place", str(places[0]), "Give each a name of its own.")
    for option, path in files.items():
        if path is None:
            continue
        if path.exists() and any(one.resolve() in (path.resolve(), *path.resolve().parents) for one in read):
            what = "this is among the files that are evaluated"
            yield Problem(what, str(path), f"Choose another {option}; nothing that is read is written over.")
        elif path.is_dir():
            yield Problem("this is a folder", str(path), "Give the name of a file.")
        elif not path.parent.is_dir():
            yield Problem("there is no such folder", str(path.parent), f"Choose another {option}.")
        elif path.exists() and not force:
            yield Problem("this file exists already", str(path), f"Choose another {option}, or add --force.")


def _evaluation(screened: Screened, sealed: Sealed, screened_at: str, truth_at: str) -> Evaluation:
    truth = sealed.truth
    rows = matching_rows(truth, screened.applicants, screened_at, truth_at)
    check_typologies(truth, truth_at)
    check_recommended(
        screened.risk[screened.stage],
        screened.recommendation,
        screened.thresholds[screened.stage],
        screened_at,
    )
    codes = _true_codes(sealed, rows, truth_at)
    edges = np.array(fields()["age"].edges)
    bands = bands_of(edges)
    outcomes = Outcomes(
        truth=truth.take(rows),
        sex=codes["sex"],
        age_band=bands[codes["age"]],
        province=codes["province"],
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
        "not_screened": len(truth) - len(rows),
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


def _true_codes(sealed: Sealed, rows: Any, where: str) -> dict[str, Any]:
    """Return the true codes of whoever was screened; without one, people would fall out of every group."""
    found = {name: sealed.codes[name][rows] for name in FIELDS}
    raise_if_any(
        Problem(
            f"the column '{name}' is empty for {(codes < 0).sum():,} of {len(codes):,} people", where, MEND
        )
        for name, codes in found.items()
        if (codes < 0).any()
    )
    return found


def _rows(evaluation: Evaluation, name: str) -> list[dict[str, Any]]:
    if name == STAGE:
        return [
            group_json(replace(rates, group=label)) for label, rates in evaluation.rates_by_stage().items()
        ]
    return [group_json(rates) for rates in evaluation.rates_by(name)]


def _print(
    content: dict[str, Any],
    groups: Mapping[str, Sequence[dict[str, Any]]],
    question: Asked,
    answer: Answer,
    output: Output,
) -> None:
    count = number_of(content["n"], "simulated applicant")
    print(f"{content['scenario']}: {count}, {number_of(content['victims'], 'victim')} among them.")
    for line in setting_sentences(content):
        print(line)
    if content["not_screened"]:
        print(f"NOT SCREENED, and so in no rate: {content['not_screened']:,} of the people of this truth.")
    print(f"Missed: {counted_of(content['miss_rate'], 'missed', 'victim')}")
    if said := networks_sentence(content):
        print(said)
    wrong = counted_of(content["false_flag_rate"], "flagged", "lawful or irregular traveller")
    print(f"Flagged wrongly: {wrong}")
    apart = counted_of(content["facilitators_flagged"], "flagged", "facilitator")
    print(f"Facilitators, counted apart, who are flagged: {apart}")
    print(f"Workload: {workload_sentence(content)}")
    if question.measures or question.thresholds:
        _print_answer(content, answer, output)
        return
    for name, rows in groups.items():
        output.rates_of_groups(_by(name), rows)


def _print_answer(content: dict[str, Any], answer: Answer, output: Output) -> None:
    for name, rows in answer.rows.items():
        columns = ("", "threshold", "rate", "count", "of", "share (95 % interval)")
        output.table(_by(name), columns, [_answer_cells(row) for row in rows])
    for name in dict.fromkeys(by for by, _ in answer.unsaid):
        rates = ", ".join(_rate(rate) for by, rate in answer.unsaid if by == name)
        print(f"{_by(name)} cannot be said: {rates}. No group holds people of both sides that these compare.")
    if any(row["rate"] == "precision" for rows in answer.rows.values() for row in rows):
        share = 100 * content["victims"] / (content["victims"] + content["lawful"] + content["irregular"])
        print(f"Precision holds only where, as in these files, {share:.3f} % of applicants are victims.")


def _by(name: str) -> str:
    return "Everybody" if name == ALL else f"By {name.replace('_', ' ')}"


def _rate(name: str) -> str:
    return name.replace("false_flag", "false-flag").replace("_", " ")


def _answer_cells(row: dict[str, Any]) -> list[str]:
    kept = ("by", "rate", "threshold", "count", "n", "estimate", "low", "high", "confidence", STAGE)
    labels = [str(label) for key, label in row.items() if key not in kept]
    group = ", ".join(labels) or (row[STAGE] if row["by"] == STAGE else "all")
    rate = _rate(row["rate"])
    return [group, f"{row['threshold']:g}", rate, f"{row['count']:,}", f"{row['n']:,}", percent(row)]
