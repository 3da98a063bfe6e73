"""The joint fit: all cards of a stage learned together, as the parts of one mixture.

Victims of each kind and non-victims are told apart at once, so that what the cards give together, the log of
their summed odds, is what is learned. The points of an input are the sum of two tables: the card's own, which
says what is usual among the victims it stands for, and the context's, which says what is unusual among the
others there. Nothing here is left to chance, and nothing is known of files or fields.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

Floats = npt.NDArray[np.float64]
Wholes = npt.NDArray[np.int64]

OTHERS = -1
"""The card of a non-victim, who has none."""

_REMEMBERED = 20
"""How many rounds the minimisation looks back on."""


@dataclass(frozen=True)
class Evidence:
    """What the cards are learned from.

    Attributes:
        levels: Shape (n, inputs): the level of each input.
        context: Shape (n,): index of the context.
        card: Shape (n,): index of the card that stands for a victim; `OTHERS` for a non-victim.
        weight: Shape (n,): how many people each row counts for.
        offset: Shape (cards,): the log-odds by which the weighted sample exceeds the scenario.
        contexts: Number of contexts.
    """

    levels: npt.NDArray[np.uint8]
    context: npt.NDArray[np.int8]
    card: npt.NDArray[np.int16]
    weight: Floats
    offset: Floats
    contexts: int


@dataclass(frozen=True)
class Inputs:
    """The inputs of all cards, level after level; a rising input is learned as steps between its levels.

    Attributes:
        sizes: Number of levels of each input.
        rising: For each input, whether its points may never fall.
    """

    sizes: tuple[int, ...]
    rising: tuple[bool, ...]

    @cached_property
    def first(self) -> Wholes:
        """Shape (inputs,): where the levels of each input begin."""
        return np.cumsum((0, *self.sizes[:-1]))

    @cached_property
    def rises(self) -> npt.NDArray[np.bool_]:
        """Shape (levels,): whether the level belongs to a rising input."""
        return np.repeat(self.rising, self.sizes)

    def values(self, steps: Floats) -> Floats:
        """Return the value of each level, from steps of shape (..., levels, columns)."""
        found = steps.copy()
        for part in self._rising_parts:
            found[..., part, :] = np.cumsum(steps[..., part, :], axis=-2)
        return found

    def by_step(self, gradient: Floats) -> Floats:
        """Return a gradient by step, from one by level: the transpose of `values`."""
        found = gradient.copy()
        for part in self._rising_parts:
            found[..., part, :] = np.cumsum(gradient[..., part, :][..., ::-1, :], axis=-2)[..., ::-1, :]
        return found

    def bounds(self) -> tuple[Floats, Floats]:
        """Return the least and the most of each step, shape (levels,): a rise is never negative."""
        most = np.full(len(self.rises), np.inf)
        most[self.first[np.array(self.rising, dtype=bool)]] = 0.0
        return np.where(self.rises, 0.0, -np.inf), most

    def unseen(self, levels: npt.NDArray[np.uint8]) -> tuple[Wholes, Wholes]:
        """Return the settings that nobody has, and beside each the commonest of its input."""
        usual = self.usual(levels)
        pairs = [
            (first + level, first + usual[place])
            for place, (first, size) in enumerate(zip(self.first.tolist(), self.sizes, strict=True))
            for level in np.setdiff1d(np.arange(size), levels[:, place])
            if not self.rising[place]
        ]
        found = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        return found[:, 0], found[:, 1]

    def usual(self, levels: npt.NDArray[np.uint8]) -> Wholes:
        """Return the commonest level of each input, shape (inputs,)."""
        counts = [np.bincount(levels[:, i], minlength=size) for i, size in enumerate(self.sizes)]
        return np.array([count.argmax() for count in counts])

    @cached_property
    def _rising_parts(self) -> tuple[slice, ...]:
        parts = zip(self.first.tolist(), self.sizes, self.rising, strict=True)
        return tuple(slice(first, first + size) for first, size, rising in parts if rising)


@dataclass(frozen=True)
class Prices:
    """What keeps the tables small and to the point.

    Attributes:
        ridge: Price of the square of every value.
        rise: Price of a rise by one log-odds unit.
        naming: Weight of telling the cards of victims apart, beside telling victims from others.
        rounds: Most rounds of the minimisation.
    """

    ridge: float
    rise: float
    naming: float
    rounds: int


@dataclass(frozen=True)
class Fitted:
    """What was learned, in log-odds units.

    Attributes:
        start: Shape (contexts, cards): what every dossier starts with.
        of_card: Shape (levels, cards).
        of_context: Shape (levels, contexts); it counts for every card of the context.
    """

    start: Floats
    of_card: Floats
    of_context: Floats


def fit(evidence: Evidence, inputs: Inputs, prices: Prices) -> Fitted:
    """Return the tables of all cards and contexts, learned together.

    Args:
        evidence: The sample.
        inputs: What its columns are.
        prices: What keeps the tables small.
    """
    from scipy.optimize import minimize  # noqa: PLC0415  (slow to import, and seldom needed)

    blocks = [_block(evidence, inputs, context) for context in range(evidence.contexts)]
    shape = _Shape(inputs, evidence.contexts, len(evidence.offset))
    linear = shape.spread(0.0, np.where(inputs.rises, prices.rise, 0.0))

    def loss_and_gradient(parameters: Floats) -> tuple[float, Floats]:
        parts = shape.parts(parameters)
        of_card, of_context = inputs.values(parts.of_card), inputs.values(parts.of_context)
        found = [
            block.loss_and_gradients(
                parts.start[context] + evidence.offset,
                of_card + of_context[:, context, None],
                prices.naming,
            )
            for context, block in enumerate(blocks)
        ]
        gradient = shape.gradient([each[1] for each in found], [inputs.by_step(each[2]) for each in found])
        paid = float(parameters @ (linear + prices.ridge * parameters))
        return sum(each[0] for each in found) + paid, gradient + linear + 2 * prices.ridge * parameters

    found = minimize(
        loss_and_gradient,
        np.zeros(shape.size),
        jac=True,
        method="L-BFGS-B",
        bounds=shape.bounds(),
        options={"maxiter": prices.rounds, "maxfun": 2 * prices.rounds, "maxcor": _REMEMBERED},
    )
    steps = shape.parts(found.x)
    tables = Fitted(steps.start, inputs.values(steps.of_card), inputs.values(steps.of_context))
    return _filled(tables, evidence, inputs)


def _filled(found: Fitted, evidence: Evidence, inputs: Inputs) -> Fitted:
    """Return the tables in which a setting that nobody had counts like the commonest one."""
    of_card, of_context = found.of_card.copy(), found.of_context.copy()
    unseen, usual = inputs.unseen(evidence.levels)
    of_card[unseen] = of_card[usual]
    for context in range(evidence.contexts):
        unseen, usual = inputs.unseen(evidence.levels[evidence.context == context])
        of_context[unseen, context] = of_context[usual, context]
    return Fitted(found.start, of_card, of_context)


@dataclass(frozen=True)
class _Shape:
    """How starts and tables lie in one row of parameters."""

    inputs: Inputs
    contexts: int
    cards: int

    @property
    def size(self) -> int:
        return self.contexts * self.cards + len(self.inputs.rises) * (self.cards + self.contexts)

    def parts(self, parameters: Floats) -> Fitted:
        """Return what the parameters say, by step."""
        levels, starts = len(self.inputs.rises), self.contexts * self.cards
        start, of_card, of_context = np.split(parameters, (starts, starts + levels * self.cards))
        return Fitted(
            start.reshape(self.contexts, self.cards),
            of_card.reshape(levels, self.cards),
            of_context.reshape(levels, self.contexts),
        )

    def gradient(self, of_start: list[Floats], by_step: list[Floats]) -> Floats:
        """Return the gradient by parameter, from those of each context: (cards,) and (levels, cards)."""
        of_card = np.sum(by_step, axis=0)
        of_context = np.stack([found.sum(axis=1) for found in by_step], axis=1)
        return np.concatenate([*of_start, of_card.ravel(), of_context.ravel()])

    def bounds(self) -> list[tuple[float, float]]:
        least, most = self.inputs.bounds()
        return list(zip(self.spread(-np.inf, least), self.spread(np.inf, most), strict=True))

    def spread(self, of_start: float, of_level: Floats) -> Floats:
        """Return a number for each parameter, from one for the starts and one for each level."""
        starts = np.full(self.contexts * self.cards, of_start)
        return np.concatenate([starts, np.repeat(of_level, self.cards), np.repeat(of_level, self.contexts)])


@dataclass(frozen=True)
class _Block:
    """The people of one context.

    Attributes:
        usual: Shape (inputs,): the commonest level of each input.
        unusual: Shape (n, levels): 1 where somebody is on a level other than the commonest.
        victims: Shape (victims,): the rows of the victims.
        others: Shape (others,): the rows of the others.
        card: Shape (victims,): which card stands for each victim.
        weight: Shape (n,): how many people each row counts for.
        first: Shape (inputs,): where the levels of each input begin.
    """

    usual: Wholes
    unusual: csr_matrix
    victims: Wholes
    others: Wholes
    card: npt.NDArray[np.int16]
    weight: Floats
    first: Wholes

    def loss_and_gradients(
        self, start: Floats, values: Floats, naming: float
    ) -> tuple[float, Floats, Floats]:
        """Return the loss, and its gradients by start (cards,) and by level (levels, cards)."""
        scores = self._scores(start, values)
        top = np.maximum(scores.max(axis=1), 0.0)
        odds = np.exp(scores - top[:, None])
        of_victims = odds.sum(axis=1)
        everybody = of_victims + np.exp(-top)
        rows, weight = self.victims, self.weight[self.victims]
        residual = odds * (self.weight / everybody)[:, None]
        residual[rows] -= ((1 - naming) * weight / of_victims[rows])[:, None] * odds[rows]
        residual[rows, self.card] -= naming * weight
        found = np.log(of_victims[rows] / everybody[rows])
        named = scores[rows, self.card] - top[rows] - np.log(of_victims[rows])
        left = -top[self.others] - np.log(everybody[self.others])
        loss = -float(weight @ (found + naming * named) + self.weight[self.others] @ left)
        return loss, residual.sum(axis=0), self._by_level(residual)

    def _scores(self, start: Floats, values: Floats) -> Floats:
        usual = values[self.usual]
        beyond = values - np.repeat(usual, np.diff([*self.first, len(values)]), axis=0)
        return np.asarray(self.unusual @ beyond.astype(np.float32) + (start + usual.sum(axis=0)))

    def _by_level(self, residual: Floats) -> Floats:
        """Return the sum of the residuals of those on each level, shape (levels, cards)."""
        found = np.asarray(self.unusual.T @ residual.astype(np.float32), dtype=np.float64)
        found[self.usual] += residual.sum(axis=0) - np.add.reduceat(found, self.first, axis=0)
        return found


def _block(evidence: Evidence, inputs: Inputs, context: int) -> _Block:
    rows = evidence.context == context
    levels, card = evidence.levels[rows], evidence.card[rows]
    usual = inputs.usual(levels)
    victims, others = np.flatnonzero(card != OTHERS), np.flatnonzero(card == OTHERS)
    return _Block(
        inputs.first + usual,
        _indicators(levels, usual, inputs),
        victims,
        others,
        card[victims],
        evidence.weight[rows],
        inputs.first,
    )


def _indicators(levels: npt.NDArray[np.uint8], usual: Wholes, inputs: Inputs) -> csr_matrix:
    """Return 1 for each level that somebody is on, but for the usual ones."""
    is_unusual = levels != usual.astype(np.uint8)
    columns = (levels + inputs.first.astype(np.int32))[is_unusual].astype(np.int32)
    ends = np.concatenate([[0], np.cumsum(is_unusual.sum(axis=1))]).astype(np.int32)
    ones = np.ones(len(columns), dtype=np.float32)
    return csr_matrix((ones, columns, ends), shape=(len(levels), len(inputs.rises)))
