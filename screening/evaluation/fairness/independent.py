"""Victims who are independent of each other, so that exact intervals of them hold.

Victims come in networks, and members of one resemble each other: a few large networks can make a gap between
groups that would be gone with the next networks. Misses of groups are therefore judged on victims of whom no
two belong to one network. An interval over all victims of a cohort is refused, not widened: how much it would
have to be widened is not known from a few networks.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from dossier.stages import Stage
from screening.evaluation.outcomes import Outcomes, gathered

Rows = npt.NDArray[np.intp]


def one_of_each_network(outcomes: Outcomes) -> Outcomes:
    """Return one victim of each network, and every victim without one, in the order they stand in.

    Who stands for a network is decided by the applicant number, which says nothing of a person. A network
    counts once, however many victims it brought.
    """
    truth = outcomes.truth
    rows = _by_number(outcomes, truth.is_victim)
    network = truth.network[rows]
    _, first = np.unique(network, return_index=True)
    chosen = network < 0
    chosen[first] = True
    return outcomes.take(np.sort(rows[chosen]))


def in_proportion(outcomes: Outcomes, victims: Outcomes, stage: Stage) -> Outcomes:
    """Return lawful and irregular people of a cohort with other victims, at the cohort's share of victims.

    Where there are fewer victims than the cohort has, as many fewer others are taken in proportion, chosen by
    the applicant number.

    Args:
        outcomes: The cohort.
        victims: Victims who are independent of each other, of the same scenario.
        stage: The stage whose risk is kept.
    """
    wanted, own = int(outcomes.truth.is_victim.sum()), np.flatnonzero(victims.truth.is_victim)
    taken = min(wanted, len(own))
    others = _by_number(outcomes, outcomes.truth.is_counted_as_other)
    kept = round(len(others) * taken / wanted) if wanted else len(others)
    parts = (outcomes.take(np.sort(others[:kept])), victims.take(own[:taken]))
    return gathered([replace(part, risk={stage.label: part.risk[stage.label]}) for part in parts])


def _by_number(outcomes: Outcomes, among: npt.NDArray[np.bool_]) -> Rows:
    """Return the rows of some people, ordered by their applicant numbers."""
    rows = np.flatnonzero(among)
    return np.asarray(rows[np.argsort(outcomes.truth.applicants[rows], kind="stable")])
