"""`saring show levers NAME` for people: what is done, whom it burdens, and what it changes."""

from collections.abc import Iterator

from console.pages import heading, paragraph, points, text_table
from console.words import Speaker
from dossier.fields import fields
from evidence import citations
from screening.evaluation.texts import limit, number
from synthetic.levers import Lever
from synthetic.modules import released_modules

FACTORS = ("missing", "noise")
SHARES = ("lies", "cover", "hard_to_fake")


def print_lever(lever: Lever, speaker: Speaker) -> None:
    """Print a lever as a page."""
    head, say, of = lever.lever, speaker.say, speaker.of
    heading(f"{of(head.title)} ({lever.id})", first=True)
    paragraph(of(head.description))
    heading(say("lever.limits"))
    paragraph(of(head.limits))
    heading(say("lever.changes"))
    paragraph(say("lever.assumed"))
    parts = {say(f"lever.{part}"): rows for part, rows in _changes(lever, speaker)}
    text_table([say("lever.answer"), say("lever.size")], parts, numbers=(1,))
    heading(say("scenario.sources"))
    points(citations(head.sources))


def _changes(lever: Lever, speaker: Speaker) -> Iterator[tuple[str, list[list[str]]]]:
    """Yield the answers or people that each part of the lever changes, and by how much."""
    say, of = speaker.say, speaker.of
    for part in (*FACTORS, *SHARES):
        sizes = getattr(lever, part)
        if sizes:
            yield (
                part,
                [
                    [
                        _label(field, speaker),
                        say("lever.times", factor=number(size, 2)) if part in FACTORS else of(limit(size)),
                    ]
                    for field, size in sizes.items()
                ],
            )
    if lever.table:
        yield "table", [[_label(field, speaker), ""] for field in lever.table]
    if lever.known:
        yield (
            "known",
            [
                [
                    say("lever.after", answer=_label(field, speaker), days=number(known.delay_days)),
                    of(limit(known.share)),
                ]
                for field, known in lever.known.items()
            ],
        )
    if lever.divert:
        yield (
            "divert",
            [
                [
                    say("lever.as", of=_called(module, speaker), to=_called(divert.to, speaker)),
                    of(limit(divert.probability)),
                ]
                for module, divert in lever.divert.items()
            ],
        )


def _label(field: str, speaker: Speaker) -> str:
    return speaker.of(fields()[field].label)


def _called(module: str, speaker: Speaker) -> str:
    found = released_modules().get(module)
    return speaker.of(found[0].module.title) if found else module
