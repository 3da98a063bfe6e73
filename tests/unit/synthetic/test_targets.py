"""Targets: one published sum each, of people who exist, that a draw could also miss; all told at loading."""

import pytest

from dossier.problems import BadInput
from synthetic.channels import released_channels
from synthetic.scenarios import load_scenario
from synthetic.targets import channel_names
from tests.unit.synthetic.conftest import MIX, Workshop

TITLE = 'title = { en = "x", id = "x" }'
MEN = 'where = { sex = ["male"] }'
SUM = 'figure = "phnom_penh_2022_men"\nof = "phnom_penh_2022_victims"'
RANGE = "low = 0.5\nhigh = 0.9"


def target(*parts: str) -> str:
    """Return a target with these lines."""
    return "\n".join(["[targets.men]", TITLE, *parts, ""])


@pytest.mark.parametrize(
    "parts",
    [
        (SUM, MEN),
        (RANGE, MEN),
        ("low = 0.5", MEN, 'channel = "embassy"'),
        ("high = 0.5", MEN, 'modules = ["typology.harm"]'),
        (RANGE, 'where = { age = ["18", "21-24"], job_offer = ["yes"] }'),
        ('figure = "simfoni_share.men"', MEN),
    ],
)
def test_a_target_that_says_something_is_read(workshop: Workshop, parts: tuple[str, ...]) -> None:
    assert "men" in workshop.scenario(target(*parts)).targets


@pytest.mark.parametrize(
    ("parts", "what", "line", "mend"),
    [
        ((RANGE, 'where = { sex = ["mail"] }'), "'sex' has no code 'mail'", "where", "Did you mean 'male'?"),
        (
            (RANGE, MEN, 'among = { job_offer = ["maybe"] }'),
            "'job_offer' has no code 'maybe'",
            "among",
            "There are: none",
        ),
        ((RANGE, 'where = { sexx = ["male"] }'), "there is no field 'sexx'", "where", "Did you mean 'sex'?"),
        ((RANGE, 'where = { age = ["19"] }'), "'age' has no code '19'", "where", "18"),
        ((RANGE, "where = {}"), "counts no answer", "where", "at least one field"),
        ((RANGE, "where = { sex = [] }"), "no code of 'sex' is named", "where", "female, male"),
        ((RANGE, MEN, "among = { sex = [] }"), "no code of 'sex' is named", "among", "female, male"),
        (("low = nan", MEN), "must be finite, not nan", "low", "ordinary number"),
        (("high = 1.2", MEN), "less than or equal to 1, not 1.2", "high", "1 or less"),
        (("low = -0.2", MEN), "greater than or equal to 0, not -0.2", "low", "0 or more"),
        (("low = 0.9\nhigh = 0.5", MEN), "'low' (0.9) is larger than 'high' (0.5)", "low", "Exchange"),
        ((MEN,), "whatever is drawn meets this target", "[targets.men]", "Name a 'figure'"),
        (("low = 0", MEN), "whatever is drawn meets this target", "[targets.men]", "Name a 'figure'"),
        (("low = 0.1\ntolerance = 0.1", MEN), "whatever is drawn meets", "[targets.men]", "lie outside"),
        (("low = 0.5", SUM, MEN), "a figure or a range, not both", "figure", "Keep one of them"),
        (('of = "phnom_penh_2022_victims"', MEN), "'of' without 'figure'", "of", "numerator"),
        (
            ('figure = "phnom_penh_2022_victims"\nof = "phnom_penh_2022_men"', MEN),
            "the numerator (202) is larger than the denominator (189)",
            "figure",
            "Exchange 'figure' and 'of'",
        ),
        (('figure = "phnom_penh_2022_men"', MEN), "is no share: it stands for 189", "figure", "'of'"),
        (
            (RANGE, MEN, 'channel = "embasy"'),
            "no detection channel 'embasy'",
            "channel",
            "Did you mean 'embassy'?",
        ),
        ((RANGE, MEN, 'channel = "xyzzy"'), "no detection channel 'xyzzy'", "channel", "There are: airport"),
        ((RANGE, MEN, 'modules = ["journey.base"]'), "has no victims to count", "modules", "typologies"),
        (
            (RANGE, MEN, 'modules = ["typology.harms"]'),
            "no module",
            "modules",
            "Did you mean 'typology.harm'?",
        ),
        (("low = 0.5\ntolerance = 0.3", MEN), "less than or equal to 0.2", "tolerance", "0.2 or less"),
    ],
)
def test_a_target_that_cannot_be_is_refused_when_it_is_loaded(
    workshop: Workshop, parts: tuple[str, ...], what: str, line: str, mend: str
) -> None:
    with pytest.raises(BadInput) as error:
        workshop.scenario(target(*parts))
    (problem,) = error.value.problems
    assert what in problem.what
    assert problem.where == workshop.place("sample.toml", line)
    assert mend in problem.mend


def test_victims_who_have_no_share_meet_no_sum(workshop: Workshop) -> None:
    text = target(RANGE, MEN, 'modules = ["typology.harm"]')
    problem = workshop.problem(text, {"journey.base": 0.9, "lookalike.twin": 0.1})
    assert problem.what == "'typology.harm' has no share in [mix]"
    assert workshop.scenario(text, MIX).targets


def test_a_figure_that_does_not_exist_is_told_once(workshop: Workshop) -> None:
    problem = workshop.problem(target('figure = "nothing_of_the_kind"', MEN))
    assert "nothing_of_the_kind" in problem.what


def test_the_channels_are_those_that_are_released() -> None:
    assert channel_names() == tuple(released_channels())


def test_the_released_scenario_with_a_target_is_read() -> None:
    assert load_scenario("phnom_penh_2022").targets["men"].where == {"sex": ("male",)}
