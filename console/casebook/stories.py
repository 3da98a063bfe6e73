"""What was so behind a dossier, and what a good officer would do: the words of a key, in both languages.

A story tells from which module a person was drawn, whether he or she spoke openly, and where truth,
declaration and file differ. Advice stands in `advice.toml`, by module; innocent explanations belong to it.
Nothing here is shown before a decision is recorded.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from pydantic import Field as Option

from console.casebook.choosing import kind_of
from console.casebook.people import Difference, Person
from console.casebook.settings import settings
from console.casebook.wording import code_text, joined, spoken
from dossier.fields import fields
from dossier.problems import BadInput
from dossier.stages import Stage
from dossier.texts import Text
from dossier.toml_files import Declared, read_toml, validated
from synthetic.descriptions import as_told
from synthetic.modules import Module, released_modules

FOLLOWS = "follows_other_answer"
"""Why a question arose or did not: it is told by the answer that it follows from."""

COACHED = "coached_lie"
"""Why something else was said than was so, although no story was told."""

LOST = "lost"
"""Why a cell is empty; how many are is said, and not each."""

NAMED_TIERS = ("crude", "standard", "expert")
"""Tiers that have a sentence of their own."""


class Advice(Declared):
    """What a good officer would do about the people of one module, and why.

    Attributes:
        text: The advice.
        looks_like: The typology family that a lookalike resembles; empty for all others.
    """

    text: Text
    looks_like: str = ""


class AdviceFile(Declared):
    """The file `advice.toml`.

    Attributes:
        grade: `D`: what is advised is ours, after the sources.
        sources: After which sources.
        module: By module.
        kind: For modules of somebody's own, by kind of people.
    """

    grade: str
    sources: tuple[str, ...]
    module: Mapping[str, Advice]
    kind: Mapping[str, Advice] = Option(default_factory=dict)


@cache
def _advice() -> AdviceFile:
    file = read_toml(Path(__file__).with_name("advice.toml"))
    written = validated(AdviceFile, file)
    unknown = sorted(written.module.keys() - released_modules().keys())
    if unknown:
        at = ("module", unknown[0])
        raise BadInput(
            [file.problem(f"there is no module '{unknown[0]}'", at, "Use a released module's id.")]
        )
    return written


def advice_for(module: Module) -> Advice:
    """Return the advice for a module; that for its kind of people where it has none of its own."""
    written = _advice()
    return written.module.get(module.id, written.kind[kind_of(module)])


def advice_text(person: Person, agency: Text | None) -> Text:
    """Return what a good officer would do here.

    Args:
        person: The applicant.
        agency: Who receives the person under the released policy; None where nobody need.
    """
    advice = advice_for(person.module).text
    return advice if agency is None else joined([advice, spoken("advice.received", agency=agency)])


def story_of(person: Person, last: Stage) -> Text:
    """Return what was so, how the person spoke, and what on file differs from it.

    Args:
        person: The applicant.
        last: The last stage of which a class can see anything.
    """
    return joined([*_what_was_so(person), *_how_it_was_told(person, last), *_what_differs(person, last)])


def _what_was_so(person: Person) -> Iterator[Text]:
    head = as_told(person.module.module)
    yield spoken("story.kind", title=head.title, description=head.description)
    tier = person.truth["tier"]
    if tier is not None:
        yield spoken(f"story.tier_{tier if tier in NAMED_TIERS else 'other'}", tier=tier)


def _how_it_was_told(person: Person, last: Stage) -> Iterator[Text]:
    cover = person.module.cover
    if person.story == "cover" and cover is not None:
        library = person.plan.world.scenario.library
        yield spoken("story.cover", journey=library[cover.journey][0].module.title)
    elif person.story == "unaware":
        yield spoken("story.unaware")
    elif any(one.mechanism == COACHED for one in _seen(person, last)):
        yield spoken("story.coached")
    else:
        yield spoken("story.open")


def _what_differs(person: Person, last: Stage) -> Iterator[Text]:
    """Say which answers changed: the untrue and misread ones, and how many were lost."""
    seen = _seen(person, last)
    lost = sum(one.mechanism == LOST for one in seen)
    changed = [one for one in seen if one.mechanism not in (FOLLOWS, LOST)]
    most = settings().story.most_differences
    if not changed:
        yield spoken("story.no_difference")
    for one in changed[:most]:
        yield _difference(one)
    if len(changed) > most:
        yield spoken("story.more", number=str(len(changed) - most))
    if lost:
        yield spoken("story.lost", number=str(lost))


def _seen(person: Person, last: Stage) -> list[Difference]:
    """Return the answers that changed among those that a class can see."""
    return [one for one in person.differences if fields()[one.field].visible_from <= last]


def _difference(one: Difference) -> Text:
    return spoken(
        f"difference.{one.mechanism}",
        label=fields()[one.field].label,
        before=code_text(one.field, one.before),
        after=code_text(one.field, one.after),
    )
