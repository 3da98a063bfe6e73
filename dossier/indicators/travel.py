"""Readings of the journey: destination, visa, ticket, money and length of stay."""

from dossier.dossiers import Column
from dossier.findings import Findings, all_of
from dossier.indicators.registry import indicator


@indicator
def destination_in_scam_belt(stated_country: Column) -> Findings:
    """The stated destination is a country from which Indonesians were brought home out of online-scam work.

    Most people who travel there are tourists, family and traders.
    """
    return stated_country.is_any("cambodia", "myanmar", "laos", "philippines", "thailand")


@indicator
def work_on_tourist_entry(job_offer: Column, visa_kind: Column) -> Findings:
    """There is an offer of work, but the journey is to be made on a tourist visa or visa-free."""
    return all_of(job_offer.is_any("yes"), visa_kind.is_any("visa_free", "tourist"))


@indicator
def purpose_hides_offer(stated_purpose: Column, job_offer: Column) -> Findings:
    """Another purpose than work is stated, but an offer of work comes up in the interview."""
    return all_of(stated_purpose.is_not("work", "internship"), job_offer.is_any("yes"))


@indicator
def one_way_journey(return_ticket: Column) -> Findings:
    """The ticket that was shown goes out only."""
    return return_ticket.is_any("one_way")


@indicator
def leisure_without_return(stated_purpose: Column, return_ticket: Column) -> Findings:
    """A holiday or family visit is stated, and the ticket that was shown goes out only."""
    return all_of(stated_purpose.is_any("holiday", "family_visit"), return_ticket.is_any("one_way"))


@indicator
def leisure_without_means(stated_purpose: Column, funds_idr: Column, *, funds_low_idr: float) -> Findings:
    """A holiday or family visit is stated, and hardly any money for it can be shown."""
    return all_of(stated_purpose.is_any("holiday", "family_visit"), funds_idr.below(funds_low_idr))


@indicator
def long_leisure_stay(stated_purpose: Column, stay_days: Column, *, leisure_stay_days: float) -> Findings:
    """A holiday or family visit is stated that lasts longer than a visa-free stay."""
    return all_of(stated_purpose.is_any("holiday", "family_visit"), stay_days.at_least(leisure_stay_days))


@indicator
def unusual_transit(transit: Column) -> Findings:
    """The itinerary stops at a place that does not lie on the way."""
    return transit.is_any("unusual_stop")


@indicator
def route_differs_on_the_day(actual_route: Column) -> Findings:
    """At departure the route leads to another country than the one stated at the counter."""
    return actual_route.is_any("other_country")


@indicator
def onward_ticket_hidden(onward_ticket: Column) -> Findings:
    """At departure a further ticket turns up that the traveller did not mention."""
    return onward_ticket.is_any("undeclared")


@indicator
def purpose_changed_at_departure(purpose_restated: Column) -> Findings:
    """At departure the traveller gives another purpose than at the counter."""
    return purpose_restated.is_any("changed")
