"""Choosing the screener that a command's options describe: rules, cards, certificate and threshold."""

from pathlib import Path
from typing import Literal

from console.certifying import tuned_details
from console.kept import kept_screener
from dossier.problems import BadInput
from dossier.stages import Stage
from models.card import HUNDREDTHS, LARGEST, CardSet, Training, load_cards
from screening.operating_point import OperatingPoint, load_operating_point
from screening.referral import headline_stage
from screening.rulebook import Rulebook, compile_rulebook, load_rulebook
from screening.rules_only import NO_CARDS, decided_by_rules, rules_screener
from screening.screener import RELEASED, Screener

SCREENED = "screened"
"""Folder of a run that holds what was screened."""

_FEWEST = 2


def screener_for(
    rulebook: str,
    cards: str | None,
    threshold: float | None,
    certificate: str | None = None,
    stage: Stage | None = None,
) -> Screener:
    """Return the screener that options describe.

    Where the rulebook decides by itself, or the cards are "none", there are neither cards nor a certificate,
    and a threshold is a number of evidence rules.

    Args:
        rulebook: A released name or a path.
        cards: The same; the released ones when left out, or none where the rulebook decides by itself.
        threshold: Log-odds, or a number of rules.
        certificate: A released name or a path; the one that belongs to the cards when left out.
        stage: The stage whose threshold is meant; the policy's when left out.

    Raises:
        BadInput: If rules, cards and certificate do not belong together.
    """
    book = load_rulebook(rulebook)
    if book.decides == "rules" or cards == NO_CARDS:
        return _decided_by_rules(book, cards, threshold, certificate)
    name = cards or RELEASED
    found = load_cards(name)
    point = _operating_point(found, name, certificate)
    if threshold is not None:
        if not abs(100 * threshold) <= LARGEST:
            mend = "Give log-odds, such as -2.5."
            raise BadInput.of(f"{threshold} is no threshold", where="--threshold", mend=mend)
        point = point.with_threshold(stage or headline_stage(), round(100 * threshold))
    return Screener(compile_rulebook(book), found, point)


def screener_of(folder: Path) -> Screener:
    """Return the screener that a run, or a folder of screened files, keeps; the released one without any.

    Args:
        folder: Of a run, of what was screened, or of a cohort that nobody screened.

    Raises:
        BadInput: If what is kept there was changed.
    """
    found = kept_screener(folder / SCREENED) or kept_screener(folder)
    return found or screener_for(RELEASED, None, None)


def decides(screener: Screener) -> Literal["cards", "rules"]:
    """Return whether cards weigh what the rules of a screener find, or the rules decide by themselves."""
    return "rules" if decided_by_rules(screener.cards) else "cards"


def refers_from(screener: Screener) -> int | None:
    """Return how many evidence rules refer together; None where cards weigh them, or where they never do."""
    number = screener.operating_point.threshold(headline_stage()) // HUNDREDTHS
    evidence = sum(rule.tier == "evidence" for rule in screener.rulebook.rules)
    return number if decides(screener) == "rules" and number <= evidence else None


def training_of_rivals(cards: CardSet) -> Training:
    """Return on what the challenger of a run is trained: as its cards were; without any, as the released."""
    return load_cards(RELEASED).training if decided_by_rules(cards) else cards.training


def _decided_by_rules(
    book: Rulebook, cards: str | None, threshold: float | None, certificate: str | None
) -> Screener:
    if cards not in (None, RELEASED, NO_CARDS):
        what = f"the rulebook '{book.id}' decides by itself and takes no cards"
        raise BadInput.of(what, where="--cards", mend="Leave the option out, or choose a rulebook for cards.")
    if certificate not in (None, RELEASED):
        what = "where rules decide by themselves there is no certificate"
        raise BadInput.of(what, where="--certificate", mend="Leave the option out.")
    if threshold is None and book.decides == "cards" and book.refers_from is None:
        what = f"the rulebook '{book.id}' does not say how many of its rules refer without cards"
        raise BadInput.of(what, where="--cards", mend="Add --threshold 2, or another whole number of rules.")
    if threshold is None:
        return rules_screener(book)
    if not threshold.is_integer() or threshold < _FEWEST:
        what = f"{threshold:g} is no number of rules that refer together"
        mend = "Where rules decide, give 2 or more; a rule that refers alone is an override in its rulebook."
        raise BadInput.of(what, where="--threshold", mend=mend)
    return rules_screener(book, int(threshold))


def _operating_point(cards: CardSet, name: str, certificate: str | None) -> OperatingPoint:
    """Return the certificate of the cards: released under their name, or the file beside them."""
    beside = certificate or (
        str(Path(name).with_suffix(".certificate.json")) if name.endswith(".json") else name
    )
    point = load_operating_point(beside)
    point.check_cards(cards, beside)
    tuned_details(point)
    if certificate and point.lacking:
        return point.completed(_operating_point(cards, name, None))
    return point
