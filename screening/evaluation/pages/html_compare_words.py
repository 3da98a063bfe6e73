"""What the comparison page says in sentences, in both languages; every number is one of the content.

A change is called more or fewer only where its paired interval lies on one side of zero.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from screening.evaluation.pages.html_linked_words import interval
from screening.evaluation.pages.html_parts import capitalised, group_name, share, together
from screening.evaluation.pages.html_sides import Content
from screening.evaluation.texts import Said, has_text, number, percent, said, text

SENTENCES = {
    "misses": "compare.says_missed",
    "lawful_flagged": "compare.says_lawful",
    "irregular_flagged": "compare.says_irregular",
    "facilitators_flagged": "compare.says_facilitators",
}
MOST_ANSWERS = 6
"""Answers named in the sentence on what reads otherwise."""


def named_sides(content: Content) -> dict[str, Said]:
    """Return what the two screenings are called."""
    words = {
        "levers": (text("compare.without"), text("compare.with")),
        "adversary": (text("compare.before"), text("compare.after")),
        "runs": (text("compare.first"), text("compare.second")),
    }
    return dict(zip(("before", "after"), words[content["kind"]], strict=True))


def title(content: Content) -> Said:
    """Return the title of the page."""
    scenario = content.get("title") or content["scenario"].replace("_", " ")
    if content["kind"] == "levers":
        levers = together([said(lever["title"]) for lever in content["levers"]])
        return text("compare.title_levers", scenario=scenario, levers=levers)
    if content["kind"] == "adversary":
        return text("compare.title_adversary", scenario=scenario)
    return text("compare.title_runs", scenario=scenario)


def opening(content: Content) -> Iterator[Said]:
    """Yield what was compared with what, and how far either reaches the desks."""
    if content["kind"] == "runs":
        yield from _runs(content)
        return
    yield text(
        "compare.one_threshold",
        cards=content["cards"],
        rulebook=content["rulebook"],
        threshold=number(content["threshold"], 2),
    )
    for lever in content["levers"]:
        yield from _lever(lever, content)
    yield text("compare.desks", n=content["dossiers_changed"])
    answers = sorted(content["answers_changed"].items(), key=lambda item: -item[1])[:MOST_ANSWERS]
    if answers:
        titles = content.get("answers", {})
        named = [_counted(said(titles.get(name) or name.replace("_", " ")), count) for name, count in answers]
        yield text("compare.answers", answers=together(named))


def _counted(name: Said, count: int) -> Said:
    return Said(f"{name.en} ({number(count).en})", f"{name.id} ({number(count).id})")


def _lever(lever: Content, content: Content) -> Iterator[Said]:
    called = said(lever["title"])
    if not lever["applies"]:
        yield text("compare.nothing_applies", lever=called)
    elif not lever.get("seen_at_this_stage", True):
        stage = text(f"stage.{lever['first_seen_at']}")
        yield text("compare.not_seen", lever=called, stage=stage)
    if lever.get("nowhere_to_go"):
        modules = together([group_name("module", one, content) for one in lever["nowhere_to_go"]])
        yield text("compare.nowhere", lever=called, modules=modules)


def _runs(content: Content) -> Iterator[Said]:
    for name, run in zip(named_sides(content).values(), content["runs"], strict=True):
        yield text(
            "compare.run",
            side=capitalised(name),
            folder=run["folder"],
            cards=run["cards"],
            rulebook=run["rulebook"],
            threshold=number(run["threshold"], 2),
        )
        if run["levers"]:
            yield text("compare.run_levers", levers=", ".join(run["levers"]))
        if run["base_rate"] is not None:
            yield text("compare.run_base_rate", rate=percent(run["base_rate"]))
    if len({run["base_rate"] for run in content["runs"]}) > 1:
        yield text("compare.base_rates")
    same = content["same_dossiers"]
    yield text("compare.same_dossiers") if same else text("compare.dossiers_differ")


def verdict(misses: Content) -> tuple[Said, str]:
    """Return the headline on misses, and whether it is `better`, `worse` or neither."""
    difference = misses["difference"]
    if not misses["n"]:
        return text("compare.missed_nobody"), ""
    if not (misses["newly_missed"] or misses["no_longer_missed"]):
        return text("compare.missed_same"), ""
    if difference["high"] < 0:
        return text("compare.missed_fewer"), "better"
    if difference["low"] > 0:
        return text("compare.missed_more"), "worse"
    return text("compare.missed_unsettled"), ""


def sentences_of_change(content: Content) -> Iterator[tuple[Said, Said]]:
    """Yield a sentence on each kind of people, and one on the difference."""
    names = named_sides(content)
    for key, sentence in SENTENCES.items():
        change = content[key]
        if change["n"]:
            yield text(sentence, **_filled(change, names, key)), text("compare.difference", **_points(change))


def _filled(change: Content, names: Mapping[str, Said], key: str) -> dict[str, Any]:
    before, after = share(change["before"]), share(change["after"])
    counted = "missed" if key == "misses" else "flagged"
    return {
        "n": change["n"],
        "first": names["before"],
        "second": names["after"],
        "before": before.count,
        "before_rate": percent(before.estimate),
        "before_interval": interval(before),
        "after": after.count,
        "after_rate": percent(after.estimate),
        "after_interval": interval(after),
        "new": change[f"newly_{counted}"],
        "gone": change[f"no_longer_{counted}"],
    }


def _points(change: Content) -> dict[str, Said]:
    found = change["difference"]
    named = {"points": "estimate", "low": "low", "high": "high"}
    return {name: number(100 * found[key], 2, signed=True) for name, key in named.items()}


def typology_says(content: Content) -> Iterator[Said]:
    """Yield which typology's misses changed most."""
    groups = content["by_typology"]
    if not groups:
        yield text("compare.typology_none")
        return
    most = max(groups, key=lambda one: abs(one["difference"]["estimate"]))
    group = group_name("typology", most["group"], content)
    yield text("compare.typology_says", group=group, n=most["n"], **_points(most))


