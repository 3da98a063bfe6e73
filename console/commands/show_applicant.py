"""`saring show applicant`: one simulated person's story for a trainer, across truth, declaration and file."""

import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

from console.output import Output
from console.pages import facts, heading, paragraph, text_table
from console.stories import EMPTY, NOT_ASKED, Answer, Shared, Story, example_numbers, story_of
from console.words import Speaker
from dossier.fields import fields
from dossier.problems import BadInput
from dossier.recommendations import agencies
from dossier.stages import STAGE_LABELS
from screening.evaluation.pages.html_examples import shown
from screening.evaluation.texts import day_of_year, has_text, number, text
from screening.referral import policy
from synthetic.levers import released_levers
from synthetic.modules import released_modules
from synthetic.names import given_name

_RANGE = re.compile(r"(\d[\d,]*)-(\d[\d,]*)")


def show_applicant(folder: str | None, applicant: int | None, speaker: Speaker, output: Output) -> None:
    """Print the story of one applicant.

    Args:
        folder: Of a run or a cohort with its sealed truth.
        applicant: Identity number.
        speaker: In which language.
        output: How to speak.

    Raises:
        BadInput: If a folder or a number is lacking, or does not lead to anybody.
    """
    if folder is None:
        mend = "Name its folder: `saring show applicant RUN --applicant ID`."
        raise BadInput.of("whose cohort?", where="saring show applicant", mend=mend)
    if applicant is None:
        raise BadInput.of(
            "which applicant?", where="--applicant", mend=f"Add --applicant. {example_numbers(Path(folder))}"
        )
    story = story_of(Path(folder), applicant)
    output.result(_json(story), lambda: _Page(story, speaker).print(quiet=output.quiet))


def _json(story: Story) -> dict[str, Any]:
    answers = [
        {**asdict(answer), "stage": fields()[answer.field].stage, "mechanisms": list(answer.mechanisms)}
        for answer in story.answers
    ]
    return {
        "schema_version": "1",
        "synthetic": True,
        **asdict(story),
        "applicant": f"{story.applicant:016d}",
        "name": _name(story),
        "application_date": story.applied.isoformat() if story.applied else None,
        "departure_date": story.departs.isoformat() if story.departs else None,
        "answers": answers,
        "shared": [{**asdict(one), "n_others": sum(one.others.values())} for one in story.shared],
    }


def _name(story: Story) -> str:
    return given_name(story.applicant, story.answer("sex").observed)


