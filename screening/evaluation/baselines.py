"""Published rulebooks beside ours: whom each misses, and whom it burdens.

Rules that others wrote, such as the instruction of 2023, decide by themselves on the same people. Counts add
up over the parts of a cohort; rates, intervals and sentences are made of their sum. Nothing here says which
rulebook is right: one that flags everybody misses nobody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from dossier.fields import fields
from dossier.texts import Text
from dossier.truth import Truth, TruthClass
from screening.evaluation.outcomes import AGE_LABELS
from screening.evaluation.rates import PER, Rate, rate_json
from screening.evaluation.texts import Said, has_text, number, percent, percents, said, text
from screening.referral import policy

Counts = npt.NDArray[np.int64]
"""Shape (rulebooks, kinds, sexes + 1, age bands + 1, 2): people not flagged and flagged.

The kinds are the typology families of the truth, then the lawful, then the irregular; facilitators enter no
rate. The last sex and the last band are for those of whom it is not known.
"""


class Grouped(Protocol):
    """Something that is known by one rate."""

    @property
    def rate(self) -> Rate:
        """The rate by which it is compared with others of its kind."""


Some = TypeVar("Some", bound=Grouped)


@dataclass(frozen=True)
class MissedGroup:
    """Victims of one typology family and sex.

    Attributes:
        family, sex: The group.
        rate: Those who are not flagged, of the group.
    """

    family: str
    sex: str
    rate: Rate


@dataclass(frozen=True)
class BurdenedGroup:
    """People of one sex and age band who are no victims.

    Attributes:
        sex, age_band: The group.
        rate: Lawful people who are flagged, of the group's.
        irregular: The same for irregular people.
        of_flags: The group's share of all lawful people who are flagged.
        of_people: The group's share of all lawful people.
    """

    sex: str
    age_band: str
    rate: Rate
    irregular: Rate
    of_flags: Rate
    of_people: Rate

    @property
    def per_10000(self) -> float | None:
        """Lawful people flagged among 10,000 of the group; None where it has nobody."""
        return PER * self.rate.count / self.rate.n if self.rate.n else None


@dataclass(frozen=True)
class Baseline:
    """What one published rulebook does to the people of a cohort.

    Attributes:
        rulebook: Its name.
        miss, lawful, irregular: Victims missed; lawful and irregular people flagged.
        missed: Misses by typology family and sex; groups without anybody are left out.
        burdened: Flags of the lawful by sex and age band; groups without anybody are left out.
    """

    rulebook: str
    miss: Rate
    lawful: Rate
    irregular: Rate
    missed: tuple[MissedGroup, ...]
    burdened: tuple[BurdenedGroup, ...]

    @property
    def worst_missed(self) -> MissedGroup | None:
        """The group missed most; None where nobody is missed."""
        return _most(self.missed)

    @property
    def most_burdened(self) -> BurdenedGroup | None:
        """The group of lawful people flagged most; None where none of them is flagged."""
        return _most(self.burdened)


def baseline_counts(
    truth: Truth,
    sex: npt.NDArray[np.int8],
    age_band: npt.NDArray[np.int8],
    flagged: Sequence[npt.NDArray[np.bool_]],
) -> Counts:
    """Count whom each rulebook flags; the counts of parts of a cohort may be added.

    Args:
        truth: The sealed side of n people.
        sex, age_band: Shape (n,): codes as in `Outcomes`; -1 where not known.
        flagged: For each rulebook shape (n,): whom it flags.
    """
    families, sexes, bands = len(truth.family_names), len(fields()["sex"].codes), len(AGE_LABELS)
    kind = truth.family.astype(np.int64)
    kind[truth.truth_class == TruthClass.LAWFUL] = families
    kind[truth.truth_class == TruthClass.IRREGULAR] = families + 1
    kind[truth.truth_class == TruthClass.FACILITATOR] = -1
    counted = kind >= 0
    shape = (families + 2, sexes + 1, bands + 1, 2)
    known_sex = np.where(sex < 0, sexes, sex).astype(np.int64)
    known_band = np.where(age_band < 0, bands, age_band).astype(np.int64)
    cell = ((kind * shape[1] + known_sex) * shape[2] + known_band) * 2
    found = [np.bincount((cell + f)[counted], minlength=int(np.prod(shape))) for f in flagged]
    return np.array(found, dtype=np.int64).reshape(len(flagged), *shape)


def baseline_report(names: Sequence[str], families: Sequence[str], counts: Counts) -> tuple[Baseline, ...]:
    """Return what each rulebook does.

    Args:
        names: The rulebooks, in the order of the counts.
        families: The typology families of the truth, in its order.
        counts: Summed over all parts.
    """
    return tuple(_baseline(name, families, found) for name, found in zip(names, counts, strict=True))


def baselines_json(report: Sequence[Baseline], titles: Mapping[str, Text]) -> list[dict[str, Any]]:
    """Return the report for JSON: rates, groups, and a sentence in both languages for each side.

    Args:
        report: What `baseline_report` returned.
        titles: What the rulebooks are called, by name.
    """
    return [
        {
            "rulebook": one.rulebook,
            "title": titles[one.rulebook].model_dump(),
            "miss_rate": rate_json(one.miss, "missed"),
            "false_flag_rate": rate_json(_together(one.lawful, one.irregular), "flagged"),
            "lawful_flagged": rate_json(one.lawful, "flagged"),
            "irregular_flagged": rate_json(one.irregular, "flagged"),
            "missed_groups": [
                {"typology": g.family, "sex": g.sex, "miss_rate": rate_json(g.rate, "missed")}
                for g in one.missed
            ],
            "burdened_groups": [_burdened_json(group) for group in one.burdened],
            "summary": {"missed": vars(missed_sentence(one)), "burdened": vars(burdened_sentence(one))},
        }
        for one in report
    ]


def missed_sentence(baseline: Baseline) -> Said:
    """Return whom a rulebook misses most, in one sentence, with n and interval."""
    worst = baseline.worst_missed
    if worst is None:
        return text(
            "baselines.misses_nobody" if baseline.miss.n else "baselines.no_victims", n=baseline.miss.n
        )
    pattern = policy().title.get(worst.family)
    return text(
        "baselines.misses_most",
        sex=text(f"baselines.{worst.sex}"),
        pattern=said(pattern.model_dump()) if pattern else worst.family.replace("_", " "),
        missed=_counted(worst.rate),
        overall=_counted(baseline.miss),
    )


def burdened_sentence(baseline: Baseline) -> Said:
    """Return whom a rulebook burdens most, in one sentence, with n and interval."""
    most = baseline.most_burdened
    if most is None:
        return text(
            "baselines.stops_nobody" if baseline.lawful.n else "baselines.no_lawful", n=baseline.lawful.n
        )
    place = f"age.{most.age_band.replace(' ', '_')}"
    return text(
        "baselines.stops_most",
        sex=text(f"baselines.{most.sex}"),
        age=text(place) if has_text(place) else most.age_band.replace("-", "–"),
        stopped=_counted(most.rate),
        per_10000=number(most.per_10000 or 0),
        of_people=_counted(most.of_people),
        of_flags=_counted(most.of_flags),
    )


def _baseline(name: str, families: Sequence[str], counts: Counts) -> Baseline:
    victims, lawful, irregular = counts[:-2], counts[-2], counts[-1]
    everybody, flags = _rate(lawful).n, _rate(lawful).count
    missed = (
        MissedGroup(family, sex, _others(_rate(victims[f, s])))
        for f, family in enumerate(families)
        for s, sex in enumerate(fields()["sex"].codes)
    )
    burdened = (
        BurdenedGroup(
            sex,
            band,
            here := _rate(lawful[s, b]),
            _rate(irregular[s, b]),
            Rate(here.count, flags),
            Rate(here.n, everybody),
        )
        for s, sex in enumerate(fields()["sex"].codes)
        for b, band in enumerate(AGE_LABELS)
    )
    return Baseline(
        name,
        _others(_rate(victims)),
        _rate(lawful),
        _rate(irregular),
        tuple(group for group in missed if group.rate.n),
        tuple(group for group in burdened if group.rate.n or group.irregular.n),
    )


def _rate(counts: Counts) -> Rate:
    """Return the share that is flagged of all in these counts."""
    return Rate(int(counts[..., 1].sum()), int(counts.sum()))


def _others(rate: Rate) -> Rate:
    return Rate(rate.n - rate.count, rate.n)


def _together(first: Rate, second: Rate) -> Rate:
    return Rate(first.count + second.count, first.n + second.n)


def _most(groups: Sequence[Some]) -> Some | None:
    """Return the group whose interval begins highest, so that no handful of people comes first by chance."""
    return max((group for group in groups if group.rate.count), key=_low, default=None)


def _low(group: Grouped) -> float:
    return group.rate.low


def _counted(rate: Rate) -> Said:
    """Return a rate as it is said: count, n, share and exact interval."""
    return text(
        "baselines.counted",
        count=rate.count,
        n=rate.n,
        rate=percent(rate.estimate if rate.n else None),
        interval=percents(rate.low, rate.high),
    )


def _burdened_json(group: BurdenedGroup) -> dict[str, Any]:
    return {
        "sex": group.sex,
        "age_band": group.age_band,
        "lawful_flagged": rate_json(group.rate, "flagged"),
        "irregular_flagged": rate_json(group.irregular, "flagged"),
        "lawful_flagged_per_10000": group.per_10000,
        "share_of_lawful_flags": rate_json(group.of_flags, "flagged"),
        "share_of_lawful_people": rate_json(group.of_people, "people"),
    }