def traveller_says(content: Content) -> Iterator[Said]:
    """Yield who is newly burdened most, and who is relieved most."""
    changed = [one for one in content["by_traveller"] if one["newly_flagged"] or one["no_longer_flagged"]]
    if not changed:
        yield text("compare.traveller_same")
        return
    ranked = sorted(changed, key=lambda one: one["difference"]["estimate"])
    if ranked[-1]["difference"]["estimate"] > 0:
        yield text("compare.traveller_says", **_moved(ranked[-1], content))
    if ranked[0]["difference"]["estimate"] < 0:
        yield text("compare.traveller_relieved", **_moved(ranked[0], content))


def _moved(one: Content, content: Content) -> dict[str, Any]:
    return {
        "group": group_name("module", one["group"], content),
        "n": one["n"],
        "new": one["newly_flagged"],
        "gone": one["no_longer_flagged"],
        **_points(one),
    }


def otherwise_says(content: Content) -> Said:
    """Return how many people set out as somebody else."""
    n = sum(one["n"] for one in content["set_out_otherwise"])
    return text("compare.otherwise_says", n=n) if n else text("compare.otherwise_none")


def rounds_say(content: Content) -> Iterator[Said]:
    """Yield what networks of each typology saw, moved and gave up, and what restoring would cost."""
    if content["kind"] != "adversary":
        return
    rounds = content["adversary"]["rounds"]
    for module in dict.fromkeys(one["module"] for one in rounds):
        own = [one for one in rounds if one["module"] == module]
        yield text(
            "compare.learning_says",
            module=group_name("module", module, content),
            n=own[0]["flagged"]["n"],
            rates=_rates([one["flagged"] for one in own]),
            moved=moved_themes(sorted({theme for one in own for theme in one["moved"]})),
            left=percent(1 - own[-1]["share_still_at_work"]),
        )


def _rates(rates: list[Content]) -> Said:
    """Return rates with their intervals, one after the other."""
    found = [(percent(one["estimate"]), interval(share(one))) for one in rates]
    return together([Said(f"{rate.en} ({ends.en})", f"{rate.id} ({ends.id})") for rate, ends in found])


def moved_themes(themes: list[str]) -> Said:
    """Return what networks changed on their victims' desks."""
    if not themes:
        return text("compare.moved_nothing")
    return together([_move(one) for one in themes])


def _move(theme: str) -> Said:
    """Return what a move concerns: a theme of answers, the corridor or the cover."""
    if has_text(f"compare.moved_{theme}"):
        return text(f"compare.moved_{theme}")
    return text(f"theme.{theme}") if has_text(f"theme.{theme}") else said(theme.replace("_", " "))


def restoring_says(restoring: Content) -> Said:
    """Return what finding as many victims as before would cost the others."""
    before, after = (share(restoring["others"][key]) for key in ("flagged", "flagged_restored"))
    return text(
        "compare.restoring_says",
        threshold=number(restoring["threshold_restored"], 2),
        n=after.n,
        after=after.count,
        after_rate=percent(after.estimate),
        after_interval=interval(after),
        before=before.count,
        before_rate=percent(before.estimate),
        before_interval=interval(before),
    )


def trust(content: Content) -> Iterator[Said]:
    """Yield how far the intervals reach: over persons, and over networks."""
    networks = content["networks"]
    yield text("compare.trust_persons")
    if networks["networks"]:
        changed = networks["networks_changed"]
        yield text("compare.trust_networks", networks=networks["networks"], changed=changed)
    if networks["low"] is None:
        yield text("compare.trust_few")
    else:
        ends = {end: number(100 * networks[end], 2, signed=True) for end in ("low", "high")}
        yield text("compare.trust_interval", **ends)


def limits(content: Content) -> Iterator[Said]:
    """Yield what levers cannot do, and what is assumed."""
    if content["kind"] == "levers":
        for lever in content["levers"]:
            yield text("compare.limits", lever=said(lever["title"]), limits=said(lever["limits"]))
        yield text("compare.assumed")
