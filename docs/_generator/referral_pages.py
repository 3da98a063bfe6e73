"""The page of referral: who receives a person, by which policy, and which channels find victims."""

from docs._generator.links import indicator_links
from docs._generator.markdown import Markdown, bullets, facts, heading, link, page, prose, table, translated
from docs._generator.number_tables import numbers_table
from docs._generator.sources import cited, cited_list
from dossier.indicators import indicators
from dossier.recommendations import Agency, agencies
from screening.referral_policy import Route, load_policy, released_policies
from synthetic.channels import Channel, released_channels

INTRODUCTION = """\
A referral is a recommendation to hand a person on to an agency that can protect or clear them. The same
people are flagged under every policy; a policy says what follows. A channel is somebody who finds victims in
the simulated world, and sees some kinds of them more easily than others."""


def referral_pages() -> dict[str, str]:
    """Return the page of agencies, policies and channels, by its name."""
    return {
        "reference/referral": page(
            heading(1, "Agencies, policies and channels"),
            INTRODUCTION,
            heading(2, "Agencies"),
            *(_agency(key, one) for key, one in agencies().items()),
            heading(2, "Policies of referral"),
            *(_policy(name) for name in released_policies()),
            heading(2, "Channels through which victims become known"),
            *(_channel(key, one) for key, one in released_channels().items()),
            heading(2, "The numbers of the channels"),
            numbers_table("synthetic/channels.toml"),
        )
    }


def _agency(key: str, agency: Agency) -> str:
    return page(
        heading(3, agency.name.en, "agency", key),
        translated(agency.receives),
        facts(
            [
                ("name", f"`{key}`"),
                ("Indonesian", agency.name.id),
                ("called today", agency.now.en if agency.now else ""),
                ("source", cited(agency.source)),
            ]
        ),
    ).rstrip()


def _policy(name: str) -> str:
    written = load_policy(name).written
    return page(
        heading(3, written.title.en, "policy", name),
        translated(written.description),
        facts(
            [("name", f"`{name}`"), ("offers a lawful route", "yes" if written.offers_lawful_route else "no")]
        ),
        "The first route that applies decides.",
        table(("route", "when", "received by", "sources"), [_route(route) for route in written.routes]),
    ).rstrip()


def _route(route: Route) -> tuple[str, str, str, str]:
    conditions = [
        indicator_links([condition]) if condition in indicators() else prose(f"`{condition}`")
        for condition in route.when
    ]
    sources = Markdown("; ".join(cited(source) for source in route.sources))
    asked = Markdown(" or ".join(conditions)) if conditions else prose("an override rule" * route.by_rule)
    return prose(route.title.en), asked, _receiver(route), sources


def _receiver(route: Route) -> Markdown:
    if route.by_rule:
        return prose("the agency that the rule names")
    if not route.agency:
        return prose("nobody: the application ends")
    return link(agencies()[route.agency].name.en, "agency", route.agency)


def _channel(key: str, channel: Channel) -> str:
    return page(
        heading(3, channel.title.en, "channel", key),
        translated(channel.limits),
        bullets([Markdown("depends on " + ", ".join(f"`{factor}`" for factor in channel.factors))]),
        "**Sources**\n\n" + cited_list(channel.sources),
    ).rstrip()
