"""What a researcher may ask of the workbench: a threshold, and what is taken for granted beside it.

Bounds keep numbers to those that mean something; what is left empty is not assumed.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from console.web.speech import speaker_now
from console.workbench.costs import Capacity, Setting
from console.workbench.saved import NOTE_LETTERS
from screening.evaluation.rates import PER

MOST_POINTS = 1000
"""Log-odds that no threshold reaches."""

HOURS_OF_A_DAY = 24
MOST_PEOPLE = 10_000_000

OWN, WORKLOAD = "own", "workload"
"""Compared at each run's own threshold, or one that was given; and at equal work of the officers."""


class Spoken(forms.Form):
    """A form whose labels and hints are words of `workbench.toml`, by the names of its fields."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        speaker = speaker_now()
        for name, field in self.fields.items():
            field.label = speaker.say(f"workbench_form.{name}")
            field.help_text = speaker.say(f"workbench_hint.{name}")


class SettingForm(Spoken):
    """A threshold and what is taken for granted; also what is saved with an operating point."""

    stage = forms.ChoiceField()
    threshold = forms.FloatField(min_value=-MOST_POINTS, max_value=MOST_POINTS, step_size=0.01)
    max_miss = forms.FloatField(min_value=0.1, max_value=99.9)
    victims = forms.FloatField(min_value=0.01, max_value=5000)
    minutes = forms.FloatField(min_value=0, max_value=HOURS_OF_A_DAY * 60)
    hours = forms.FloatField(min_value=0, max_value=HOURS_OF_A_DAY * MOST_PEOPLE, required=False)
    applicants = forms.FloatField(min_value=1, max_value=MOST_PEOPLE, required=False)

    def __init__(self, *args: Any, stages: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stage"] = forms.ChoiceField(
            choices=stages,
            label=self.fields["stage"].label,
            help_text=self.fields["stage"].help_text,
        )
        for field in self.fields.values():
            if isinstance(field, forms.FloatField):
                field.widget.attrs |= {"step": "any", "inputmode": "decimal"}

    def clean(self) -> dict[str, Any]:
        """Ask for hours and applicants together: either alone says nothing of what there is."""
        found = super().clean() or {}
        if (found.get("hours") is None) != (found.get("applicants") is None) and not self.errors:
            raise ValidationError(speaker_now().say("workbench.both_of_capacity"))
        return found

    def setting(self) -> Setting:
        """Return what is taken for granted, of a valid form."""
        found = self.cleaned_data
        hours, applicants = found["hours"], found["applicants"]
        return Setting(
            prevalence=found["victims"] / PER,
            minutes=found["minutes"],
            max_miss=found["max_miss"] / 100,
            capacity=None if hours is None else Capacity(hours, applicants),
        )


class NoteForm(Spoken):
    """What is saved beside an operating point."""

    note = forms.CharField(required=False, max_length=NOTE_LETTERS, widget=forms.Textarea(attrs={"rows": 2}))


class PairForm(Spoken):
    """Two runs, and at which thresholds they are compared."""

    first = forms.ChoiceField()
    second = forms.ChoiceField()
    basis = forms.ChoiceField(widget=forms.RadioSelect)
    first_threshold = forms.FloatField(min_value=-MOST_POINTS, max_value=MOST_POINTS, required=False)
    second_threshold = forms.FloatField(min_value=-MOST_POINTS, max_value=MOST_POINTS, required=False)
    victims = forms.FloatField(min_value=0.01, max_value=5000, required=False)

    def __init__(self, *args: Any, runs: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(name, name) for name in runs]
        speaker = speaker_now()
        bases = [(name, speaker.say(f"workbench_basis.{name}")) for name in (OWN, WORKLOAD)]
        for name, choices in (("first", names), ("second", names), ("basis", bases)):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices
        for name in ("first_threshold", "second_threshold", "victims"):
            self.fields[name].widget.attrs |= {"step": "any", "inputmode": "decimal"}
