"""Profiles of shared actors, composed: from the parts of a cohort to `profiles.json` and its evaluation."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from console.output import percent
from dossier.dossiers import References
from dossier.fields import MISSING
from dossier.stages import Stage
from dossier.tables import REFERENCES
from screening.evaluation.investigations import investigations_json
from screening.evaluation.outcomes import Outcomes
from screening.profiles import Tallies, kinds_json, merged, profiles_json, recommended
from screening.referral import policy

PROFILES = "profiles.json"


def profiled(
    parts: Sequence[Tallies], outcomes: Outcomes, stage: Stage, threshold: int, observed: Path
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the recommended investigations, and how they fare against the truth, both for JSON.

    Args:
        parts: Counts of the cohort's parts.
        outcomes: All applicants, in the order of the cohort's files.
        stage, threshold: At which a victim counts as flagged; hundredths.
        observed: The folder of the cohort's observed files.
    """
    tallies = merged(parts)
    chosen = recommended(tallies)
    missed = outcomes.truth.is_victim & ~outcomes.flagged(stage, threshold)
    judged = investigations_json(_references(observed), outcomes.truth, missed, tallies, chosen)
    for kind, words in kinds_json(tallies, chosen).items():
        judged["by_kind"][kind] |= {name: words[name] for name in ("title", "innocent")}
    return profiles_json(tallies, chosen), judged


def counts_of(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return from the content of `profiles.json` how many investigations are recommended, by kind."""
    by_kind = {kind: found["recommended"] for kind, found in content["kinds"].items()}
    return {"n": sum(by_kind.values()), "by_kind": by_kind}


def investigations_sentence(found: Mapping[str, Any]) -> str:
    """Return in words how many investigations are recommended, and of what, from `counts_of`."""
    if not found["by_kind"]:
        return "This cohort does not say who shares with whom: nothing to recommend for investigation."
    titles = {kind: looked.title.en.lower() for kind, looked in policy().investigation.kinds.items()}
    kinds = ", ".join(f"{titles[kind]} {count:,}" for kind, count in found["by_kind"].items())
    return f"Recommended for investigation, apart from any person: {found['n']:,} ({kinds})."


def outcome_sentences(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield in words how many investigations are recommended, and how they fare against the truth."""
    by_kind = {kind: counts["recommended"] for kind, counts in found["by_kind"].items()}
    yield investigations_sentence({"n": found["n"], "by_kind": by_kind})
    if found["n"]:
        used, lawful = found["used_by_network"], found["lawful_users"]
        yield f"Of these {used['used']:,} of {used['n']:,} are used by a network = {percent(used)}."
        burden = f"{lawful['users']:,} of {lawful['n']:,} lawful applicants share with one"
        yield f"{burden} = {percent(lawful)}; that is nothing against them."
    for module, users in found["facilitators"].items():
        who = f"{users['users']:,} of {users['n']:,} ({module.partition('.')[2].replace('_', ' ')})"
        yield f"Facilitators, counted apart: {who} share with one = {percent(users)}."


def _references(observed: Path) -> Iterator[Mapping[str, References]]:
    for file in sorted(observed.glob("*.parquet")):
        table = pq.read_table(file, columns=list(REFERENCES))
        yield {name: np.asarray(table[name].fill_null(MISSING), dtype=np.int64) for name in REFERENCES}
