"""The screener of a run, kept beside what it screened: its rulebook, cards, thresholds and policy as files.

Whoever wants to know later why somebody was flagged needs the very rules and points that flagged him or her,
even where they came from a file of one's own or have been released anew. Readers of Parquet pass over a
folder whose name begins with an underscore.
"""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from console.files import write_json
from dossier.problems import BadInput
from models.card import load_cards, save_cards
from screening.operating_point import load_operating_point
from screening.referral_policy import RELEASED as RELEASED_POLICY
from screening.referral_policy import load_policy, policy_file
from screening.rulebook import compile_rulebook, load_rulebook, rulebook_file
from screening.rules_only import decided_by_rules, rule_cards
from screening.screener import Screener

KEPT = "_screener"
RULEBOOK, CARDS, CERTIFICATE, POLICY = "rulebook.toml", "cards.json", "certificate.json", "policy.toml"


@dataclass(frozen=True)
class Sources:
    """Where the parts of a screener came from that are copied as they were written.

    Attributes:
        rulebook, policy: A released name or a path.
    """

    rulebook: str
    policy: str = RELEASED_POLICY


def keep_screener(screener: Screener, sources: Sources, screened: Path) -> None:
    """Write the parts of a screener into the folder of what it screened.

    Args:
        screener: Who screened.
        sources: Its rulebook and policy.
        screened: The folder of the screened files.
    """
    folder = screened / KEPT
    folder.mkdir(parents=True)
    shutil.copyfile(rulebook_file(sources.rulebook), folder / RULEBOOK)
    shutil.copyfile(policy_file(sources.policy), folder / POLICY)
    write_json(folder / CERTIFICATE, screener.operating_point.model_dump(mode="json"))
    if not decided_by_rules(screener.cards):
        save_cards(screener.cards, folder / CARDS)


def kept_screener(screened: Path) -> Screener | None:
    """Return the screener that a folder of screened files keeps; None where it keeps none.

    Raises:
        BadInput: If a part is missing, cannot be read, or does not belong to the others.
    """
    folder = screened / KEPT
    if not folder.is_dir():
        return None
    try:
        rules = compile_rulebook(load_rulebook(folder / RULEBOOK))
        point = load_operating_point(folder / CERTIFICATE)
        cards = load_cards(folder / CARDS) if (folder / CARDS).is_file() else rule_cards(rules)
        point.check_cards(cards, CERTIFICATE)
        return replace(Screener(rules, cards, point), referral=load_policy(folder / POLICY))
    except BadInput as error:
        what = f"what this was screened with can no longer be read: {error.problems[0].what}"
        raise BadInput.of(what, where=str(folder), mend="Screen the cohort again.") from None
