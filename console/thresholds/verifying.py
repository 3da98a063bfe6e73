"""Checking a certificate: what it asked for is asked again, and every field compared.

The file is read as a stranger's: bounded, validated, executing nothing. What rules, cards and evidence say is
compared first, because all else follows from it. A certificate that differs anywhere does not hold, and the
answer names the field, what the certificate says and what came out.
"""

import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, ValidationError
from pydantic_core import from_json

from console.certifying import certificate_for
from console.thresholds.tuning import Asked, prepared, rulebook_hash, tuned_json
from dossier.json_files import check_names_once
from dossier.problems import BadInput, Problem
from dossier.text_files import bytes_of, check_lists
from dossier.toml_files import Declared
from models.card import load_cards
from screening.evaluation.guarantee.certificate import Terms
from screening.evaluation.guarantee.tuned_certificate import KIND
from screening.evaluation.guarantee.tuning import defaults
from screening.operating_point import RELEASED
from screening.rules_only import NO_CARDS
from screening.screener import released_rules
from synthetic.compile import compile_world
from synthetic.scenarios import load_scenario

Progress = Callable[[str], None]

NOT_THERE = "(not there)"
"""What is told of a value that stands on one side only; a file may well hold these very words."""

_ABSENT = object()

HASHES = {
    "rulebook_hash": "the rulebook is not the one that was certified",
    "columns_hash": "the rules that the cards read are not those that were certified",
    "cards_hash": "the cards are not those that were certified",
    "scenario_hash": "the scenario is not the one that was certified",
    "evidence_hash": "the evidence is not what it was at the certification",
    "code_version": "this is another version of saring than the one that certified",
}
"""What each hash stands for, in the order in which they are told."""

_MEND = "Give a certificate that `saring tune` or `saring train` wrote, or the name of a released one."


@dataclass(frozen=True)
class Difference:
    """One field that came out otherwise.

    Attributes:
        field: Its path, such as `groups[2].allowed`.
        certified: What the certificate says.
        recomputed: What came out.
    """

    field: str
    certified: Any
    recomputed: Any

    @property
    def words(self) -> str:
        """What it means, where it is a hash; empty otherwise."""
        return HASHES.get(self.field, "")

    def to_json(self) -> dict[str, Any]:
        """Return it for JSON."""
        found = {"field": self.field, "certified": self.certified, "recomputed": self.recomputed}
        return {**found, "words": self.words} if self.words else found


@dataclass(frozen=True)
class Verification:
    """The answer.

    Attributes:
        kind: `tuned` or `released`.
        differences: What differs, hashes first; nothing where the certificate holds.
        fields: How many fields were compared.
    """

    kind: str
    differences: tuple[Difference, ...]
    fields: int

    @property
    def holds(self) -> bool:
        """Whether everything came out again."""
        return not self.differences


