"""The exact oracle: how likely each hidden type is, given one dossier and full knowledge of the simulator.

Hidden variables, lies, cover stories, loss and misreading are summed out, so no screener that looks at one
dossier at a time can rank better. One that joins dossiers through shared actors, or remembers, may; that is
said beside the figure and never clipped. The oracle is a yardstick for screeners and is never one itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from dossier.fields import MISSING, NOT_APPLICABLE, Codes, fields
from dossier.stages import Stage
from dossier.truth import TruthClass
from synthetic.world import COVER, OPEN, STORY, STORY_LABELS, UNAWARE, Array, Conditional, Recording, World

CHUNK = 128
"""Dossiers judged at once: so few that the states of all of them fit into the processor's cache."""
_SMALLEST = 1e-300
_LOWEST = -1e300


@dataclass(frozen=True, eq=False)
class FieldLikelihood:
    """The log-likelihoods of one field.

    Attributes:
        name: The field.
        visible: Names of the parents that are seen as they are, the office among them where loss depends on
            the answer.
        sizes: Number of codes of each.
        involved: For each hidden variable, whether the field depends on it.
        table: Shape (visible groups * (codes + 2), types * involved combinations): log-likelihood of each
            observed code; the last two rows of a group stand for missing and not applicable.
    """

    name: str
    visible: tuple[str, ...]
    sizes: tuple[int, ...]
    involved: tuple[bool, ...]
    table: Array


