"""Victims who are independent of each other, so that exact intervals of them hold.

Victims come in networks, and members of one resemble each other: a few large networks can make a gap between
groups that would be gone with the next networks. Misses of groups are therefore judged on victims of whom no
two belong to one network. An interval over all victims of a cohort is refused, not widened: how much it would
have to be widened is not known from a few networks.
"""

from dataclasses import replace

import numpy as np

from screening.evaluation.outcomes import Outcomes, gathered
from screening.evaluation.summary import Summary


def one_of_each_network(outcomes: Outcomes) -> Outcomes:
    """Return one victim of each network, and every victim without one, in the order they stand in.

    Who stands for a network is decided by the applicant number, which says nothing of a person. A network
    counts once, however many victims it brought.
    """
    truth = outcomes.truth
    rows = np.flatnonzero(truth.is_victim)
    rows = rows[np.argsort(truth.applicants[rows], kind="stable")]
    network = truth.network[rows]
    _, first = np.unique(network, return_index=True)
    chosen = network < 0
    chosen[first] = True
    return outcomes.take(np.sort(rows[chosen]))


def in_proportion(cohort: Summary, victims: Outcomes) -> Outcomes:
    """Return lawful and irregular people of a cohort with other victims, at the cohort's share of victims.

    Where there are fewer victims than the cohort has, as many fewer others are taken in proportion, chosen by
    the applicant number; and where fewer others were kept as persons, fewer victims.

    Args:
        cohort: The cohort; others of it were sampled.
        victims: Victims who are independent of each other, of the same scenario.
    """
    wanted, own = cohort.victims, np.flatnonzero(victims.truth.is_victim)
    taken = min(wanted, len(own))
    kept = round(cohort.others * taken / wanted) if wanted else cohort.others
    if kept > len(cohort.sample):
        kept = len(cohort.sample)
        taken = round(wanted * kept / cohort.others)
    independent = victims.take(own[:taken])
    risk = {cohort.stage: independent.risk[cohort.stage]}
    return gathered([cohort.sample.first(kept), replace(independent, risk=risk)])
