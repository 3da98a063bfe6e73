"""One family of typologies left out of the training: what screening misses of a kind that nobody has seen.

The cards are trained again without the family and measured on its victims, at the share of others flagged at
which the complete cards are measured. Rules that were written for the family stay, because officers know of
them; only what was learned is taken away. The unrestricted challenger is trained without it as well.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from console.parts.parallel import each_part
from console.stress.frame import Done, Finding, Row, Setting
from console.stress.learning import family_title, learning
from console.stress.pairs import Before, change, held_together, rate_of
from console.stress.retraining import Workshop, paired_rise, row_of
from console.stress.wording import change_text, rate_text, say
from console.training import trained_challenger
from dossier.problems import BadInput
from models.card import CardSet
from models.challengers import Challenger
from screening.evaluation.rates import difference_json
from synthetic.world import World

ID = "left_out"
SERIES = ("reduced", "complete", "without", "challenger", "challenger_without")


@dataclass(frozen=True)
class Kind:
    """One family: whom cards and challengers miss of it, trained with it and without it."""

    family: str
    complete: Before
    without: Before
    challenger: Before
    challenger_without: Before


def left_out(setting: Setting, done: Done) -> Finding:
    """Train without each family in turn and measure on that family.

    Args:
        setting: Where it is measured.
        done: Called with 1 after each training, and at the end.

    Raises:
        BadInput: If the screener learned nothing, or its training knows no two families.
    """
    workshop = Workshop.at_home(setting)
    families = _families(workshop)
    makers = [None, *families]

    def made(place: int) -> tuple[CardSet, Challenger]:
        pair = _trained(workshop, makers[place])
        done(1)
        return pair

    (complete, challenger), *others = each_part(made, len(makers), setting.workers)
    kinds = []
    for family, (cards, rival) in zip(families, others, strict=True):
        judged = setting.judge.fresh(
            "victims",
            setting.victim_count,
            setting.seed_for("left_out", family),
            modules=_typologies(setting.judge.world, family),
            one_per_network=True,
        )
        chosen = (
            workshop.chosen(workshop.score_of(one), judged.dossiers, setting.others.dossiers)
            for one in (complete, cards, challenger, rival)
        )
        kinds.append(Kind(family, *chosen))
    reduced = _reduced(workshop, complete)
    done(1)
    return held_together(lambda confidence: _finding(workshop, kinds, reduced, confidence))


def steps(setting: Setting) -> int:
    """Return how often `left_out` tells of its progress."""
    return 2 + len(_families(Workshop.at_home(setting)))


def _families(workshop: Workshop) -> list[str]:
    """Return the families to leave out, in the scenario's order."""
    here = [family for family in _known(workshop.judge.world) if family in _known(workshop.world)]
    asked = learning().left_out.families
    if strangers := set(asked) - set(here):
        what = f"'{min(strangers)}' is no family that this scenario and the training of its cards both have"
        raise BadInput.of(what, where="learning.toml", mend=f"Choose from: {', '.join(here)}.")
    if len(_known(workshop.world)) < 2 or not here:  # noqa: PLR2004  (one remains)
        what = "the cards were trained on one family, so none can be left out"
        raise BadInput.of(what, where="--cards", mend="Choose cards that were trained on several families.")
    return [family for family in here if not asked or family in asked]


def _known(world: World) -> list[str]:
    found = (m.module.family for m in world.modules if m.module.family and world.scenario.mix[m.id].share > 0)
    return list(dict.fromkeys(found))


def _typologies(world: World, family: str) -> tuple[str, ...]:
    mix = world.scenario.mix
    return tuple(m.id for m in world.modules if m.module.family == family and mix[m.id].share > 0)


def _trained(workshop: Workshop, without: str | None) -> tuple[CardSet, Challenger]:
    rival = trained_challenger(
        workshop.world,
        workshop.seed,
        workshop.judge.stage,
        without=without,
        chosen=workshop.sizes.training(),
    )
    return workshop.cards(without), rival


def _reduced(workshop: Workshop, complete: CardSet) -> tuple[Before, Before]:
    """Return whom the complete cards choose, trained on fewer people, and whom those of the screener."""
    setting = workshop.setting
    people = setting.victims.dossiers, setting.others.dossiers
    fewer, own = (
        workshop.chosen(workshop.score_of(cards), *people)
        for cards in (complete, setting.judge.screener.cards)
    )
    return fewer, own


def _rows(kind: Kind, confidence: float) -> Iterator[Row]:
    title = family_title(kind.family)
    gap = difference_json(change(kind.without.missed, kind.challenger_without.missed, confidence))
    for series, chosen, before in (
        ("complete", kind.complete, None),
        ("without", kind.without, kind.complete),
        ("challenger", kind.challenger, None),
        ("challenger_without", kind.challenger_without, kind.challenger),
    ):
        yield row_of(
            say(f"left_out.{series}", family=title),
            kind.family,
            chosen,
            before,
            series=series,
            confidence=confidence,
            more={"less_challenger_without": gap} if series == "without" else {},
        )


def _rise(kind: Kind) -> float:
    return float(kind.without.missed.mean() - kind.complete.missed.mean())


def _finding(
    workshop: Workshop, kinds: list[Kind], reduced: tuple[Before, Before], confidence: float
) -> Finding:
    worst = max(kinds, key=lambda kind: (float(kind.without.missed.mean()), kind.family))
    answer = say(
        "left_out.answer" if len(kinds) > 1 else "left_out.answer_one",
        number=len(kinds),
        family=family_title(worst.family),
        missed=rate_text(rate_of(worst.without.missed, confidence)),
        complete=rate_text(rate_of(worst.complete.missed, confidence)),
        change=change_text(change(worst.without.missed, worst.complete.missed, confidence)),
        flagged=rate_text(rate_of(worst.without.flagged, confidence)),
        challenger=rate_text(rate_of(worst.challenger_without.missed, confidence)),
    )
    assumed = say(
        "left_out.assumed",
        victims=workshop.sizes.victims_per_family,
        others=workshop.sizes.others,
        scenario=workshop.world.scenario.id,
        cost=change_text(change(reduced[0].missed, reduced[1].missed, confidence)),
    )
    row = row_of(
        say("left_out.reduced", victims=workshop.sizes.victims_per_family, others=workshop.sizes.others),
        "reduced",
        *reduced,
        series="reduced",
        confidence=confidence,
    )
    rows = [one for kind in kinds for one in _rows(kind, confidence)]
    return Finding(
        ID,
        say("left_out.title"),
        say("left_out.question"),
        answer,
        [row, *rows],
        assumed,
        leads="without",
        names={name: say(f"left_out_series.{name}") for name in SERIES},
        rise=paired_rise(one for one in rows if one.series == "without"),
        more={
            "worst": worst.family,
            "largest_rise": max(kinds, key=lambda kind: (_rise(kind), kind.family)).family,
            "mean_miss_without": sum(float(kind.without.missed.mean()) for kind in kinds) / len(kinds),
            "trained_on": workshop.sizes.model_dump(),
            "trained_in": workshop.world.scenario.id,
        },
    )
