"""The office effect: whether an office misses or stops more than others, and what stricter officers would do.

First the same threshold everywhere: who comes to an office differs, so misses can differ. Then thresholds
moved from office to office by a stated spread, on the same people: whether a traveller is flagged would
depend on where he or she applied. Which office is lenient and which strict is drawn by lot.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from console.judging import Judged
from console.stress.frame import Column, Done, Finding, Row, Setting
from console.stress.pairs import change, held_together, paired_row, rate_of
from console.stress.settings import settings
from console.stress.wording import change_text, fine, limit, rate_text, say
from dossier.fields import fields
from dossier.texts import Text
from models.card import HUNDREDTHS
from screening.evaluation.fairness.gaps import Group, Parity, parity
from screening.evaluation.texts import code_text
from synthetic.streams import permuted_below

Whole = npt.NDArray[np.int64]

FIELD = "office"


def offices(setting: Setting, done: Done) -> Finding:
    """Return rates by office at one threshold, and what thresholds of their own would change."""
    shifts = strictness(len(fields()[FIELD].codes), settings().offices.spread, setting.seed)
    done(1)
    found = held_together(lambda confidence: _finding(setting, shifts, confidence))
    done(1)
    return found


def _finding(setting: Setting, shifts: Whole, confidence: float) -> Finding:
    how = settings().offices
    codes = [code for code in range(len(fields()[FIELD].codes)) if _has_anybody(setting, code)]
    of_all = 1 - max(len(codes), 1) * (1 - confidence)
    missed, flagged = (
        parity(_groups(setting, codes, side), margin, of_all)
        for side, margin in (("victims", how.margin), ("others", how.margin_flags))
    )
    same = [_office_row(*of) for of in zip(codes, missed.groups, flagged.groups, strict=True)]
    moved = [_moved_row(setting, code, int(shifts[code]), confidence) for code in codes]
    whole = replace(_everybody_moved(setting, shifts, confidence), series="moved")
    return Finding(
        "offices",
        say("offices.title"),
        say("offices.question"),
        _answer(missed, flagged, whole),
        [*same, whole, *sorted(moved, key=lambda row: row.at or 0.0)],
        say(
            "offices.assumed",
            spread=fine(how.spread),
            margin=limit(how.margin),
            margin_flags=limit(how.margin_flags),
        ),
        columns=(Column("shift", say("offices.shift"), "fine"),),
        leads="moved",
        names={"same": say("offices.same"), "moved": say("offices.moved")},
        more={
            "spread": how.spread,
            "margins": {"miss_rate": how.margin, "false_flag_rate": how.margin_flags},
            "verdicts": {"miss_rate": str(missed.verdict), "false_flag_rate": str(flagged.verdict)},
            "grade": settings().grade,
        },
    )


def steps(_: Setting) -> int:
    """Return how often `offices` tells of its progress."""
    return 2


def strictness(count: int, spread: float, seed: int) -> Whole:
    """Return by how many hundredths each office's threshold is moved, shape (count,).

    Evenly from the lowest (below zero) to the highest, given to the offices by lot; on average nothing. At a
    lower threshold less is asked for before a referral, so more people are flagged.
    """
    steps = np.rint(np.linspace(-spread, spread, count) * HUNDREDTHS).astype(np.int64)
    return np.asarray(steps[permuted_below(seed, "stress", "offices", rows=range(count), count=count)])


def _has_anybody(setting: Setting, code: int) -> bool:
    return all(bool(_here(side, code).any()) for side in (setting.victims, setting.others))


def _here(judged: Judged, code: int) -> npt.NDArray[np.bool_]:
    return np.asarray(judged.dossiers.columns[FIELD] == code)


def _groups(setting: Setting, codes: Sequence[int], side: str) -> list[Group]:
    """Return the rates of each office: its victims missed, or its others flagged."""
    judged, counted = {
        "victims": (setting.victims, setting.is_missed),
        "others": (setting.others, setting.is_flagged),
    }[side]
    return [(fields()[FIELD].codes[code], rate_of(counted[_here(judged, code)])) for code in codes]


def _office_row(code: int, missed: Group, flagged: Group) -> Row:
    return Row(_name(code), missed[0], miss=missed[1], false_flag=flagged[1], series="same")


def _moved_row(setting: Setting, code: int, shift: int, confidence: float) -> Row:
    """Return how misses and wrong flags of one office change with its own threshold."""
    here, there = _here(setting.victims, code), _here(setting.others, code)
    missed = ~_flagged(setting, setting.victims, np.int64(shift))[here]
    flagged = _flagged(setting, setting.others, np.int64(shift))[there]
    return Row(
        _name(code),
        fields()[FIELD].codes[code],
        miss=rate_of(missed, confidence),
        false_flag=rate_of(flagged, confidence),
        miss_change=change(missed, setting.is_missed[here], confidence),
        flag_change=change(flagged, setting.is_flagged[there], confidence),
        at=shift / HUNDREDTHS,
        series="moved",
        more={"shift": shift / HUNDREDTHS},
    )


def _everybody_moved(setting: Setting, shifts: Whole, confidence: float) -> Row:
    missed = ~_flagged(setting, setting.victims, _own(setting.victims, shifts))
    flagged = _flagged(setting, setting.others, _own(setting.others, shifts))
    return paired_row(setting, say("offices.everybody"), "everybody", missed, flagged, confidence)


def _own(judged: Judged, shifts: Whole) -> Whole:
    """Return by how much the threshold of each person's office is moved; where none is known, not at all."""
    code = judged.dossiers.columns[FIELD].astype(np.int64)
    return np.asarray(np.where(code >= 0, shifts[code.clip(min=0)], 0))


def _flagged(setting: Setting, judged: Judged, shift: Whole | np.int64) -> npt.NDArray[np.bool_]:
    risk = judged.outcomes.risk[setting.judge.stage.label].astype(np.int64)
    return np.asarray(risk >= setting.judge.threshold + shift)


def _name(code: int) -> Text:
    return _name_of(fields()[FIELD].codes[code])


def _name_of(label: str) -> Text:
    found = code_text(FIELD, label)
    return Text(en=found.en, id=found.id)


def _answer(missed: Parity, flagged: Parity, whole: Row) -> Text:
    if missed.ends is None or flagged.ends is None:
        return say("offices.one")
    (worst, most), (best, least) = missed.ends
    found, wrong = whole.miss_change, whole.flag_change
    return say(
        "offices.answer",
        offices=len(missed.groups),
        verdict=say(f"offices.{missed.verdict}"),
        worst=_name_of(worst),
        most=rate_text(most),
        best=_name_of(best),
        least=rate_text(least),
        flags=say(f"offices.{flagged.verdict}"),
        spread=fine(settings().offices.spread),
        miss_change=change_text(found),
        flag_change=change_text(wrong),
        newly=0 if found is None else found.only_first,
        no_longer=0 if found is None else found.only_second,
        stopped=0 if wrong is None else wrong.only_first,
        spared=0 if wrong is None else wrong.only_second,
    )
