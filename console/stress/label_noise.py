"""Wrong labels: victims who survive without anybody calling them victims, and others who are called so.

The cards are trained again on labels that miss a share of the victims, and measured by the truth: on the same
people, at the same number of people flagged, which needs no labels to set. Beside that stands what somebody
would report who has such labels only. Nobody is moved at random: the people of a sample come in no order, so
the first of them are as good as any.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from console.parts.parallel import each_part
from console.stress.frame import Column, Done, Finding, Row, Setting
from console.stress.learning import learning
from console.stress.pairs import Before, change, held_together, rate_of
from console.stress.retraining import Workshop, paired_rise, row_of
from console.stress.wording import change_text, rate_text, say
from console.training import TrainingDraw
from models.train import OTHERS
from screening.evaluation.rates import CONFIDENCE, Rate, rate_json
from screening.evaluation.texts import limit
from synthetic.world import World

ID = "label_noise"

Rows = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Noise:
    """Which labels are wrong.

    Attributes:
        unlabelled: Share of the victims who are labelled as others.
        wrong: Share, among those labelled as victims, of others.
        series: Which kind of noise: "none", "random", "both" or "hard", where those whom the screener's own
            cards rate lowest stay unlabelled.
    """

    unlabelled: float
    wrong: float = 0.0
    series: str = "random"

    @property
    def is_by_risk(self) -> bool:
        """Whether the victims who look least like victims stay unlabelled."""
        return self.series == "hard"


def label_noise(setting: Setting, done: Done) -> Finding:
    """Train on wrong labels and measure by the truth.

    Args:
        setting: Where it is measured.
        done: Called with 1 after each training.

    Raises:
        BadInput: If the screener learned nothing.
    """
    workshop = Workshop.at_home(setting, "everybody")
    drawn = workshop.sample()
    risk = workshop.score_of(setting.judge.screener.cards)(drawn.dossiers)
    kinds = noises()

    def chosen(place: int) -> Before:
        cards = workshop.cards_from(mislabelled(drawn, kinds[place], risk))
        found = workshop.chosen(workshop.score_of(cards), setting.victims.dossiers, setting.others.dossiers)
        done(1)
        return found

    clean, *noisy = each_part(chosen, len(kinds), setting.workers)
    found = list(zip(kinds[1:], noisy, strict=True))
    return held_together(lambda confidence: _finding(workshop, clean, found, confidence))


def steps(_: Setting) -> int:
    """Return how often `label_noise` tells of its progress."""
    return len(noises())


def noises() -> list[Noise]:
    """Return every noise that is tried out, none at all first."""
    chosen = learning().label_noise
    return [
        Noise(0.0, series="none"),
        *(Noise(share) for share in chosen.unlabelled),
        *(Noise(share, chosen.wrongly_labelled, "both") for share in chosen.unlabelled),
        *(Noise(share, series="hard") for share in chosen.unlabelled),
    ]


def mislabelled(drawn: TrainingDraw, noise: Noise, risk: npt.NDArray[Any]) -> TrainingDraw:
    """Return a sample as it would have been drawn from people with wrong labels.

    Victims are drawn from those who are labelled; unlabelled victims stand among the others as often as in
    the scenario, and no more often, although the sample holds far more victims than the scenario.

    Args:
        drawn: The sample with true labels.
        noise: Which labels are wrong.
        risk: Shape (n,): how much each resembles a victim, for noise that goes by it.
    """
    shares = np.array(drawn.shares)
    labelled = shares * (1 - noise.unlabelled) / (1 - noise.wrong)
    of_others = drawn.share_of_others + shares.sum() - labelled.sum()
    kept, unseen = _parted(drawn, noise, risk)
    others = np.flatnonzero(drawn.typology == OTHERS)
    wrong = [round(len(rows) * noise.wrong / (1 - noise.wrong)) for rows in kept]
    ends = np.cumsum([0, *wrong])
    per_other = noise.unlabelled * shares / (drawn.share_of_others - (labelled * noise.wrong).sum())
    # Where the sample holds fewer unlabelled victims than belong to its others, there are fewer others too.
    enough = [len(rows) / share for rows, share in zip(unseen, per_other, strict=True) if share]
    true_others = others[ends[-1] :][: int(min([len(others), *enough]))]
    among_others = [
        rows[: round(len(true_others) * share)] for rows, share in zip(unseen, per_other, strict=True)
    ]
    parts = [np.concatenate([rows, others[ends[k] : ends[k + 1]]]) for k, rows in enumerate(kept)]
    parts.append(np.concatenate([true_others, *among_others]))
    typology = np.repeat([*range(len(kept)), OTHERS], [len(part) for part in parts]).astype(np.int16)
    return replace(
        drawn,
        dossiers=drawn.dossiers.take(np.concatenate(parts)),
        typology=typology,
        family=np.array([*drawn.family_of, OTHERS], dtype=np.int16)[typology],
        shares=tuple(labelled.tolist()),
        share_of_others=float(of_others),
    )


def _parted(drawn: TrainingDraw, noise: Noise, risk: npt.NDArray[Any]) -> tuple[list[Rows], list[Rows]]:
    """Return the rows of the victims of each typology who are labelled, and of those who are not."""
    kept, unseen = [], []
    for typology in range(len(drawn.typologies)):
        rows = np.flatnonzero(drawn.typology == typology)
        gone = round(len(rows) * noise.unlabelled)
        first = rows[np.argsort(risk[rows], kind="stable")] if noise.is_by_risk else rows
        unseen.append(first[:gone])
        kept.append(np.sort(first[gone:]))
    return kept, unseen


@dataclass(frozen=True)
class Apparent:
    """What somebody would report who has wrong labels only, on people in the scenario's own mixture.

    Attributes:
        miss: Missed among those labelled as victims.
        false_flag: Flagged among those labelled as others.
    """

    miss: Rate
    false_flag: Rate


def apparent(
    chosen: Before, noise: Noise, victims_per_other: float, confidence: float = CONFIDENCE
) -> Apparent:
    """Return the rates as wrong labels show them; whose label is wrong does not depend on the dossier.

    Args:
        chosen: Whom a screener misses and flags, people in no order.
        noise: Which labels are wrong.
        victims_per_other: In the scenario.
        confidence: Of both intervals.
    """
    most = min(len(chosen.flagged), int(len(chosen.missed) / victims_per_other))
    missed, flagged = chosen.missed[: round(most * victims_per_other)], chosen.flagged[:most]
    unseen = round(len(missed) * noise.unlabelled)
    wrong = round((len(missed) - unseen) * noise.wrong / (1 - noise.wrong))
    return Apparent(
        rate_of(np.concatenate([missed[unseen:], ~flagged[:wrong]]), confidence),
        rate_of(np.concatenate([flagged[wrong:], ~missed[:unseen]]), confidence),
    )


def _finding(
    workshop: Workshop, clean: Before, noisy: Sequence[tuple[Noise, Before]], confidence: float
) -> Finding:
    world, sizes = workshop.judge.world, workshop.sizes
    worst = max(noise.unlabelled for noise, _ in noisy)
    by_series = {noise.series: chosen for noise, chosen in noisy if noise.unlabelled == worst}
    reported = apparent(clean, Noise(worst), _victims_per_other(world), confidence)
    answer = say(
        "label_noise.answer",
        share=limit(worst),
        clean=rate_text(rate_of(clean.missed, confidence)),
        random=change_text(change(by_series["random"].missed, clean.missed, confidence)),
        both=change_text(change(by_series["both"].missed, clean.missed, confidence)),
        hard=change_text(change(by_series["hard"].missed, clean.missed, confidence)),
        reported=rate_text(reported.false_flag),
        true=rate_text(rate_of(clean.flagged, confidence)),
    )
    assumed = say(
        "label_noise.assumed",
        wrong=limit(learning().label_noise.wrongly_labelled),
        victims=sizes.victims_per_family,
        others=sizes.others,
        scenario=workshop.world.scenario.id,
    )
    rows = list(_rows(world, clean, noisy, confidence))
    return Finding(
        ID,
        say("label_noise.title"),
        say("label_noise.question"),
        answer,
        rows,
        assumed,
        columns=(
            Column("apparent_miss_rate", say("label_noise.apparent_miss"), "rate"),
            Column("apparent_false_flag_rate", say("label_noise.apparent_flags"), "rate"),
        ),
        names={name: say(f"label_noise_series.{name}") for name in ("none", *by_series)},
        rise=paired_rise(rows),
        axis=say("label_noise.axis"),
        beside=1,  # the false flags that the answer reports
        more={"trained_on": sizes.model_dump(), "trained_in": workshop.world.scenario.id},
    )


def _rows(
    world: World, clean: Before, noisy: Sequence[tuple[Noise, Before]], confidence: float
) -> Iterator[Row]:
    yield row_of(say("label_noise.clean"), "none", clean, at=0.0, series="none", confidence=confidence)
    for noise, chosen in noisy:
        # Whoever looks least like a victim is missed most: such labels cannot be had without the risk.
        seen = None if noise.is_by_risk else apparent(chosen, noise, _victims_per_other(world), confidence)
        yield row_of(
            say(f"label_noise.{noise.series}", share=limit(noise.unlabelled), wrong=limit(noise.wrong)),
            f"{noise.series}_{noise.unlabelled:g}",
            chosen,
            clean,
            at=noise.unlabelled,
            series=noise.series,
            confidence=confidence,
            more={} if seen is None else _seen_json(seen),
        )


def _seen_json(seen: Apparent) -> dict[str, Any]:
    return {
        "apparent_miss_rate": rate_json(seen.miss, "missed"),
        "apparent_false_flag_rate": rate_json(seen.false_flag, "flagged"),
    }


def _victims_per_other(world: World) -> float:
    shares = world.shares_by_truth
    return shares["victim"] / (shares["lawful"] + shares["irregular"])
