"""An explanation as a page at the terminal: the recommendation first, then why, then what if.

The page says in one language what `screening.explain` and `screening.counterfactual` found, and computes
nothing but the order of its lines. Its last line says who decides.
"""

from collections.abc import Iterable, Iterator, Sequence

from console.pages import facts, heading, paragraph, points, text_table
from console.words import Speaker
from dossier.fields import fields
from dossier.recommendations import Recommendation, agencies
from models.features import contexts_at
from screening.counterfactual import WhatIf
from screening.evaluation.texts import number, one_in, percent, text
from screening.explain import Explanation, Reason
from screening.reasons import line
from screening.referral import policy
from screening.referral_policy import Route, load_policy, released_policies

_READ = ("indicator", "rule")


class ExplanationPage:
    """One explanation as a page.

    Attributes:
        found: The explanation.
        what_if: What would have changed the recommendation.
        speaker: In which language.
        by: Which rules and cards, in a sentence.
    """

    def __init__(self, found: Explanation, what_if: Sequence[WhatIf], speaker: Speaker, by: str) -> None:
        self.found = found
        self.by = by
        self.what_if = what_if
        self.speaker = speaker
        self.say = speaker.say

    def print(self) -> None:
        """Print the page."""
        found, say = self.found, self.say
        stage = text(f"stage.{found.stage.label}")
        paragraph(f"{say('explain.who', number=f'{found.applicant:016d}', stage=stage)} {self.by}")
        heading(self._headline())
        facts(self._who_receives())
        self._print_decision()
        self._print_reasons()
        self._print_innocent()
        heading(say("explain.unread"))
        facts(self._unread())
        self._print_what_if()
        self._print_offers()
        print()
        paragraph(say("explain.decide_ended" if self._is_ended else "explain.decide"))

    @property
    def _is_ended(self) -> bool:
        """Whether the policy ends the application and nobody receives the person."""
        return self.found.recommendation == Recommendation.REFER and not self.found.agency

    def _headline(self) -> str:
        if self._is_ended and self.found.route:
            name = _policy_of(self.found.route)
            return self.say("explain.ended", policy=name) if name else self.say("explain.ended_unnamed")
        recommended = text(f"recommendation.{self.found.recommendation.label}")
        return self.say("explain.recommended", recommendation=recommended)

    def _who_receives(self) -> dict[str, str]:
        found, say, of = self.found, self.say, self.speaker.of
        told: dict[str, str] = {}
        if found.recommendation == Recommendation.REFER:
            told[say("explain.received")] = (
                of(agencies()[found.agency].name) if found.agency else say("explain.nobody")
            )
        if found.grounds:
            told[say("explain.why")] = self._why()
        others = [key for key in found.informs if key != found.agency]
        if others:
            told[say("explain.told")] = ", ".join(of(agencies()[key].name) for key in others)
        if found.unsettled:
            told[say("explain.settle")] = ", ".join(of(route.title) for route in found.unsettled)
        if not found.by_rules:
            title = {context.name: context.title for context in contexts_at(found.stage)}[found.context]
            pattern = policy().title.get(found.family)
            told[say("explain.resembles")] = of(pattern) if pattern else found.family
            told[say("explain.read_by")] = of(title)
        return told

    def _why(self) -> str:
        """Return the grounds; where a rule refers by itself, with what the rule found."""
        found, of = self.found, self.speaker.of
        by_rule = found.route is not None and found.route.by_rule
        sentences = [found.grounds, *(reason.sentence for reason in found.decided if by_rule)]
        return " ".join(of(sentence) for sentence in sentences if sentence)

    def _print_offers(self) -> None:
        of, offers = self.speaker.of, self.found.offers
        if offers:
            heading(self.say("explain.offered"))
            points([f"{of(one.title)}. {' '.join(of(step) for step in one.steps)}" for one in offers])

    def _print_decision(self) -> None:
        found, say = self.found, self.say
        if found.risk is None:
            paragraph(say("explain.by_rule"))
            points([self._sentence(reason) for reason in found.decided])
            return
        side = "reaches" if found.risk >= found.threshold else "below"
        side = "counted" if found.by_rules else side
        paragraph(
            say(f"explain.{side}", risk=self._points(found.risk), threshold=self._points(found.threshold))
        )

    def _print_reasons(self) -> None:
        found, say, of = self.found, self.say, self.speaker.of
        rows = [[of(found.start_sentence), self._points(found.start, signed=True)]]
        lines = {is_sign: self._lines(is_sign) for is_sign in (True, False)}
        parts = {"": rows + lines[True]}
        if lines[False]:
            parts[of(line("no_signs"))] = lines[False]
        together = parts.setdefault(say("explain.together"), [])
        if not found.by_rules:
            together.append([of(found.others_sentence), self._points(found.resembles_others, signed=True)])
        alone = "sum_rules" if found.by_rules else "sum_cards"
        total = say("explain.sum" if found.risk is not None else f"explain.{alone}")
        together.append([total, self._points(found.sum_of_points, signed=True)])
        heading(say("explain.reasons"))
        text_table(("", say("explain.points")), parts, numbers=(1,))
        if not found.by_rules:
            paragraph(say("explain.units"))
        if found.chance is not None:
            paragraph(say("explain.chance", at=one_in(policy().shown_at), chance=percent(found.chance)))

    def _lines(self, is_sign: bool) -> list[list[str]]:
        return [
            [self._sentence(reason), self._points(reason.points, signed=True)]
            for reason in self.found.reasons
            if reason.is_sign == is_sign
        ]

    def _print_innocent(self) -> None:
        lines = list(self._innocent())
        if lines:
            heading(self.say("explain.innocent"))
            points(lines)

    def _innocent(self) -> Iterator[str]:
        """Yield each honest explanation once, under the names of the reasons for which it holds."""
        of = self.speaker.of
        titles: dict[str, list[str]] = {}
        for reason in (*self.found.decided, *self.found.reasons):
            for innocent in reason.innocent:
                named = titles.setdefault(of(innocent), [])
                if of(reason.title) not in named:
                    named.append(of(reason.title))
        yield from (f"{', '.join(named)}: {innocent}" for innocent, named in titles.items())

    def _unread(self) -> dict[str, str]:
        found, say = self.found, self.say
        told = {say("explain.not_assessed"): self._labels(found.not_assessed)}
        if found.skipped:
            told[say("explain.skipped")] = self._labels(found.skipped)
        told[say("explain.not_yet_asked")] = self._labels(found.not_yet_asked)
        return told

    def _print_what_if(self) -> None:
        say, of = self.say, self.speaker.of
        heading(say("explain.otherwise"))
        for one in self.what_if:
            paragraph(of(one.sentence))
            if one.nearest:
                first, *others = one.nearest
                checks = [f"{of(fields()[change.field].label)}: {of(change.how)}" for change in first.changes]
                paragraph(say("explain.check", how="; ".join(checks)), indent=2)
                for other in others:
                    paragraph(say("explain.or", sentence=of(other.sentence)), indent=2)

    def _sentence(self, reason: Reason) -> str:
        """Return what was found; a finding that joins several answers names them."""
        of = self.speaker.of
        if reason.kind not in _READ:
            return of(reason.sentence)
        reads = "; ".join(f"{of(read.label)}: {of(read.value)}" for read in reason.reads)
        return f"{of(reason.sentence)} ({reads})"

    def _labels(self, names: Iterable[str]) -> str:
        labels = [self.speaker.of(fields()[name].label) for name in names]
        return ", ".join(labels) if labels else self.say("explain.nothing")

    def _points(self, hundredths: int, *, signed: bool = False) -> str:
        return self.speaker.of(number(hundredths / 100, 2, signed=signed))


def _policy_of(route: Route) -> str | None:
    """Return the name of the released policy that holds a route; None where it is somebody's own."""
    return next((name for name in released_policies() if route in load_policy(name).routes), None)
