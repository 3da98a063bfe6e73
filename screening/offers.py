"""The lawful route: what is offered to a person whom the screener flags or asks further.

A person is offered a way on, chosen by what the dossier says about the journey; no answer of the screener is
the end of it. The texts are data, each with its condition and its sources, and they judge nobody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import Field as Key

from dossier.findings import PRESENT
from dossier.problems import BadInput
from dossier.texts import Text
from dossier.toml_files import Declared, read_toml, validated
from screening.conditions import AnyOf, Desk, Number, parsed
from screening.rules import Name


class Offer(Declared):
    """One part of the lawful route.

    Attributes:
        id: Its permanent name.
        title: A few words to call it by.
        when: Conditions of which one must hold; it is offered to everybody where there are none.
        routes: Grounds of referral on which it is offered besides, whatever the conditions.
        steps: What there is to do, sentence by sentence.
        sources: Where it is written what the offices do and ask for.
    """

    id: Name
    title: Text
    when: tuple[str, ...] = ()
    routes: tuple[Name, ...] = ()
    steps: tuple[Text, ...] = Key(min_length=1)
    sources: tuple[str, ...] = Key(min_length=1)


class _Written(Declared):
    parameters: Mapping[Name, Number]
    offers: tuple[Offer, ...] = Key(min_length=1)


@dataclass(frozen=True)
class _Offers:
    """All offers, with their conditions compiled."""

    offers: tuple[Offer, ...]
    conditions: tuple[AnyOf, ...]


def offers() -> tuple[Offer, ...]:
    """Return all offers, in the order in which they are made."""
    return _released().offers


def offered(desk: Desk, row: int, route: str = "") -> tuple[Offer, ...]:
    """Return what is offered to one person; never nothing.

    Args:
        desk: The dossiers.
        row: Which dossier.
        route: Id of the ground of referral; empty where none is recommended.
    """
    found, memo = _released(), dict(desk.memo)
    pairs = zip(found.offers, found.conditions, strict=True)
    return tuple(
        offer
        for offer, condition in pairs
        if route in offer.routes or condition.findings(desk, memo)[row] == PRESENT
    )


@cache
def _released() -> _Offers:
    file = read_toml(Path(__file__).with_name("offers.toml"))
    written = validated(_Written, file)
    if not any(not offer.when for offer in written.offers):
        raise BadInput.of(
            "no offer is made to everybody", where=file.name, mend="Let the last have no 'when'."
        )
    places = [(("offers", place, "when"), offer.when) for place, offer in enumerate(written.offers)]
    return _Offers(written.offers, parsed(file, places, written.parameters))