class Oracle:
    """Exact posteriors for the dossiers of one world at one stage.

    Args:
        world: The compiled scenario.
        stage: Only fields visible by this stage are used.
    """

    def __init__(self, world: World, stage: Stage) -> None:
        self.world = world
        self.stage = stage
        self._hidden = tuple(c.name for c in world.hidden)
        self._sizes = tuple(c.codes for c in world.hidden)
        self._likelihoods = [
            self._field_likelihood(c) for c in world.conditionals if fields()[c.name].visible_from <= stage
        ]
        self._alone = self._priors_alone()
        self._prior = self._log_prior()
        classes = np.array([kind.truth_class for kind in world.kinds])
        self._victims = classes == TruthClass.VICTIM
        self._others = (classes == TruthClass.LAWFUL) | (classes == TruthClass.IRREGULAR)

    def log_odds(self, observed: Mapping[str, Codes]) -> Array:
        """Return log P(victim | dossier) / P(lawful or irregular | dossier), shape (n,).

        Args:
            observed: Observed codes by field, bins for numbers; `MISSING` and `NOT_APPLICABLE` as declared.
        """
        size = len(next(iter(observed.values())))
        edges = [*range(0, size, CHUNK), size]
        parts = [self._chunk_log_odds(observed, slice(*edge)) for edge in pairwise(edges)]
        return np.concatenate(parts) if parts else np.empty(0)

    def log_joint(self, observed: Mapping[str, Codes]) -> Array:
        """Return log P(type, dossier) for each type, shape (n, types); for small n.

        It is exact up to a constant of each dossier, the same for all types: what its office loses whatever
        the answer is counted at the mean habit of all offices.
        """
        return self._log_joint(observed, slice(None))

    def _chunk_log_odds(self, observed: Mapping[str, Codes], rows: slice) -> Array:
        from scipy.special import logsumexp  # noqa: PLC0415

        joint = self._log_joint(observed, rows)
        victims = logsumexp(joint[:, self._victims], axis=1)
        return np.asarray(victims - logsumexp(joint[:, self._others], axis=1))

    def _log_joint(self, observed: Mapping[str, Codes], rows: slice) -> Array:
        totals: dict[tuple[bool, ...], Array] = {}
        for likelihood in self._likelihoods:
            codes = observed[likelihood.name][rows].astype(np.int64)
            size = fields()[likelihood.name].size
            cell = np.where(codes == MISSING, size, np.where(codes == NOT_APPLICABLE, size + 1, codes))
            group = np.zeros(len(codes), dtype=np.int64)
            for parent, count in zip(likelihood.visible, likelihood.sizes, strict=True):
                group = group * count + observed[parent][rows]
            found = likelihood.table[group * (size + 2) + cell]
            if likelihood.involved in totals:
                totals[likelihood.involved] += found
            else:
                totals[likelihood.involved] = found
        return self._summed_out(totals)

    def _summed_out(self, totals: Mapping[tuple[bool, ...], Array]) -> Array:
        """Return the log of the sum over all hidden states, shape (n, types).

        Hidden variables that depend on no other are summed out one by one, each with the fields it touches
        and no more, so that the number of states does not multiply.
        """
        kinds = len(self.world.kinds)
        factors = [
            total.reshape(len(total), kinds, *_sizes_where(self._sizes, involved))
            for involved, total in totals.items()
        ]
        for axis, log_prior in self._alone:
            touched = [factor for factor in factors if factor.shape[2 + axis] > 1]
            factors = [factor for factor in factors if factor.shape[2 + axis] == 1]
            factors.append(_log_sum(sum(touched, start=log_prior[None]), 2 + axis))
        joint = sum(factors, start=self._prior[None])
        return _log_sum(joint.reshape(*joint.shape[:2], -1), 2)[:, :, 0]

    def _priors_alone(self) -> list[tuple[int, Array]]:
        """Return the axis and log-law, shape (types, *hidden sizes or 1), of what depends on nothing hidden.

        A variable on which another one depends, and the story, which nearly all fields touch, are left out.
        """
        parents = {parent for conditional in self.world.hidden for parent in conditional.parents}
        found = []
        for axis, conditional in enumerate(self.world.hidden):
            if conditional.parents or conditional.name in parents or conditional.name == STORY:
                continue
            with np.errstate(divide="ignore"):
                law = np.log(_spread(conditional.truth[:, 0], [axis], len(self._hidden)))
            found.append((axis, np.asarray(law)))
        return found

    def _log_prior(self) -> Array:
        """Return log P(type) P(hidden | type), shape (types, *hidden sizes), without what is summed alone."""
        alone = {axis for axis, _ in self._alone}
        with np.errstate(divide="ignore"):
            prior = np.log(self.world.shares).reshape(-1, *[1] * len(self._hidden))
            for index, conditional in enumerate(self.world.hidden):
                if index in alone:
                    continue
                axes = [self._hidden.index(parent) for parent in conditional.parents]
                shaped = conditional.truth.reshape(
                    len(self.world.kinds), *conditional.sizes, conditional.codes
                )
                full = _spread(shaped, [*axes, index], len(self._hidden))
                prior = prior + np.log(full)
        return np.asarray(prior)

    def _differs_by_story(self, conditional: Conditional) -> bool:
        """Whether the answer depends on the story: it is covered, or some tell a lie and others do not."""
        unaware = self.world.hidden[-1].truth[:, 0, UNAWARE] > 0
        lies = (conditional.lie.max(axis=1) > 0) & unaware
        return bool((conditional.slip < 1).any() or lies.any())

    def _field_likelihood(self, conditional: Conditional) -> FieldLikelihood:
        recording = self.world.recordings[conditional.name]
        hidden = [parent for parent in conditional.parents if parent in self._hidden]
        visible = [parent for parent in conditional.parents if parent not in self._hidden]
        declared = _declared(conditional)  # (types, story, *parents, codes)
        touches_story = STORY in hidden or self._differs_by_story(conditional)
        declared = _with_story_axis(declared, conditional.parents, touches_story=touches_story)
        names = ["", *([STORY] if touches_story else []), *(p for p in conditional.parents if p != STORY)]
        by_office = bool((recording.missing != recording.missing[:, :1]).any())
        observed = _observed(
            declared, recording.missing if by_office else recording.missing.mean(axis=0)[None], recording
        )
        # observed: (types, [story], *parents without story, offices, codes + 2)
        order = ["", *self._hidden]
        hidden_axes = [names.index(name) for name in order if name in names]
        visible_axes = [names.index(name) for name in visible]
        office_axis, code_axis = observed.ndim - 2, observed.ndim - 1
        arranged = observed.transpose(*visible_axes, office_axis, code_axis, *hidden_axes)
        sizes = tuple(arranged.shape[: len(visible)])
        rows = int(np.prod(arranged.shape[: len(visible) + 2]))
        table = np.log(np.maximum(arranged.reshape(rows, -1), _SMALLEST))
        involved = tuple(name in names for name in self._hidden)
        if by_office:
            return FieldLikelihood(
                conditional.name, (*visible, "office"), (*sizes, len(recording.missing)), involved, table
            )
        return FieldLikelihood(conditional.name, tuple(visible), sizes, involved, table)


