"""`saring show paper-cards NAME`: the card to add up by hand, on the screen or as a page to print."""

from pathlib import Path

from console.pages import heading, paragraph, points, text_table
from console.words import Speaker
from dossier.problems import BadInput
from dossier.stages import Stage
from dossier.text_files import write_text
from models.paper_card import RELEASED, PaperCard, load_paper_card
from screening.paper_page import page, printed_rows, words
from screening.screener import released_rules


def released_paper_cards() -> dict[str, PaperCard]:
    """Return the released paper cards by name."""
    return {path.stem: load_paper_card(path.stem) for path in sorted(RELEASED.glob("*.json"))}


def print_paper_card(card: PaperCard, speaker: Speaker) -> None:
    """Print a paper card as a page."""
    rules, text = released_rules(card.rulebook), words().text
    heading(f"{speaker.of(text['title'])} {card.id}", first=True)
    paragraph(f"{speaker.of(text['subtitle'])}. {speaker.of(words().stage[card.stage])}.")
    paragraph(speaker.of(text["simulated"]))
    columns = [speaker.of(text["sign"]), speaker.of(text["points"])]
    rows = [[speaker.of(row.title), str(row.points)] for row in printed_rows(card, rules)]
    text_table(columns, {"": rows}, numbers=(1,))
    paragraph(speaker.of(text["refer"]).format(points=card.refer_from))
    paragraph(speaker.of(text["unknowns"]))
    by_rule = [speaker.of(rule.reason) for rule in rules.overrides_at(Stage.of(card.stage))]
    if by_rule:
        paragraph(speaker.of(text["overrides"]))
        points(by_rule)


def write_paper_card(card: PaperCard, path: Path) -> None:
    """Write a paper card as a page to print, aside and then renamed.

    Raises:
        BadInput: If the file cannot stand there.
    """
    if path.suffix != ".html" or path.is_dir():
        raise BadInput.of(
            "the page is an HTML file", where=str(path), mend="Give --html a name that ends in .html."
        )
    content = page(card, released_rules(card.rulebook))
    try:
        write_text(path, content)
    except OSError as error:
        raise BadInput.of(
            f"the page cannot be written ({error.strerror})", where=str(path), mend="Choose another place."
        ) from None
