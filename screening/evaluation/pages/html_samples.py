"""Of whom each section of the page of a tuned threshold speaks, in one sentence under its title.

The page shows several samples: victims of each group for the promise and its check, victims in the scenario's
mixture for everything that is stated as a whole, and people drawn for the page alone. The same rate of two
samples differs a little, so no section leaves its sample unnamed.
"""

from collections.abc import Mapping

from screening.evaluation.pages.html_sides import Content
from screening.evaluation.texts import Said, text

AS_A_WHOLE = ("figures", "live", "tradeoff", "curves", "workload")
"""Parts that show the victims in the scenario's mixture beside the others."""

OF_THE_PAGE = ("recommendations", "cues")
"""Parts that show people who were drawn for the page alone."""


def samples(content: Content) -> Mapping[str, Said]:
    """Return for each part of the page the sentence that names its sample; some parts have none.

    Args:
        content: What stands in `tuning.json`, with or without the content of `chart_content`.
    """
    certificate = content["certificate"]
    victims, others = (
        certificate["everybody"]["miss_rate"]["n"],
        sum(certificate["others"][f"{kind}_flagged"]["n"] for kind in ("lawful", "irregular")),
    )
    checked = min(group["miss_rate"]["n"] for group in content["groups"])
    found = {part: text("sample.whole", victims=victims, others=others) for part in AS_A_WHOLE}
    found["certified"] = text("sample.certified", n=checked)
    found["capacity"] = text("sample.capacity", victims=victims, others=others)
    found["groups"] = text("sample.groups", victims=victims, n=checked, part=text("research_part.certified"))
    if kinds := content.get("cues", {}).get("groups"):
        victims = sum(one["n"] for one in kinds if "missed" in one)
        others = sum(one["n"] for one in kinds if "flagged" in one)
        found |= {part: text("sample.page", victims=victims, others=others) for part in OF_THE_PAGE}
    if reliable := content.get("reliability"):
        shown = sum(one["victims"]["n"] for one in reliable["bins"])
        found["reliability"] = text("sample.reliability", n=shown, by_rule=reliable["by_rule"]["n"])
    return found
