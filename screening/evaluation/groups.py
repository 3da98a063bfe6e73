"""Any rate by any grouping: counts first, then exact intervals.

One row for each group: how many victims it holds and how many of them are missed, how many lawful and
irregular people and how many of each are flagged. Facilitators are counted apart and enter no rate. All
counts are those of a `Tally`; nothing is counted in a second way here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from dossier.problems import BadInput
from dossier.stages import STAGE_LABELS
from screening.evaluation.measures import (
    FACILITATORS_FLAGGED,
    FALSE_FLAG,
    IRREGULAR_FLAGGED,
    LAWFUL_FLAGGED,
    MISS,
    Measure,
)
from screening.evaluation.outcomes import CROSSED_BY, Grouping, Outcomes, check_once, grouping
from screening.evaluation.rates import Rate
from screening.evaluation.tally import Rates, Tally, measured, tallied

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class GroupRates:
    """The rates of one group.

    Attributes:
        group: Its name.
        miss: Victims of the group who are not flagged, of its victims.
        false_flag: Non-victims who are flagged, of its non-victims: the lawful and the irregular together.
        lawful, irregular: The same for each of the two.
        facilitators: Facilitators who are flagged, of the group's.
    """

    group: str
    miss: Rate
    false_flag: Rate
    lawful: Rate
    irregular: Rate
    facilitators: Rate


MEASURED = {
    "miss": MISS,
    "false_flag": FALSE_FLAG,
    "lawful": LAWFUL_FLAGGED,
    "irregular": IRREGULAR_FLAGGED,
    "facilitators": FACILITATORS_FLAGGED,
}
"""The measure of each rate of a group."""


def group_rates(
    outcomes: Outcomes, flagged: npt.NDArray[np.bool_], groups: Grouping | None = None
) -> list[GroupRates]:
    """Return the rates of each group; of everybody, under the name "all", without a grouping.

    Args:
        outcomes: The applicants.
        flagged: Shape (n,): who is flagged.
        groups: How to divide them; groups without anybody are left out.
    """
    tally = tallied(flagged.astype(np.int32), outcomes.truth.truth_class, [groups] if groups else [])
    return flagged_rates(tally)


def flagged_rates(tally: Tally) -> list[GroupRates]:
    """Return the rates of each group of a tally whose risk is 1 for the flagged and 0 for everybody else."""
    labels = [group[0] for group in tally.groups] if tally.names else ["all"]
    return rates_of(labels, tally.outcomes(1)[:, :, 0])


def rates_of(labels: Sequence[str], people: npt.NDArray[np.int64]) -> list[GroupRates]:
    """Return the rates of groups whose people were counted.

    Args:
        labels: Names of the groups.
        people: Shape (groups, truth classes, 2): people who are not flagged, and who are.
    """
    counts = people[:, :, None]
    found = {name: measured(counts, measure) for name, measure in MEASURED.items()}
    return [
        GroupRates(
            label,
            **{name: Rate(int(count[place, 0]), int(n[place, 0])) for name, (count, n) in found.items()},
        )
        for place, label in enumerate(labels)
    ]


def people_by(outcomes: Outcomes, stage: str, names: Sequence[str] = ()) -> Tally:
    """Return people counted by their risk at a stage and by groupings, which are crossed.

    Args:
        outcomes: The applicants.
        stage: The stage's label.
        names: Of `outcomes.GROUPINGS`, also crossed in one name such as `sex+age_band`; none for one group
            of everybody.

    Raises:
        BadInput: If there is no such grouping, one is named twice, or nobody is known to belong to any group.
    """
    names = [part for name in names for part in name.split(CROSSED_BY)]
    check_once(names)
    groupings = [grouping(outcomes, name) for name in names]
    tally = tallied(outcomes.risk[stage], outcomes.truth.truth_class, groupings)
    if names and not len(tally.keys):
        mend = (
            "Choose groupings that divide these people. For sex, age band and province, evaluate() needs the "
            "observed frame too."
        )
        by = CROSSED_BY.join(names)
        raise BadInput.of(f"nobody is known to belong to a group by '{by}'", where="by", mend=mend)
    return tally


def group_frame(tally: Tally, measures: Sequence[Measure], threshold: int) -> "pd.DataFrame":
    """Return measures of each group at one threshold, side by side: n, count, rate and the interval's ends.

    The index is `group` for one grouping, and has a level of its own for each of several. A rate of nobody
    is not a number.

    Args:
        tally: People by their groups.
        measures: Which rates, in which order.
        threshold: Hundredths.
    """
    import pandas as pd  # noqa: PLC0415

    columns: dict[str, npt.NDArray[Any]] = {}
    for measure in measures:
        columns |= _frame_columns(tally.rates(measure, threshold), known=tally.shows(measure))
    labels = list(zip(*tally.groups, strict=True)) or [() for _ in tally.names]
    groups = labels if tally.names else [("all",)]
    names = tally.names if len(tally.names) > 1 else ("group",)
    index = [pd.Index(labels, name=name) for name, labels in zip(names, groups, strict=True)]
    return pd.DataFrame(columns, index=index[0] if len(index) == 1 else pd.MultiIndex.from_arrays(index))


def stage_frame(
    outcomes: Outcomes, thresholds: Mapping[str, int], measures: Sequence[Measure]
) -> "pd.DataFrame":
    """Return measures of everybody at each stage, at the threshold of each; stages without one are left out.

    Args:
        outcomes: The applicants.
        thresholds: Hundredths, by stage label.
        measures: Which rates, in which order.
    """
    import pandas as pd  # noqa: PLC0415

    frames = {
        stage: group_frame(people_by(outcomes, stage), measures, thresholds[stage])
        for stage in STAGE_LABELS
        if stage in outcomes.risk and stage in thresholds
    }
    return pd.concat(frames).droplevel(1).rename_axis("group")


def _frame_columns(found: Rates, *, known: bool) -> dict[str, npt.NDArray[Any]]:
    """Return the columns of one measure; one that no group can show has numbers nowhere."""
    one = found.measure
    said = (found.n[:, 0] > 0) & known
    shares = zip(("", "_low", "_high"), (found.estimate, *found.interval()), strict=True)
    return {
        one.of: found.n[:, 0],
        one.counted_as: found.count[:, 0],
        **{f"{one.name}{end}": np.where(said, share[:, 0], np.nan) for end, share in shares},
    }
