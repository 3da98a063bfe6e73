"""The paper card as one printable page in each language: to be held in a hand, without a computer.

The page asks nobody for anything and runs no script. It says on its face that it was learned from simulated
people, what it misses and whom it flags wrongly, and what it loses beside the cards that a computer adds up.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment

from dossier.html_files import html_environment, policy_hash
from dossier.indicators import indicator_texts, indicators
from dossier.problems import BadInput
from dossier.stages import Stage
from dossier.texts import Language, Text
from dossier.toml_files import Declared, read_toml, validated
from models.paper_card import PaperCard
from screening.rulebook import CompiledRulebook

TEMPLATES = Path(__file__).with_name("templates")
LANGUAGES: tuple[Language, ...] = ("en", "id")


class Words(Declared):
    """What stands on every paper card: the file `templates/paper_card.toml`."""

    text: Mapping[str, Text]
    stage: Mapping[str, Text]


@dataclass(frozen=True)
class PrintedRow:
    """One row as it is printed.

    Attributes:
        finding: Kind and name of the sign.
        title: What it is called.
        hint: What to ask or look at.
        points: What it adds.
    """

    finding: str
    title: Text
    hint: Text
    points: int


@cache
def words() -> Words:
    """Return what stands on every paper card."""
    return validated(Words, read_toml(TEMPLATES / "paper_card.toml"))


def printed_rows(card: PaperCard, rulebook: CompiledRulebook) -> tuple[PrintedRow, ...]:
    """Return the rows with their texts.

    Raises:
        BadInput: If the card was learned with other rules, or names a sign that there is not.
    """
    if card.columns_hash != rulebook.columns_hash:
        what = f"the paper card '{card.id}' was learned with other rules than '{rulebook.rulebook.id}'"
        raise BadInput.of(what, mend="`saring train SCENARIO --out FILE` writes one for these rules.")
    return tuple(_printed(card, rulebook))


def page(card: PaperCard, rulebook: CompiledRulebook) -> str:
    """Return the card as an HTML page: one sheet of A4 in each language.

    Raises:
        BadInput: As `printed_rows`.
    """
    style = (TEMPLATES / "paper_card.css").read_text(encoding="utf-8")
    policy = f"default-src 'none'; style-src '{policy_hash(style)}'; base-uri 'none'; form-action 'none'"
    return (
        _environment()
        .get_template("paper_card.html")
        .render(
            card=card,
            rows=printed_rows(card, rulebook),
            overrides=rulebook.overrides_at(Stage.of(card.stage)),
            most=sum(row.points for row in card.rows),
            languages=LANGUAGES,
            words=words(),
            style=style,
            policy=policy,
        )
    )


def _printed(card: PaperCard, rulebook: CompiledRulebook) -> Iterator[PrintedRow]:
    for row in card.rows:
        kind, _, name = row.finding.partition(":")
        if kind == "rule":
            rule = rulebook.rule(name)
            yield PrintedRow(row.finding, rule.title, rule.question, row.points)
        elif kind == "indicator" and name in indicators():
            text = indicator_texts()[name]
            hint = Text(en=indicators()[name].explanation, id=text.explanation_id)
            yield PrintedRow(row.finding, text.title, hint, row.points)
        else:
            raise BadInput.of(f"there is no sign '{row.finding}'", where=card.id)


@cache
def _environment() -> Environment:
    environment = html_environment(TEMPLATES)
    environment.globals.update(share=_share, count=_count)
    return environment


def _share(rate: Mapping[str, Any], language: Language) -> str:
    """Return a rate in per cent with its interval, in a language's manner."""
    parts = [f"{100 * rate[part]:.1f}" for part in ("estimate", "low", "high")]
    if language == "id":
        parts = [part.replace(".", ",") for part in parts]
    return f"{parts[0]} % ({parts[1]}–{parts[2]})"


def _count(value: int, language: Language) -> str:
    return f"{value:,}".replace(",", "." if language == "id" else ",")