@dataclass(frozen=True)
class Instead:
    """What is used in place of what a certificate names; it stays what the hashes say it must be.

    Attributes:
        scenario, rulebook, cards: Released names or paths.
    """

    scenario: str | None = None
    rulebook: str | None = None
    cards: str | None = None

    def over(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Return what was asked for with these in place."""
        return {**asked, **{name: value for name, value in vars(self).items() if value is not None}}


class _Released(Declared):
    """What must stand in a certificate of cards for it to be made again."""

    model_config = ConfigDict(frozen=True, extra="allow")

    cards: str
    scenario: str
    terms: Terms


def verify(certificate: str, instead: Instead, progress: Progress = lambda _: None) -> Verification:
    """Make a certificate again and compare.

    Args:
        certificate: A released name, or the path of a file.
        instead: Scenario, rulebook and cards, where they are no longer where the certificate says.
        progress: Called with a sentence as the work goes on.

    Raises:
        BadInput: If the file is no certificate, or what it asks for cannot be asked.
    """
    path = certificate_file(certificate)
    found = read_certificate(path)
    if found.get("kind") == KIND:
        return _verify_tuned(found, path, instead, progress)
    if "kind" in found:
        raise BadInput.of(f"there is no kind of certificate '{found['kind']}'", where=str(path), mend=_MEND)
    return _verify_released(found, path, instead, progress)


def certificate_file(certificate: str) -> Path:
    """Return the file of a certificate.

    Raises:
        BadInput: If there is none, or it is a folder.
    """
    path = Path(certificate)
    if path.is_dir():
        what = "this folder is neither a run nor a cohort, and a certificate is one file"
        inside = path / "certificate.json"
        mend = f"Give {inside}." if inside.is_file() else "Give the folder of a run or a cohort. " + _MEND
        raise BadInput.of(what, where=certificate, mend=mend)
    if path.suffix or len(path.parts) > 1:
        return path
    released = RELEASED / f"{certificate}.json"
    if not released.is_file():
        what = "this is neither a folder nor a released certificate"
        raise BadInput.of(what, where=certificate, mend=f"Give the folder of a run or a cohort. {_MEND}")
    return released


def read_certificate(path: Path) -> dict[str, Any]:
    """Return what stands in a certificate, as it stands there.

    Raises:
        BadInput: If it cannot be read, is too large, is no JSON, or holds no object.
    """
    raw = bytes_of(path, ending=".json", missing="there is no such certificate", mend=_MEND)
    try:
        found = from_json(raw, allow_inf_nan=False)
    except ValueError as error:
        what = f"this is not JSON, or only a part of it ({error})"
        raise BadInput.of(what, where=str(path), mend=_MEND) from None
    if not isinstance(found, dict):
        raise BadInput.of("this holds no certificate", where=str(path), mend=_MEND)
    if isinstance(found.get("certificate"), dict):
        mend = "Give the certificate.json beside it."
        raise BadInput.of("this is what was tuned, not the certificate", where=str(path), mend=mend)
    check_lists(found, str(path))
    check_names_once(raw, str(path), _MEND)
    return found


def _verify_tuned(found: dict[str, Any], path: Path, instead: Instead, progress: Progress) -> Verification:
    asked = _validated(Asked, found.get("asked"), path, "asked")
    used = asked.model_copy(update=instead.over({}))
    try:
        tuning = prepared(used)
    except BadInput:
        if changed := tuple(_changed_parts(used, found)):
            return Verification("tuned", changed, len(HASHES))
        raise
    again = tuned_json(tuning, progress)["certificate"]
    named = {name: getattr(asked, name) for name in instead.over({})}
    again["asked"] = {**again["asked"], **named}
    return _compared("tuned", found, again)


def _changed_parts(asked: Asked, found: Mapping[str, Any]) -> Iterator[Difference]:
    """Yield rules and cards that are not the certified ones, where these do not even fit together."""
    hashes = {"rulebook_hash": rulebook_hash(asked.rulebook)}
    if asked.cards != NO_CARDS:
        hashes["cards_hash"] = load_cards(asked.cards).content_hash
    for name, value in hashes.items():
        if found.get(name) != value:
            yield Difference(name, found.get(name, NOT_THERE), value)


def _verify_released(found: dict[str, Any], path: Path, instead: Instead, progress: Progress) -> Verification:
    said = _validated(_Released, found, path, "")
    _check_sizes(said.terms, path)
    beside = path.with_name(f"{path.name.removesuffix('.certificate.json')}.json")
    own = str(beside) if path.name.endswith(".certificate.json") else said.cards
    cards = load_cards(instead.cards or own)
    world = compile_world(load_scenario(instead.scenario or said.scenario))
    rules = released_rules(instead.rulebook or cards.rulebook)
    cards.check_rulebook(rules.columns_hash)
    again = json.loads(json.dumps(certificate_for(world, rules, cards, said.terms, progress)))
    if "cards_hash" not in found:  # certificates of before did not state it
        del again["cards_hash"]
    return _compared("released", found, again)


def _check_sizes(terms: Terms, path: Path) -> None:
    most = defaults().most
    if not (1 <= terms.victims <= most.victims and 1 <= terms.others <= most.others):
        what = f"it asks for {terms.victims:,} victims and {terms.others:,} others"
        mend = f"At most {most.victims:,} and {most.others:,} are drawn for one certificate."
        raise BadInput.of(what, where=str(path), mend=mend)


def _validated(model: Any, data: Any, path: Path, at: str) -> Any:
    try:
        return model.model_validate(data, strict=False)
    except ValidationError as error:
        problems = [
            Problem(f"'{'.'.join([at, *map(str, one['loc'])]).strip('.')}': {one['msg']}", str(path), _MEND)
            for one in error.errors(include_url=False, include_input=False)[:10]
        ]
        raise BadInput(problems) from None


def _compared(kind: str, found: Mapping[str, Any], again: Mapping[str, Any]) -> Verification:
    order = list(HASHES)
    differing = sorted(
        differences(found, again),
        key=lambda one: order.index(one.field) if one.field in HASHES else len(order),
    )
    return Verification(kind, tuple(differing), _fields(again))


def differences(certified: Any, recomputed: Any, at: str = "") -> Iterator[Difference]:
    """Yield every field in which two parsed JSON documents differ.

    Whole numbers, texts and truth values must be the same; other numbers to nine digits, because the last
    ones of an interval's end belong to the computer.

    Examples:
        >>> [one.field for one in differences({"a": [1, {"b": 2}], "c": 0}, {"a": [1, {"b": 3}]})]
        ['a[1].b', 'c']
    """
    if isinstance(certified, dict) and isinstance(recomputed, dict):
        for name in {**recomputed, **certified}:
            place = f"{at}.{name}" if at else name
            yield from differences(certified.get(name, _ABSENT), recomputed.get(name, _ABSENT), place)
    elif isinstance(certified, list) and isinstance(recomputed, list):
        for place in range(max(len(certified), len(recomputed))):
            one, other = (side[place] if place < len(side) else _ABSENT for side in (certified, recomputed))
            yield from differences(one, other, f"{at}[{place}]")
    elif not _same(certified, recomputed):
        yield Difference(at, _told(certified), _told(recomputed))


def _told(value: Any) -> Any:
    return NOT_THERE if value is _ABSENT else value


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other)
    return type(one) is type(other) and bool(one == other)


def _fields(value: Any) -> int:
    """Return how many values a parsed JSON document holds."""
    if isinstance(value, dict):
        return sum(_fields(one) for one in value.values())
    return sum(_fields(one) for one in value) if isinstance(value, list) else 1
