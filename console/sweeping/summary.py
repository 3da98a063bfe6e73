"""A sweep in a few lines: the variants that miss fewest and most, never without whom they flag wrongly.

People of several seeds are counted together. The best of many variants looks better than it is, because
chance is part of what it was chosen for; so beside each rate's own interval stands one so wide that those of
all variants hold together.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from console.output import Output, number_of, percent
from console.stress.pairs import together
from console.sweeping.counts import people_by_both
from console.sweeping.rates import RATES, USUAL
from console.sweeping.results import ITSELF, OTHERS, SAME, Found, baseline_id, pairing
from console.sweeping.settings import Variant
from console.sweeping.variants import varied
from console.sweeping.workloads import rate_of_everybody
from screening.evaluation.rates import PairedDifference, Rate, difference_json, rate_json

SHOWN = 5
"""Variants that are shown of the best, and of the worst."""

_MISS, _FALSE_FLAG = USUAL
_SIMULTANEOUS = ("low", "high")


@dataclass(frozen=True)
class Pooled:
    """One variant with the people of all seeds together.

    Attributes:
        place: Position of the variant.
        rates: Of everybody: the miss rate and the false-flag rate.
        changes: The same less the baseline's, on the same people; None where there are none.
        otherwise: People who set out otherwise than in the baseline.
    """

    place: int
    rates: Mapping[str, Rate]
    changes: Mapping[str, PairedDifference] | None
    otherwise: int

    @property
    def intervals(self) -> int:
        """How many intervals it has."""
        said = [*self.rates.values(), *(self.changes.values() if self.changes else ())]
        return sum(one.n > 0 for one in said)


def pooled(found: Sequence[Found]) -> list[Pooled]:
    """Return what each variant found, its seeds together, in the order of the variants."""
    places = dict.fromkeys(one.place for one in sorted(found, key=lambda one: one.place))
    return [_pooled(place, [one for one in found if one.place == place]) for place in places]


def _pooled(place: int, found: Sequence[Found]) -> Pooled:
    rates = {}
    for name in USUAL:
        each = [rate_of_everybody(one.counts, name) for one in found]
        rates[name] = Rate(sum(one.count for one in each), sum(one.n for one in each))
    otherwise = sum(moved.n for one in found for moved in one.counts.otherwise)
    if not found[0].counts.pairs:
        return Pooled(place, rates, None, otherwise)
    pairs = np.sum([people_by_both(one.counts.pairs[0]).sum(axis=0) for one in found], axis=0)
    changes = {name: _change(RATES[name].changes(pairs[None])) for name in USUAL}
    return Pooled(place, rates, changes, otherwise)


def _change(counts: tuple[Any, Any, Any]) -> PairedDifference:
    return PairedDifference(*(int(part.sum()) for part in counts))


def summary_json(variants: Sequence[Variant], everything: Sequence[Pooled]) -> dict[str, Any]:
    """Return the summary for JSON.

    Returns:
        `comparisons`, how many intervals hold together; `best` and `worst`, variants by their miss rate, few
        misses first and many misses first; and how many could be paired with a baseline.
    """
    comparisons = sum(one.intervals for one in everything)
    said = [one for one in everything if one.rates[_MISS].n]
    ordered = sorted(said, key=lambda one: (one.rates[_MISS].estimate, one.place))
    told = [_entry(variants, one, together(comparisons)) for one in ordered]
    return {
        "comparisons": comparisons,
        "confidence_simultaneous": together(comparisons),
        "variants": len(everything),
        "without_victims": len(everything) - len(said),
        "paired": sum(one.changes is not None for one in everything),
        "measured_against_others": sum(
            variants[one.place].baseline is not None and one.changes is None for one in everything
        ),
        "set_out_otherwise": sum(one.otherwise for one in everything),
        "best": told[:SHOWN],
        "worst": told[::-1][: min(SHOWN, max(len(told) - SHOWN, 0))],
    }


def _entry(variants: Sequence[Variant], one: Pooled, confidence: float) -> dict[str, Any]:
    columns = variants[one.place].settings.columns
    changes = {
        f"{name.removesuffix('_rate')}_change": _change_entry(change, confidence)
        for name, change in (one.changes or {}).items()
    }
    return {
        "variant": variants[one.place].id,
        "settings": {name: columns[name] for name in varied(variants)},
        _MISS: _rate_entry(one.rates[_MISS], "missed", confidence),
        _FALSE_FLAG: _rate_entry(one.rates[_FALSE_FLAG], "flagged", confidence),
        "baseline": baseline_id(variants, one.place),
        "pairing": pairing(variants, one.place),
        **changes,
        "set_out_otherwise": one.otherwise,
    }


def _rate_entry(rate: Rate, counted: str, confidence: float) -> dict[str, Any]:
    wide = rate_json(replace(rate, confidence=confidence), counted)
    return {**rate_json(rate, counted), **{f"{end}_simultaneous": wide[end] for end in _SIMULTANEOUS}}


def _change_entry(change: PairedDifference, confidence: float) -> dict[str, Any]:
    wide = difference_json(replace(change, confidence=confidence))
    return {**difference_json(change), **{f"{end}_simultaneous": wide[end] for end in _SIMULTANEOUS}}


def print_summary(content: Mapping[str, Any], output: Output) -> None:
    """Print a sweep's summary for a person."""
    for line in _sentences(content):
        print(line)
    summary = content["summary"]
    for title, name in (("Fewest victims missed", "best"), ("Most victims missed", "worst")):
        if summary[name]:
            output.table(title, _COLUMNS, [_cells(entry) for entry in summary[name]])
    for line in _cautions(summary):
        print(line)
    print(
        f"Everything: {content['artifacts']['sweep.json']}; as a table: {content['artifacts']['results.csv']}"
    )