def _declared(conditional: Conditional) -> Array:
    """Return P(declared | type, story, parents), shape (types, stories, *parent sizes, codes)."""
    told = conditional.truth * conditional.lie[:, None, :]
    own = conditional.truth - told
    kinds = np.arange(len(own))
    own[kinds, :, conditional.lie_to] += told.sum(axis=2)
    slip = conditional.slip[:, None, None]
    covered = (1 - slip) * conditional.cover + slip * own
    by_story = {OPEN: own, COVER: covered, UNAWARE: conditional.truth}
    stacked = np.stack([by_story[story] for story in range(len(STORY_LABELS))], axis=1)
    return stacked.reshape(len(own), len(STORY_LABELS), *conditional.sizes, conditional.codes)


def _with_story_axis(declared: Array, parents: tuple[str, ...], *, touches_story: bool) -> Array:
    """Merge the axis of stories with the parent of the same meaning, or drop it."""
    if STORY in parents:
        axis = 2 + parents.index(STORY)
        stories = range(len(STORY_LABELS))
        return np.stack([np.take(declared[:, told], told, axis=axis - 1) for told in stories], axis=1)
    return declared if touches_story else declared[:, OPEN]


def _observed(declared: Array, missing: Array, recording: Recording) -> Array:
    """Return P(observed | ...) with axes (..., offices, codes + 2)."""
    noise, misread = recording.noise, recording.misread
    codes = declared.shape[-1]
    mixing = (1 - noise) * np.eye(codes) + noise * misread
    kept = (1 - missing)[:, :, None] * mixing[None]  # offices, declared, observed
    observed = np.einsum("...x,oxy->...oy", declared, kept)
    lost = np.einsum("...x,ox->...o", declared, missing)[..., None]
    return np.concatenate([observed, lost, np.ones_like(lost)], axis=-1)


def _log_sum(logs: Array, axis: int) -> Array:
    """Return the log of the sum of exponentials along an axis, which is kept.

    Much of the oracle's time is spent here; scipy's function checks more than is needed.
    """
    largest = np.maximum(logs.max(axis=axis, keepdims=True), _LOWEST)
    with np.errstate(divide="ignore"):  # what is impossible stays so
        return np.asarray(np.log(np.exp(logs - largest).sum(axis=axis, keepdims=True)) + largest)


def _sizes_where(sizes: tuple[int, ...], involved: tuple[bool, ...]) -> list[int]:
    return [size if used else 1 for size, used in zip(sizes, involved, strict=True)]


def _spread(array: Array, axes: list[int], count: int) -> Array:
    """Return `array` (types, *axes) with one axis for each of `count` hidden variables."""
    order = np.argsort(axes)
    ordered = array.transpose(0, *[1 + int(i) for i in order])
    shape = [1] * count
    for axis, size in zip(sorted(axes), ordered.shape[1:], strict=True):
        shape[axis] = size
    return ordered.reshape(len(array), *shape)
