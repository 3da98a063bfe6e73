"""The joint fit: its gradient, its bounds, and what learning together gains on a mixture."""

import numpy as np
import numpy.typing as npt
import pytest
from scipy.optimize import check_grad
from scipy.special import logsumexp

from models import fit as joint
from models.fit import OTHERS, Evidence, Fitted, Inputs, Prices, fit

INPUTS = Inputs((3, 4, 2), (True, False, True))
PRICES = Prices(ridge=0.05, rise=0.1, naming=0.3, rounds=80)


def evidence(size: int = 3000, cards: int = 2, seed: int = 1) -> Evidence:
    """Return people of two contexts; victims of each card differ from others in an input of their own."""
    rng = np.random.default_rng(seed)
    card = rng.choice([OTHERS, *range(cards)], size, p=[0.6, *[0.4 / cards] * cards]).astype(np.int16)
    levels = rng.integers(0, INPUTS.sizes, (size, 3)).astype(np.uint8)
    levels[(card == 0) & (rng.random(size) < 0.7), 0] = 2
    levels[(card == 1) & (rng.random(size) < 0.7), 2] = 1
    context = (rng.random(size) < 0.3).astype(np.int8)
    return Evidence(levels, context, card, rng.uniform(0.5, 2.0, size), np.zeros(cards), 2)


def risk(found: Fitted, people: Evidence) -> npt.NDArray[np.float64]:
    at = people.levels + INPUTS.first
    own = found.of_card[at].sum(axis=1) + found.of_context[at, people.context[:, None]].sum(axis=1)[:, None]
    return np.asarray(logsumexp(found.start[people.context] + own, axis=1))


def loss(found: Fitted, people: Evidence) -> float:
    """Return the log loss of telling victims from others, from the definition."""
    victims, scores = people.card != OTHERS, risk(found, people)
    return float(people.weight @ np.logaddexp(0, np.where(victims, -scores, scores)))


@pytest.mark.parametrize("naming", [0.0, 0.3, 1.0])
def test_the_gradient_is_that_of_the_loss(naming: float) -> None:
    block = joint._block(evidence(300), INPUTS, 0)
    rng = np.random.default_rng(2)
    start, values = rng.normal(size=2), rng.normal(size=(9, 2)).astype(np.float32).astype(np.float64)

    def of_start(at: npt.NDArray[np.float64]) -> float:
        return block.loss_and_gradients(at, values, naming)[0]

    def its_gradient(at: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return block.loss_and_gradients(at, values, naming)[1]

    assert check_grad(of_start, its_gradient, start) < 1e-3
    _, _, by_level = block.loss_and_gradients(start, values, naming)
    for level, card in ((0, 0), (4, 1), (8, 0)):
        step = np.zeros_like(values)
        step[level, card] = 2.0**-8
        ends = [block.loss_and_gradients(start, values + side * step, naming)[0] for side in (1, -1)]
        assert (ends[0] - ends[1]) * 2.0**7 == pytest.approx(by_level[level, card], abs=0.02)


def test_the_loss_is_the_log_loss_of_the_joined_risk() -> None:
    people = evidence(500)
    found = fit(people, INPUTS, PRICES)
    at = found.of_card[:, None, :] + found.of_context[:, :, None]
    total = sum(
        joint._block(people, INPUTS, c).loss_and_gradients(found.start[c], at[:, c], 0.0)[0] for c in range(2)
    )
    assert total == pytest.approx(loss(found, people), rel=1e-4)


def test_rising_tables_never_fall_and_begin_at_zero() -> None:
    people = evidence()
    falling = 2 - people.levels
    found = fit(
        Evidence(falling % 3, *list(vars(people).values())[1:]), Inputs((3, 3, 3), (True,) * 3), PRICES
    )
    for table in (found.of_card, found.of_context):
        for first in (0, 3, 6):
            assert (table[first] == 0).all()
            assert (np.diff(table[first : first + 3], axis=0) >= 0).all()


def test_learning_together_beats_learning_each_card_alone() -> None:
    """Alone, each card takes the victims of the other for nobody; what they say together is then too much."""
    people, unseen = evidence(seed=1), evidence(seed=2)
    together = fit(people, INPUTS, PRICES)
    alone = [_alone(people, card) for card in range(2)]
    apart = np.logaddexp(*(risk(found, unseen) for found in alone))
    victims = unseen.card != OTHERS
    of_apart = float(unseen.weight @ np.logaddexp(0, np.where(victims, -apart, apart)))
    assert loss(together, unseen) < of_apart


def _alone(people: Evidence, card: int) -> Fitted:
    rows = (people.card == card) | (people.card == OTHERS)
    own = np.where(people.card[rows] == card, 0, OTHERS).astype(np.int16)
    part = Evidence(people.levels[rows], people.context[rows], own, people.weight[rows], np.zeros(1), 2)
    return fit(part, INPUTS, PRICES)


def test_a_price_makes_tables_sparse() -> None:
    people = evidence()
    cheap, dear = (
        fit(people, INPUTS, Prices(ridge=0.05, rise=rise, naming=0.3, rounds=80)) for rise in (0.0, 60.0)
    )
    rises = INPUTS.rises
    assert np.count_nonzero(dear.of_card[rises]) < np.count_nonzero(cheap.of_card[rises])


def test_an_offset_moves_the_starts_and_nothing_else() -> None:
    people = evidence()
    more = Evidence(*[*list(vars(people).values())[:4], np.full(2, 0.7), 2])
    one, other = (fit(found, INPUTS, Prices(0.0001, 0.1, 0.3, 300)) for found in (people, more))
    assert risk(one, people) - risk(other, people) == pytest.approx(0.7, abs=0.05)


def test_fitting_twice_gives_the_same_to_the_last_digit() -> None:
    one, other = (fit(evidence(), INPUTS, PRICES) for _ in range(2))
    assert (one.start == other.start).all()
    assert (one.of_card == other.of_card).all()
    assert (one.of_context == other.of_context).all()
