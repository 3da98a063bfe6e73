"""`saring train`: cards, the certificate of their thresholds, and a card to add up by hand."""

from pathlib import Path

from console.certifying import certificate_for, released_terms
from console.files import write_json
from console.output import Output
from console.paper import Desk, paper_card_for
from console.training import train_cards
from dossier.problems import BadInput
from models.card import save_cards
from models.train import settings
from screening.referral import headline_stage
from screening.screener import released_rules
from synthetic.audit import check_both_sides
from synthetic.compile import compile_world
from synthetic.scenarios import load_scenario


def train_and_certify(
    scenario: str, out: Path, seed: int | None, rulebook: str, name: str | None, output: Output
) -> None:
    """Train cards for every stage, certify their thresholds, learn a paper card, and write all three."""
    if out.suffix != ".json" or out.is_dir():
        raise BadInput.of(
            "the cards are a JSON file", where=str(out), mend="Give --out a name that ends in .json."
        )
    world = compile_world(load_scenario(scenario))
    mend = "Train on a scenario that lists typologies and lawful journeys."
    check_both_sides(world, where=scenario, mend=mend)
    rules = released_rules(rulebook)
    if rules.rulebook.decides == "rules":
        what = f"the rulebook '{rules.rulebook.id}' decides by itself; no card would ever be read"
        raise BadInput.of(what, where="--rulebook", mend="Choose a rulebook that is meant for cards.")
    chosen_seed = settings().seed if seed is None else seed
    beside, paper = out.with_suffix(".certificate.json"), out.with_suffix(".paper.json")
    with output.step("Training") as status:
        cards = train_cards(world, rules, chosen_seed, name or out.stem, status)
        certificate = certificate_for(world, rules, cards, released_terms(), status)
        paper_card = paper_card_for(world, Desk(rules, headline_stage()), cards, cards.id, status)
        out.parent.mkdir(parents=True, exist_ok=True)
        write_json(paper, paper_card.model_dump(mode="json"))
        write_json(beside, certificate)
        save_cards(cards, out)  # last: a certificate of other cards is refused, a missing one is missed
    content = {
        "schema_version": "1",
        "cards": cards.id,
        "families": list(cards.families),
        "training": cards.training.model_dump(),
        "thresholds": {stage: value / 100 for stage, value in certificate["thresholds"].items()},
        "stages": certificate["stages"],
        "paper_card": paper_card.measured,
        "artifacts": {"cards": str(out), "certificate": str(beside), "paper_card": str(paper)},
    }
    rows = [
        [
            stage,
            f"{found['threshold'] / 100:.2f}",
            f"{100 * found['miss_rate']['estimate']:.1f} %",
            f"{100 * found['false_flag_rate']['estimate']:.1f} %",
        ]
        for stage, found in certificate["stages"].items()
    ]
    output.result(
        content,
        lambda: output.table(
            f"Cards in {out}, certificate in {beside}, a card to add up by hand in {paper}",
            ("stage", "threshold", "missed", "others flagged"),
            rows,
        ),
    )
