"""Networks that learn: from flags alone, within a budget, and never at the cost of saying how."""

import numpy as np
import numpy.typing as npt
import pytest

from dossier.dossiers import Dossiers
from dossier.problems import BadInput
from synthetic.adversary import Learned, Settings, learned, settings
from synthetic.compile import compile_world
from synthetic.draw import Plan
from synthetic.scenarios import Scenario
from tests.unit.synthetic.conftest import Workshop

HARM = """[odds]
told_to_keep_silent = { yes = 40 }
documents_held_by = { another_person = 30 }
registry_match = { mismatch = 60 }

[hard_to_fake]
registry_match = 1.0
documents_held_by = 0.5
"""
SMALL = settings().model_copy(update={"periods": 3, "members": 1500})


@pytest.fixture
def scenario(workshop: Workshop) -> Scenario:
    workshop.harm = HARM
    return workshop.scenario()


def silent(dossiers: Dossiers) -> npt.NDArray[np.bool_]:
    """Flag those who were told to keep silent."""
    return np.asarray(dossiers["told_to_keep_silent"].is_any("yes") == 2)


def mismatched(dossiers: Dossiers) -> npt.NDArray[np.bool_]:
    return np.asarray(dossiers["registry_match"].is_any("mismatch") == 2)


def nobody(dossiers: Dossiers) -> npt.NDArray[np.bool_]:
    return np.zeros(len(dossiers), dtype=bool)


def everybody(dossiers: Dossiers) -> npt.NDArray[np.bool_]:
    return np.ones(len(dossiers), dtype=bool)


def flagged_victims(scenario: Scenario, found: Learned, flag: object) -> tuple[float, float]:
    """Return the flagged share of the same victims before and after."""
    shares = []
    for one in (scenario, scenario.with_adaptations(found.adaptations)):
        drawn = Plan(compile_world(one), 77, 20_000).draw(range(20_000))
        dossiers = Dossiers(drawn.applicants, dict(drawn.values))
        shares.append(float(flag(dossiers)[drawn.network >= 0].mean()))  # type: ignore[operator]
    return shares[0], shares[1]


def test_networks_learn_to_hide_what_gives_them_away(scenario: Scenario) -> None:
    found = learned(scenario, silent, 1, SMALL)
    before, after = flagged_victims(scenario, found, silent)
    assert after < before - 0.1
    moves = [move for one in found.rounds for move in one.moves]
    assert moves
    assert set(moves) == {"interview"}
    assert [one.flagged for one in found.rounds] == sorted((o.flagged for o in found.rounds), reverse=True)


def test_what_cannot_be_faked_is_never_hidden(scenario: Scenario) -> None:
    found = learned(scenario, mismatched, 1, SMALL)
    assert all(one.moves == () for one in found.rounds)
    assert "registry_match" not in found.adaptations["typology.harm"].hidden


@pytest.mark.parametrize("flag", [nobody, everybody])
def test_where_no_move_makes_a_difference_none_is_made(scenario: Scenario, flag: object) -> None:
    found = learned(scenario, flag, 1, SMALL)  # type: ignore[arg-type]
    assert all(one.moves == () for one in found.rounds)


def test_networks_leave_only_where_too_many_are_flagged(scenario: Scenario) -> None:
    assert learned(scenario, nobody, 1, SMALL).rounds[-1].share == 1.0
    shares = [one.share for one in learned(scenario, everybody, 1, SMALL).rounds]
    assert shares == pytest.approx([(1 - 0.3 * 0.4) ** period for period in (1, 2, 3)])


def test_a_budget_is_never_overdrawn(scenario: Scenario) -> None:
    poor = SMALL.model_copy(update={"budget": SMALL.base_cost - 0.01})
    assert all(one.moves == () for one in learned(scenario, silent, 1, poor).rounds)


def test_the_same_seed_learns_the_same(scenario: Scenario) -> None:
    assert learned(scenario, silent, 1, SMALL) == learned(scenario, silent, 1, SMALL)
    assert learned(scenario, silent, 1, SMALL) != learned(scenario, silent, 2, SMALL)


def test_others_stay_as_they_are(scenario: Scenario) -> None:
    found = learned(scenario, silent, 1, SMALL)
    before, after = (
        Plan(compile_world(one), 5, 8000).draw(range(8000))
        for one in (scenario, scenario.with_adaptations(found.adaptations))
    )
    others = before.network < 0
    assert all((v[others] == after.values[name][others]).all() for name, v in before.values.items())


def test_without_victims_nobody_learns(workshop: Workshop) -> None:
    plain = workshop.scenario(mix={"journey.base": 0.9, "lookalike.twin": 0.1})
    with pytest.raises(BadInput, match="no networks"):
        learned(plain, nobody, 1, SMALL)


def test_every_round_is_told(scenario: Scenario) -> None:
    done: list[int] = []
    found = learned(scenario, silent, 1, SMALL, done.append)
    assert len(done) == len(found.rounds) == SMALL.periods
    assert all(0 <= one.flagged <= one.n == SMALL.members for one in found.rounds)


def test_how_networks_learn_is_visibly_assumed() -> None:
    assert settings().grade == "D"
    assert isinstance(settings(), Settings)
