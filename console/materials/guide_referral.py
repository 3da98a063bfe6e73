"""What follows a flag in a scenario: the grounds of referral, who receives people, what they are offered."""

from dataclasses import dataclass

from dossier.recommendations import Agency, agencies
from dossier.texts import Text
from screening.offers import Offer, offers
from screening.referral_policy import Route, load_policy


@dataclass(frozen=True)
class RouteLine:
    """One ground of referral as a guide prints it.

    Attributes:
        title, grounds: What it is called, and the sentence that a letter could carry.
        agency: Who receives the person; None where the rule names the agency.
        informs: Who else is told.
        is_for_this: Whether it is the route of a pattern that this scenario plays.
    """

    title: Text
    grounds: Text
    agency: Text | None
    informs: tuple[Text, ...]
    is_for_this: bool


@dataclass(frozen=True)
class Referral:
    """What follows a flag.

    Attributes:
        title, description: What the released policy is called and does.
        routes: The routes that can apply, those of this scenario's patterns first.
        agencies: Everybody whom they name.
        offers: The lawful routes that are offered to people who are flagged or asked further.
    """

    title: Text
    description: Text
    routes: tuple[RouteLine, ...]
    agencies: tuple[Agency, ...]
    offers: tuple[Offer, ...]


def referral_for(families: set[str]) -> Referral:
    """Return what follows a flag where victims of these typology families may stand at the counter."""
    written = load_policy().written
    apply = [route for route in written.routes if not route.patterns or families.intersection(route.patterns)]
    routes = sorted(apply, key=lambda route: not route.patterns)
    named = dict.fromkeys(key for route in routes for key in (route.agency, *route.informs) if key)
    return Referral(
        title=written.title,
        description=written.description,
        routes=tuple(_line(route) for route in routes),
        agencies=tuple(agencies()[key] for key in named),
        offers=offers(),
    )


def _line(route: Route) -> RouteLine:
    agency = agencies()[route.agency].name if route.agency else None
    informs = tuple(agencies()[key].name for key in route.informs)
    return RouteLine(route.title, route.grounds, agency, informs, bool(route.patterns))
