"""The ledger of calibration seeds: what each was spent on, so that no draw is looked at for two screeners.

A threshold is guaranteed because its victims were drawn independently of the rules and the cards. Whoever
looks at a draw, changes a rule and draws the same people again has learned from them. So a seed belongs to
the rulebook and the cards it was first drawn for. And whoever draws with many seeds and keeps the luckiest
threshold has no confidence left. So rules and cards have one seed for each scenario and stage. The ledger is
a readable file, written aside and renamed under a lock; one that cannot be read is an error, and is never
begun anew.
"""

import fcntl
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from console.certifying import released_terms
from dossier.json_files import read_json
from dossier.problems import BadInput
from dossier.text_files import LARGEST_FILE, MOST_ITEMS, write_text
from dossier.toml_files import Declared
from models.card import CardSet

LEDGER = Path("var/ledger.json")

CERTIFIED = "the certificate of released cards"
TRAINED = "the training of the cards"


class Spent(Declared):
    """What a calibration seed was spent on.

    Attributes:
        rulebook, cards, scenario: Their ids, for people.
        rulebook_hash, cards_hash: What rules and cards said.
        scenario_hash: What the scenario said, with its levers and its step of difficulty.
        stage: The stage of the threshold.
    """

    rulebook: str
    cards: str
    scenario: str
    rulebook_hash: str
    cards_hash: str
    scenario_hash: str
    stage: str

    def is_same_screener(self, other: "Spent") -> bool:
        """Whether rules and cards say the same, whatever they are called."""
        return (self.rulebook_hash, self.cards_hash) == (other.rulebook_hash, other.cards_hash)

    def is_same(self, other: "Spent") -> bool:
        """Whether it is the same screener at the same stage of the same scenario."""
        place = (self.scenario_hash, self.stage) == (other.scenario_hash, other.stage)
        return place and self.is_same_screener(other)


class _Ledger(Declared):
    schema_version: Literal["1"] = "1"
    spent: Mapping[int, tuple[Spent, ...]]


def spend(path: Path, seed: int, on: Spent, cards: CardSet) -> None:
    """Enter a seed into the ledger before anybody of its draw is looked at.

    Spending it again on the same changes nothing. The same rules and cards may spend it in other scenarios
    and at other stages, but no second seed where they have spent one.

    Args:
        path: The ledger; begun where there is none.
        seed: The calibration seed.
        on: What it is spent on.
        cards: The cards, whose own training spent seeds too.

    Raises:
        BadInput: If the seed is spent on another screener, or another seed on this very purpose, or the
            ledger cannot be read or is full.
    """
    if not path.name or (path.exists() and not path.is_file()):
        mend = "Give the name of a file, such as var/ledger.json."
        raise BadInput.of("this is no file for a ledger", where=str(path), mend=mend)
    path.parent.mkdir(parents=True, exist_ok=True)
    with _locked(path):
        spent = dict(_read(path))
        _refuse_second(seed, spent, on)
        _refuse_spent(seed, spent, on, cards)
        before = spent.get(seed, ())
        if not any(one.is_same(on) for one in before):
            _write(path, {**spent, seed: (*before, on)})


def _refuse_second(seed: int, spent: Mapping[int, Sequence[Spent]], on: Spent) -> None:
    """Refuse a seed where another was spent on the very same."""
    first = next((n for n, ones in spent.items() if n != seed and any(one.is_same(on) for one in ones)), None)
    if first is not None:
        what = (
            f"the seed {first} was spent on these rules and cards in the scenario '{on.scenario}' at the "
            f"stage '{on.stage}'; the confidence holds for one draw that was chosen beforehand"
        )
        mend = f"Give --seed {first}, or leave --seed out if it was left out then; other terms may share it."
        raise BadInput.of(what, where="--seed", mend=mend)


def _refuse_spent(seed: int, spent: Mapping[int, Sequence[Spent]], on: Spent, cards: CardSet) -> None:
    reserved = reserved_seeds(cards)
    free = next(
        n for n in range(seed + 1, seed + 2 + len(spent) + len(reserved)) if n not in {*spent, *reserved}
    )
    mend = f"Leave --seed out, or give one that is free, such as --seed {free}."
    if seed in reserved:
        what = f"the seed {seed} was spent on {reserved[seed]}"
        raise BadInput.of(f"{what}; those people are not fresh", where="--seed", mend=mend)
    first = next(iter(spent.get(seed, ())), on)
    if not first.is_same_screener(on):
        changed = "rulebook" if first.rulebook_hash != on.rulebook_hash else "cards"
        what = (
            f"the seed {seed} was spent on the rulebook '{first.rulebook}' with the cards '{first.cards}'; "
            f"the {changed} now {'is' if changed == 'rulebook' else 'are'} different"
        )
        raise BadInput.of(what, where="--seed", mend=mend)


def reserved_seeds(cards: CardSet) -> dict[int, str]:
    """Return the seeds that no calibration may take, with what they were spent on."""
    training, terms = cards.training, released_terms()
    trained = range(training.seed, training.seed + len(training.victims) + 1) if training.victims else ()
    return dict.fromkeys((terms.seed, terms.seed + 1), CERTIFIED) | dict.fromkeys(trained, TRAINED)


def _read(path: Path) -> Mapping[int, tuple[Spent, ...]]:
    if not path.exists():
        return {}
    mend = "Restore it from a copy, or move it away knowingly; the seeds it names are then forgotten."
    return read_json(_Ledger, path, missing="there is no such ledger", mend=mend).spent


def _write(path: Path, spent: Mapping[int, Sequence[Spent]]) -> None:
    entries = {str(seed): [one.model_dump() for one in ones] for seed, ones in sorted(spent.items())}
    text = json.dumps({"schema_version": "1", "spent": entries}, indent=1, ensure_ascii=False) + "\n"
    if len(text.encode()) > LARGEST_FILE or any(len(ones) > MOST_ITEMS for ones in entries.values()):
        mend = "Keep it, and begin another with --ledger FILE; a seed left out is fresh by itself."
        raise BadInput.of("this ledger is full", where=str(path), mend=mend)
    write_text(path, text)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the ledger for one process; the lock ends with the process, however it ends."""
    with path.with_name(f".{path.name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
