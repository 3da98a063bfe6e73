"""Choosing the screener that a command's options describe: rules, cards, certificate and threshold."""

from pathlib import Path

from dossier.problems import BadInput
from models.card import LARGEST, CardSet, load_cards
from screening.operating_point import OperatingPoint, load_operating_point
from screening.referral import headline_stage
from screening.screener import Screener, released_rules


def screener_for(
    rulebook: str, cards: str, threshold: float | None, certificate: str | None = None
) -> Screener:
    """Return the screener that options describe.

    Raises:
        BadInput: If rules, cards and certificate do not belong together.
    """
    found = load_cards(cards)
    point = _operating_point(found, cards, certificate)
    if threshold is not None:
        if not abs(100 * threshold) <= LARGEST:
            mend = "Give log-odds, such as -2.5."
            raise BadInput.of(f"{threshold} is no threshold", where="--threshold", mend=mend)
        point = point.with_threshold(headline_stage(), round(100 * threshold))
    return Screener(released_rules(rulebook), found, point)


def _operating_point(cards: CardSet, name: str, certificate: str | None) -> OperatingPoint:
    """Return the certificate of the cards: released under their name, or the file beside them."""
    beside = certificate or (
        str(Path(name).with_suffix(".certificate.json")) if name.endswith(".json") else name
    )
    point = load_operating_point(beside)
    if point.columns_hash != cards.columns_hash or point.cards != cards.id:
        raise BadInput.of(
            f"the certificate '{beside}' is not for the cards '{cards.id}'",
            mend="Use the certificate that `saring train` wrote beside the cards.",
        )
    return point
