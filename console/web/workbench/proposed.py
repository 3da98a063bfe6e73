"""Which two runs the form of a comparison begins with: such as can be compared, where there are any.

Nothing of their people is read for it; what a run says of itself tells enough to propose two.
"""

from collections.abc import Sequence
from itertools import combinations

from console.kept_runs import check_keeps_people
from console.web.workbench.forms import OWN
from console.workbench.runs import Facts, FinishedRun
from dossier.problems import BadInput


def proposed_pair(runs: Sequence[FinishedRun]) -> dict[str, str]:
    """Return the first values of a comparison's form: two runs that seem to be of the same people.

    Args:
        runs: Those that can be read, in the order of the page.

    Returns:
        By field. Two different runs wherever there are two; none of them where there is only one.
    """
    comparable = [run for run in runs if _keeps_people(run)]
    pairs = list(combinations(comparable, 2)) or list(combinations(runs, 2))
    if not pairs:
        return {"basis": OWN}
    first, second = max(pairs, key=_likeness)
    return {"basis": OWN, "first": first.name, "second": second.name}


def _keeps_people(run: FinishedRun) -> bool:
    try:
        check_keeps_people(run.folder)
    except BadInput:
        return False
    return True


def _likeness(pair: tuple[FinishedRun, FinishedRun]) -> tuple[bool, bool]:
    """Return whether two runs count the same people, and whether something else screened them."""
    first, second = (run.facts for run in pair)
    return _counts(first) == _counts(second), _screened_by(first) != _screened_by(second)


def _counts(facts: Facts) -> tuple[str, int, int, int, int]:
    return facts.scenario, facts.n, facts.victims, facts.lawful, facts.irregular


def _screened_by(facts: Facts) -> tuple[str, str]:
    return facts.rulebook_id, facts.certificate.cards