_COLUMNS = ("variant", "missed (95 % interval)", "others flagged (95 % interval)")


def _cells(entry: Mapping[str, Any]) -> list[str]:
    """Return the cells of one variant, several short lines each, so that they fit into a narrow window."""
    values = [f"{name} {value}" for name, value in entry["settings"].items()]
    misses = _lines(entry, _MISS, "missed", "victim")
    flags = _lines(entry, _FALSE_FLAG, "flagged", "other")
    return ["\n".join(lines) for lines in ((entry["variant"], *values, ""), misses, flags)]


def _lines(entry: Mapping[str, Any], name: str, counted: str, one: str) -> Iterator[str]:
    """Yield a rate, the interval that holds together with all others, and the change against the baseline."""
    rate = entry[name]
    yield f"{rate[counted]:,} of {number_of(rate['n'], one)}"
    yield percent(rate)
    if rate["n"]:
        yield f"all together {100 * rate['low_simultaneous']:.1f}-{100 * rate['high_simultaneous']:.1f}"
    yield from _change_lines(entry, f"{name.removesuffix('_rate')}_change")


def _change_lines(entry: Mapping[str, Any], name: str) -> Iterator[str]:
    """Yield a change in points of a hundred with the wider interval; in words where there is none."""
    if entry["pairing"] == ITSELF:
        yield "is the baseline"
    elif entry["pairing"] == OTHERS:
        yield f"other people than {entry['baseline']}"
    elif entry["pairing"] == SAME and (change := entry[name])["n"]:
        low, high = 100 * change["low_simultaneous"], 100 * change["high_simultaneous"]
        yield f"difference from {entry['baseline']}, points:"
        yield f"{100 * change['estimate']:+z.1f} ({low:+z.1f} to {high:+z.1f})"


def _sentences(content: Mapping[str, Any]) -> Iterator[str]:
    variants = number_of(content["summary"]["variants"], "variant")
    yield f"{content['title']}: {variants}, {number_of(len(content['seeds']), 'seed')} each."
    yield f"{content['applicants']:,} screenings of synthetic applicants; nothing of them is kept but counts."


def _cautions(summary: Mapping[str, Any]) -> Iterator[str]:
    yield (
        f"{number_of(summary['comparisons'], 'interval')} were made here. The best of many looks better than "
        'it is: read "all together", whose intervals all hold at once at least 95 times in 100.'
    )
    if summary["paired"]:
        yield "Differences are on the same people, in points of a hundred, with intervals that hold together."
    if moved := summary["set_out_otherwise"]:
        yield f"Levers let people set out as somebody else ({moved:,} times); no difference counts them."
    if others := summary["measured_against_others"]:
        yield f"{number_of(others, 'variant')} with other people than the baseline: there is no difference."
    if without := summary["without_victims"]:
        yield f"{number_of(without, 'variant')} without victims, which are in neither list."
    yield (
        "Intervals are over persons. Members of one network are alike, so for other networks they can be too "
        "narrow; `saring compare` tells both."
    )
