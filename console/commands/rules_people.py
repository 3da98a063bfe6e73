"""What the commands of `saring rules` share: whom they look at, who screens, where results go."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from console.commands.rules_corpora import Corpus, corpus_of_run, drawn_corpus
from console.files import write_json
from console.output import number_of, percent
from console.screeners import decides
from console.worlds import WorldOptions
from dossier.problems import BadInput
from models.card import load_cards
from screening.operating_point import load_operating_point
from screening.rulebook import Rulebook, compile_rulebook
from screening.rules_only import rules_screener
from screening.screener import RELEASED, Screener


@dataclass(frozen=True)
class PeopleOptions:
    """The options that say on whom rules are measured; see the help of `saring rules coverage`."""

    scenario: str | None
    n: int | None
    seed: int | None
    run: Path | None
    stage: str | None
    levers: tuple[str, ...]
    modules: Path | None
    workers: int

    @property
    def are_named(self) -> bool:
        """Whether anybody is named at all."""
        return self.scenario is not None or self.run is not None


def corpus_for(options: PeopleOptions) -> Corpus:
    """Return the people that options describe.

    Raises:
        BadInput: If they describe none, or two kinds of people at once.
    """
    if options.scenario is not None and options.run is not None:
        raise BadInput.of(
            "a scenario and a run are two kinds of people", where="--run", mend="Give one of them."
        )
    if options.run is not None:
        given = {
            "--n": options.n,
            "--seed": options.seed,
            "--lever": options.levers or None,
            "--modules": options.modules,
        }
        if strangers := [name for name, value in given.items() if value is not None]:
            what = "this belongs to a scenario, and the run is finished"
            raise BadInput.of(what, where=strangers[0], mend="Leave it out, or give --scenario.")
        return corpus_of_run(options.run, options.stage)
    if options.scenario is None:
        what = "nobody is named on whom the rules could be measured"
        raise BadInput.of(
            what, where="--scenario", mend="Give a scenario; `saring show scenarios` lists them."
        )
    seed = 1 if options.seed is None else options.seed
    world = WorldOptions(options.scenario, options.n, seed, options.modules, options.levers)
    return drawn_corpus(world, options.stage)


def fitting_screener(book: Rulebook) -> Screener:
    """Return the screener for a rulebook: with the released cards where they fit it, else its rules alone.

    Raises:
        BadInput: If by its rules alone nobody could be referred.
    """
    compiled, cards = compile_rulebook(book), load_cards(RELEASED)
    if book.decides == "cards" and compiled.columns_hash == cards.columns_hash:
        return Screener(compiled, cards, load_operating_point(RELEASED))
    return rules_screener(book)


def screener_json(screener: Screener, threshold: int) -> dict[str, Any]:
    """Return which rulebook screens, and how its findings come to a recommendation."""
    book = screener.rulebook.rulebook
    return {
        "rulebook": book.id,
        "version": book.version,
        "as_of": screener.rulebook.as_of.isoformat(),
        "rules": len(screener.rulebook.rules),
        "written_for": book.decides,
        "decides": decides(screener),
        "cards": screener.cards.id,
        "threshold": threshold / 100,
    }


def screener_sentence(said: Mapping[str, Any]) -> str:
    """Return the same in words."""
    if said["decides"] == "cards":
        how = f"cards {said['cards']}, threshold {said['threshold']:+.2f}"
    elif said["written_for"] == "rules":
        how = "its rules decide by themselves"
    else:
        how = "the released cards were not trained for it: its rules decide alone"
    return f"{said['rulebook']}, version {said['version']}, {number_of(said['rules'], 'live rule')} ({how})"


def corpus_sentence(content: Mapping[str, Any]) -> str:
    """Return whom a table is of; every table says it."""
    return (
        f"{number_of(content['n'], 'synthetic applicant')} of {content['scenario']}, at the "
        f"{content['stage']} stage; corpus {content['corpus'][:16]}"
    )


def check_out(path: Path | None) -> None:
    """Raise before anything is measured if the result could not be written.

    Raises:
        BadInput: If the path is a folder, or lies in none.
    """
    if path is None:
        return
    if path.is_dir():
        raise BadInput.of("this is a folder", where=str(path), mend="Give the name of a .json file.")
    if path.suffix != ".json":
        raise BadInput.of("the result is JSON", where=str(path), mend="Give a name that ends in .json.")
    if not path.parent.is_dir():
        raise BadInput.of("there is no such folder", where=str(path.parent), mend="Make it first.")


def write_if_asked(path: Path | None, content: Mapping[str, Any]) -> None:
    """Write the result, aside and then renamed, where a file is named."""
    if path is not None:
        write_json(path, content)


def in_percent(rate: Mapping[str, Any]) -> str:
    """Return a rate in percent for a column that says so, such as "12.3 (11.9-12.7)"."""
    return percent(rate).replace(" % ", " ")


def per_10000(difference: Mapping[str, Any]) -> str:
    """Return a difference among 10,000 people with its interval, such as "+12.0 (+10.1 to +14.2)".

    Examples:
        >>> per_10000({"estimate": 12, "low": 10.1, "high": 14.2, "n": 1000})
        '+12.0 (+10.1 to +14.2)'
    """
    if difference["estimate"] is None:
        return "cannot be said"
    return _signed([difference[name] for name in ("estimate", "low", "high")], 1)


def points(difference: Mapping[str, Any]) -> str:
    """Return a difference of rates in percentage points with its interval.

    Examples:
        >>> points({"estimate": 0.0125, "low": 0, "high": 0.02, "n": 1000})
        '+1.25 (+0.00 to +2.00)'
    """
    if difference["estimate"] is None:
        return "cannot be said"
    return _signed([100 * difference[name] for name in ("estimate", "low", "high")], 2)


def _signed(values: list[float], digits: int) -> str:
    """Return an estimate and the ends of its interval with signs; nothing is never negative."""
    estimate, low, high = (f"{round(value, digits) + 0.0:+.{digits}f}" for value in values)
    return f"{estimate} ({low} to {high})"
