"""The file `guide.toml`: what every facilitator guide says, and what is particular to one scenario."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field as Key

from dossier.problems import BadInput
from dossier.texts import Text
from dossier.toml_files import Finite, read_toml, validated
from synthetic.scenarios import scenario_names

Texts = tuple[Text, ...]


class Wording(Finite):
    """A word to use.

    Attributes:
        say: What to say.
        instead_of: In place of what.
        why: The reason.
    """

    say: Text
    instead_of: Text
    why: Text


class Particular(Finite):
    """What is particular to one scenario.

    Attributes:
        overlooked: What is easily overlooked in it.
        questions: What to ask a class about it.
    """

    overlooked: Texts = Key(min_length=1)
    questions: Texts = Key(min_length=1)


class GuideTexts(Finite):
    """The whole file.

    Attributes:
        grade: `D`: advice about teaching is assumed.
        sources: Keys of the works that it rests on.
        signs_from: From how many times as common an answer is named as a sign.
        signs_per_stage: How many signs are named at most, for each stage.
        explanations_per_stage: How many rules are quoted for their innocent explanations, for each stage.
        signs_shared: How many signs are named at most that a lookalike has in common with victims.
        themes_left_out, fields_left_out: Themes of fields, and fields, that are never named as signs.
        from_limit: How an open range of numbers is said.
        sign: How a field and its answers are said.
        before, during, debrief: What to do, and what to ask at the end.
        limits: What no scenario can teach.
        words: Words to use, and in place of which.
        scenarios: What is particular to each released scenario.
    """

    grade: Literal["D"]
    sources: tuple[str, ...]
    signs_from: float = Key(gt=1)
    signs_per_stage: int = Key(gt=0)
    explanations_per_stage: int = Key(gt=0)
    signs_shared: int = Key(gt=0)
    themes_left_out: tuple[str, ...]
    fields_left_out: tuple[str, ...]
    from_limit: Text
    sign: Text
    before: Texts
    during: Texts
    debrief: Texts
    limits: Texts
    words: tuple[Wording, ...]
    scenarios: Mapping[str, Particular]


@cache
def guide_texts() -> GuideTexts:
    """Return the texts of all guides.

    Raises:
        BadInput: If a released scenario has no texts of its own, or texts belong to no scenario.
    """
    file = read_toml(Path(__file__).with_name("guide.toml"))
    texts = validated(GuideTexts, file)
    if unmatched := sorted(set(texts.scenarios) ^ set(scenario_names())):
        what = f"scenarios and the guides' texts do not match: {', '.join(unmatched)}"
        mend = "Write [scenarios.ID] for each released scenario, and for no other."
        raise BadInput.of(what, where=file.name, mend=mend)
    return texts
