"""The form for a new sitting: what a trainer may ask for, and what is too much."""

import uuid
from typing import TYPE_CHECKING, Any, TypeAlias

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import lazy

from console.web.classroom.models import LANGUAGES, LONGEST_TITLE, Block, Sitting
from console.web.sittings.making import BlockPlan, SittingPlan
from console.web.sittings.rosters import LARGEST_ROSTER, BadRoster, Complaint, Expected, read_roster
from console.web.speech import speaker_now

MOST_BLOCKS = 6
MOST_DOSSIERS = 80
"""In a sitting: more than anybody decides with attention in a day, and drawn within seconds."""
MOST_MINUTES = 480
BLOCKS = "blocks"
"""What the names of the blocks' fields begin with."""

if TYPE_CHECKING:
    BlockForms: TypeAlias = forms.BaseFormSet["BlockForm"]
else:
    BlockForms = forms.BaseFormSet  # which takes no type at run time


def _say(key: str) -> str:
    return speaker_now().say(key)


say_later = lazy(_say, str)
"""A word that is said in the language of the page it comes to stand on."""


class SittingForm(forms.Form):
    """A sitting without its blocks."""

    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    """Becomes the sitting's id, so that a form that is sent twice makes one sitting."""
    title = forms.CharField(
        max_length=LONGEST_TITLE,
        label=say_later("new_sitting.title"),
        help_text=say_later("new_sitting.title_hint"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    language = forms.ChoiceField(
        choices=LANGUAGES,
        label=say_later("new_sitting.language"),
        help_text=say_later("new_sitting.language_hint"),
    )
    place = forms.ChoiceField(
        choices=[(place, say_later(f"place.{place}")) for place in Sitting.Place.values],
        label=say_later("new_sitting.place"),
        help_text=say_later("new_sitting.place_hint"),
    )
    minutes = forms.IntegerField(
        min_value=1,
        max_value=MOST_MINUTES,
        required=False,
        label=say_later("new_sitting.minutes"),
        help_text=say_later("new_sitting.minutes_hint"),
    )
    assistance = forms.ChoiceField(
        choices=[(mode, say_later(f"assistance.{mode}")) for mode in Sitting.Assistance.values],
        label=say_later("new_sitting.assistance"),
        help_text=say_later("new_sitting.assistance_hint"),
    )
    counts_documents = forms.BooleanField(
        required=False,
        label=say_later("new_sitting.counts_documents"),
        help_text=say_later("new_sitting.counts_documents_hint"),
    )
    roster = forms.CharField(
        required=False,
        strip=False,
        max_length=LARGEST_ROSTER,
        label=say_later("new_sitting.roster"),
        help_text=say_later("new_sitting.roster_hint"),
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_roster(self) -> tuple[Expected, ...]:
        """Return who stands on the roster; each line that cannot be used has a sentence of its own."""
        try:
            return read_roster(self.cleaned_data["roster"])
        except BadRoster as error:
            raise ValidationError(complaints_said(error.complaints)) from None


class BlockForm(forms.Form):
    """One block of a sitting."""

    size = forms.IntegerField(min_value=1, max_value=MOST_DOSSIERS, label=say_later("block_form.size"))
    victims_in_100 = forms.IntegerField(
        min_value=0, max_value=100, label=say_later("block_form.victims_in_100")
    )
    feedback = forms.ChoiceField(
        choices=[(mode, say_later(f"feedback.{mode}")) for mode in Block.Feedback.values],
        label=say_later("block_form.feedback"),
    )


class _Blocks(BlockForms):
    """The blocks of a sitting together."""

    def clean(self) -> None:
        """Refuse more dossiers than a class can work through."""
        if any(self.errors):
            return
        whole = sum(form.cleaned_data["size"] for form in self.forms)
        if whole > MOST_DOSSIERS:
            raise ValidationError(
                speaker_now().say("new_sitting.too_many_dossiers", n=whole, most=MOST_DOSSIERS)
            )


_BlockFormSet = forms.formset_factory(
    BlockForm,
    formset=_Blocks,
    extra=0,
    min_num=1,
    validate_min=True,
    max_num=MOST_BLOCKS,
    absolute_max=MOST_BLOCKS,
    validate_max=True,
)


def blocks_form(data: Any = None, initial: Any = None) -> BlockForms:
    """Return the form of the blocks, filled by what was posted or by what is proposed."""
    # Django would let a block stay empty if whoever posts says that it was added.
    return _BlockFormSet(data, initial=initial, prefix=BLOCKS, form_kwargs={"empty_permitted": False})


def complaints_said(complaints: tuple[Complaint, ...]) -> list[str]:
    """Return what is wrong with a roster in the language of the page."""
    say = speaker_now().say
    return [say(f"roster.{one.reason}", line=str(one.line), found=one.found) for one in complaints]


def plan_of(scenario: str, form: SittingForm, blocks: BlockForms) -> SittingPlan:
    """Return what valid forms ask for."""
    asked = {name: value for name, value in form.cleaned_data.items() if name != "token"}
    return SittingPlan(scenario, blocks=[BlockPlan(**block.cleaned_data) for block in blocks], **asked)
