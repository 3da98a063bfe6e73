"""Readings of the job offer: what was promised, by which way it came, and what it costs."""

from dossier.dossiers import Column
from dossier.findings import Findings, all_of, any_of
from dossier.indicators.registry import indicator


@indicator
def offer_by_social_media(offer_channel: Column) -> Findings:
    """The offer came over social media.

    Documented recruiters for scam compounds found people there. So do many honest employers: the channel
    alone says little, and together with easy terms it says more.
    """
    return offer_channel.is_any("social_media")


@indicator
def offer_by_unlicensed_recruiter(offer_channel: Column) -> Findings:
    """The offer came from a recruiter who went to people, not from an agency, office or employer."""
    return offer_channel.is_any("recruiter_visit")


@indicator
def no_qualifications_asked(qualifications_asked: Column) -> Findings:
    """The offer asks for no certificate, language or experience at all."""
    return qualifications_asked.is_any("none")


@indicator
def promised_pay_high(offer_pay_usd: Column, *, pay_high_usd: float) -> Findings:
    """The promised pay reaches what documented lures offered for work without qualifications."""
    return offer_pay_usd.at_least(pay_high_usd)


@indicator
def too_good_an_offer(
    offer_pay_usd: Column, qualifications_asked: Column, *, pay_high_usd: float
) -> Findings:
    """High pay and no qualifications, in the same offer.

    Either alone is common and lawful. Together they are the lure that the documented cases describe.
    """
    return all_of(offer_pay_usd.at_least(pay_high_usd), qualifications_asked.is_any("none"))


@indicator
def screen_work_offered(offer_sector: Column) -> Findings:
    """The offer is for customer service, marketing or computer work."""
    return offer_sector.is_any("customer_service", "marketing_it")


@indicator
def no_written_contract(contract: Column) -> Findings:
    """There is an offer, but no contract on paper."""
    return contract.is_any("verbal", "none")


@indicator
def contract_not_understood(contract: Column) -> Findings:
    """The contract is written in a language that the applicant does not read."""
    return contract.is_any("written_foreign")


@indicator
def work_without_permit(work_permit: Column) -> Findings:
    """Work is offered, but no work permit is approved or in process."""
    return work_permit.is_any("on_arrival", "none")


@indicator
def fee_high(fee_idr: Column, *, fee_high_idr: float) -> Findings:
    """The placement costs as much as the overcharging that the papers document.

    Registered agencies have overcharged too, so a licence does not answer this point.
    """
    return fee_idr.at_least(fee_high_idr)


@indicator
def fee_advanced_by_recruiter(fee_payer: Column) -> Findings:
    """The recruiter lays out the fee, to be worked off or taken from wages."""
    return fee_payer.is_any("wage_deduction", "recruiter_advance")


@indicator
def debt_to_recruiter(debt: Column) -> Findings:
    """Money for the journey is owed to the recruiter."""
    return debt.is_any("recruiter")


@indicator
def debt_ties(fee_payer: Column, debt: Column) -> Findings:
    """The applicant leaves owing the recruiter, as a debt or as an advance on the fee."""
    return any_of(debt.is_any("recruiter"), fee_payer.is_any("recruiter_advance"))


@indicator
def employer_not_registered(employer_registry: Column) -> Findings:
    """The employer does not stand in the placement system."""
    return employer_registry.is_any("not_found")


@indicator
def employer_unknown(knows_employer: Column) -> Findings:
    """The applicant cannot name the employer or say what the work is."""
    return knows_employer.is_any("does_not_know")