class _Page:
    """The story as a page in one language."""

    def __init__(self, story: Story, speaker: Speaker) -> None:
        self.story = story
        self.speaker = speaker
        self.say = speaker.say

    def print(self, *, quiet: bool) -> None:
        """Print the page; `quiet` leaves out the sentences that are the same on every page."""
        print(self.say("who.simulated", name=_name(self.story), number=f"{self.story.applicant:016d}"))
        if not quiet:
            print(self.say("who.answers"))
        heading(self.say("so.title"))
        facts(self._truth())
        self._print_changes()
        self._print_shared()
        self._print_recommendation()

    def _truth(self) -> dict[str, str]:
        story, say = self.story, self.say
        module = released_modules().get(story.module)
        title = module[0].module.title.in_language(self.speaker.language) if module else story.module
        found = {
            say("so.class"): say(f"class.{story.truth_class}"),
            say("so.journey"): f"{title} ({story.module})",
            say("so.scenario"): self._scenario(),
            say("so.applied"): self._date(story.answer("application_day").observed),
            say("so.departs"): self._departure(),
        }
        if story.mates is not None:
            found[say("so.tier")] = self._network(story.mates)
        for name, label in story.hidden.items():
            found[say(f"so.{name}")] = say("so.unrecorded" if label is None else f"{name}.{label}")
        return found

    def _scenario(self) -> str:
        story = self.story
        parts = [story.scenario]
        if story.difficulty is not None:
            parts.append(self.say("so.difficulty", step=story.difficulty))
        if story.levers:
            parts.append(
                self.say("so.levers", levers=", ".join(self._lever(lever) for lever in story.levers))
            )
        return "; ".join(parts)

    def _lever(self, lever: str) -> str:
        found = released_levers().get(lever)
        return found.lever.title.in_language(self.speaker.language) if found else lever

    def _network(self, mates: int) -> str:
        tier = self.story.tier
        if tier is None:
            return self.say("so.network_plain", others=mates)
        key = f"tier.{tier}"
        return self.say("so.network", tier=text(key) if has_text(key) else tier, others=mates)

    def _date(self, day: str) -> str:
        if self.story.year is None:
            return self.say("so.day", day=day)
        return self.speaker.of(day_of_year(int(day.replace(",", "")), self.story.year))

    def _departure(self) -> str:
        story = self.story
        days = story.days_to_departure
        if days is None:
            return self.say("so.departure_unknown", days=self._value("days_to_departure", self._true_days()))
        if story.applied is None:
            return self.say("so.after", days=days)
        first = story.applied.timetuple().tm_yday + days
        date = day_of_year(first, story.applied.year)
        return self.say("so.departure", date=date, days=days)

    def _true_days(self) -> str:
        return self.story.answer("days_to_departure").truth

    # --- what differs -------------------------------------------------------------------------------

    def _print_changes(self) -> None:
        story, say = self.story, self.say
        changed, n = story.changed, len(story.answers)
        if not changed:
            heading(say("change.none", n=n))
            return
        heading(say("change.title", changed=len(changed), n=n))
        stages = {
            self.speaker.of(text(f"stage.{stage}")): [
                self._change(answer) for answer in changed if fields()[answer.field].stage == stage
            ]
            for stage in STAGE_LABELS
        }
        columns = [say(f"change.{name}") for name in ("answer", "truth", "declared", "observed", "mechanism")]
        text_table(columns, {stage: rows for stage, rows in stages.items() if rows})

    def _change(self, answer: Answer) -> list[str]:
        because = ", ".join(self.say(f"mechanism.{mechanism}") for mechanism in answer.mechanisms)
        values = (answer.truth, answer.declared, answer.observed)
        return [self._label(answer.field), *(self._value(answer.field, value) for value in values), because]

    def _label(self, field: str) -> str:
        """Return what a field is called, with the unit of a number."""
        label = fields()[field].label.in_language(self.speaker.language)
        key = f"unit.{fields()[field].unit.replace(' ', '_')}"
        return f"{label} ({self.speaker.of(text(key))})" if has_text(key) else label

    def _value(self, field: str, value: str) -> str:
        """Return a code, number or bin as people read it."""
        if value not in (EMPTY, NOT_ASKED) and (ends := _RANGE.fullmatch(value)):
            low, high = (self.speaker.of(number(int(end.replace(",", "")))) for end in ends.groups())
            # Long numbers may be parted where the line ends, so the dash stands free.
            return f"{low} – {high}" if "," in value else f"{low}–{high}"
        if fields()[field].is_number and value not in (EMPTY, NOT_ASKED):
            return self.speaker.of(number(int(value.replace(",", ""))))
        return self.speaker.of(shown(field, value, self.story.year or 0))

    # --- others, and the screener -------------------------------------------------------------------

    def _print_shared(self) -> None:
        say, shared = self.say, self.story.shared
        if not shared:
            heading(say("shared.none"))
            return
        heading(say("shared.title"))
        columns = [say(f"shared.{name}") for name in ("what", "on_file", "others", "who")]
        text_table(columns, {"": [self._share(one) for one in shared]}, numbers=(1, 2))

    def _share(self, one: Shared) -> list[str]:
        who = ", ".join(self.say(f"among.{label}", n=n) for label, n in sorted(one.others.items()))
        others = self.speaker.of(number(sum(one.others.values())))
        return [
            self.say(f"kind.{one.kind}"),
            self._value(one.field, one.on_file),
            others,
            who or self.say("shared.nobody"),
        ]

    def _print_recommendation(self) -> None:
        say, found = self.say, self.story.recommended
        heading(say("screener.title"))
        if found is None:
            paragraph(say("screener.none"))
            return
        stage, recommended = text(f"stage.{found.stage}"), f"recommendation.{found.recommendation}"
        pattern = policy().title.get(found.resembles)
        sentences = [
            say(
                "screener.recommended",
                stage=stage,
                recommendation=text(recommended),
                pattern=self.speaker.of(pattern) if pattern else found.resembles,
            )
        ]
        if found.agency is not None:
            agency = agencies()[found.agency].name.in_language(self.speaker.language)
            sentences.append(say("screener.received", agency=agency))
        stages = ", ".join(self.speaker.of(text(f"stage.{label}")) for label in found.flagged_at)
        sentences.append(
            say("screener.flagged", stages=stages) if stages else say("screener.flagged_nowhere")
        )
        paragraph(" ".join(sentences))
