"""Readings of the people around the applicant: companions, sponsors, and what many applicants share."""

from dossier.dossiers import Column
from dossier.findings import Findings, all_of, any_of
from dossier.indicators.registry import indicator


@indicator
def accompanied_by_unrelated_adult(accompanied_by: Column) -> Findings:
    """An adult who is neither family nor agency staff comes along and keeps close."""
    return accompanied_by.is_any("unrelated_adult")


@indicator
def sponsored_by_individual(sponsor_kind: Column) -> Findings:
    """A private person who is neither family nor employer stands behind the journey.

    Friends and benefactors do so too; it says something only beside other points.
    """
    return sponsor_kind.is_any("individual")


@indicator
def sponsor_met_online(sponsor_relation: Column) -> Findings:
    """The sponsor is somebody whom the applicant knows only online, or the recruiter."""
    return sponsor_relation.is_any("met_online", "recruiter")


@indicator
def agency_licence_not_in_force(agency_licence: Column) -> Findings:
    """The placement agency's licence has expired or cannot be found."""
    return agency_licence.is_any("expired", "not_found")


@indicator
def sponsor_not_confirmed(sponsor_reachable: Column) -> Findings:
    """The sponsor was called and was evasive, or could not be reached."""
    return sponsor_reachable.is_any("evasive", "not_reached")


@indicator
def individual_sponsors_many(
    sponsor_kind: Column, sponsor_applicants: Column, *, many_by_individual: float
) -> Findings:
    """One private person stands behind several unrelated applicants within 90 days.

    Licensed agencies, employers and tour operators sponsor hundreds lawfully and are not meant here.
    """
    individual = sponsor_kind.is_any("individual", "relative")
    return all_of(individual, sponsor_applicants.at_least(many_by_individual))


@indicator
def phone_shared_by_many(phone_applicants: Column, *, many_on_phone: float) -> Findings:
    """Several applicants within 90 days gave the same telephone number."""
    return phone_applicants.at_least(many_on_phone)


@indicator
def address_shared_by_many(address_applicants: Column, *, many_at_address: float) -> Findings:
    """Several applicants within 90 days gave the same address.

    Boarding houses and training centres share one lawfully.
    """
    return address_applicants.at_least(many_at_address)


@indicator
def booking_shared_by_many(booking_applicants: Column, *, many_on_booking: float) -> Findings:
    """The same person or desk booked tickets for several applicants within 90 days.

    Travel agents do so too.
    """
    return booking_applicants.at_least(many_on_booking)


@indicator
def in_repatriation_record(repatriation_record: Column) -> Findings:
    """The sponsor, telephone or address stands in the record of somebody who was brought home as a victim.

    Neighbours, relatives and lawful customers share them too.
    """
    return repatriation_record.is_any("linked")


@indicator
def led_at_departure(companions_seen: Column) -> Findings:
    """At departure the traveller is led by an unrelated adult or moves with a group of strangers."""
    return companions_seen.is_any("group_of_strangers", "escorted")


@indicator
def on_watch_list(watch_list: Column) -> Findings:
    """The prevention list names the traveller, as possible victim or recruiter."""
    return watch_list.is_any("named")


@indicator
def linked_to_watch_list(watch_list: Column) -> Findings:
    """The prevention list names the sponsor, telephone or address, from earlier repatriations."""
    return any_of(watch_list.is_any("linked"), watch_list.is_any("named"))
