"""Provenance: each number with the grade of the figures it names, or grade D in plain sight."""

import pytest

from dossier.problems import BadInput
from evidence import figure
from synthetic.levers import load_lever
from synthetic.provenance import Number, blocks_of, numbers_of, tally, unsupported
from synthetic.scenarios import Scenario, load_scenario
from tests.unit.synthetic.conftest import Workshop, overlay

PUBLISHED = "phnom_penh_2022_men"
DOUBTFUL = "iom_share_abroad_trafficked"
RANGE = "offer_pay_usd"

LEVER = """[lever]
id = "lamp"
version = "1"
grade = "D"
title = { en = "x", id = "x" }
description = { en = "x", id = "x" }
limits = { en = "x", id = "x" }

[table]
sex = { female = 0.5, male = 0.5 }

[missing]
debt = 0.25
income_idr = 0.5
"""

TARGET = """[targets.men]
title = { en = "x", id = "x" }
where = { sex = ["male"] }
"""


def found(scenario: Scenario, file: str, *block: str) -> list[Number]:
    """Return the numbers of one block."""
    return [n for n in numbers_of(scenario) if n.file.endswith(file) and n.block == block]


def changed(workshop: Workshop, old: str, new: str) -> Scenario:
    """Return the sample scenario with a text of its file replaced."""
    path = workshop.scenario().file.path
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    return load_scenario(workshop.write("sample.toml", text.replace(old, new)))


# --- grades -----------------------------------------------------------------------------------------


def test_a_typed_number_has_the_worst_grade_of_the_figures_it_names(workshop: Workshop) -> None:
    workshop.twin = f'[odds]\nsex = {{ male = 2, evidence = ["{PUBLISHED}", "{DOUBTFUL}"], why = "so" }}\n'
    (number,) = found(workshop.scenario(), "twin.toml", "odds", "sex")
    assert (figure(PUBLISHED).grade, figure(DOUBTFUL).grade) == ("B", "D")
    assert (number.grade, number.basis, number.why) == ("D", "informed", "so")
    assert (number.value, number.evidence) == (2, (PUBLISHED, DOUBTFUL))


def test_one_figure_may_be_named_without_brackets(workshop: Workshop) -> None:
    workshop.twin = f'[odds]\nsex = {{ male = 2, evidence = "{PUBLISHED}" }}\n'
    (number,) = found(workshop.scenario(), "twin.toml", "odds", "sex")
    assert (number.grade, number.evidence) == ("B", (PUBLISHED,))


def test_a_published_number_is_its_figure(workshop: Workshop) -> None:
    figures = f'{{ male = "{PUBLISHED}", female = "phnom_penh_2022_women" }}'
    workshop.twin = f"[table]\nsex = {{ figures = {figures} }}\n"
    numbers = found(workshop.scenario(), "twin.toml", "table", "sex")
    assert [(n.key[-1], n.value, n.grade, n.basis) for n in numbers] == [
        ("male", 189, "B", "published"),
        ("female", 13, "B", "published"),
    ]


def test_a_block_that_calls_itself_assumed_is_so_whatever_it_names(workshop: Workshop) -> None:
    workshop.twin = f'[odds]\nsex = {{ male = 2, evidence = "{PUBLISHED}", grade = "D" }}\n'
    (number,) = found(workshop.scenario(), "twin.toml", "odds", "sex")
    assert (number.grade, number.basis, number.evidence) == ("D", "assumed", (PUBLISHED,))


def test_a_file_that_calls_itself_assumed_speaks_for_what_names_nothing(workshop: Workshop) -> None:
    own = [n for n in numbers_of(workshop.scenario()) if n.file.endswith("harm.toml")]
    assert {n.block for n in own} == {("tiers", "crude"), ("tiers", "expert"), ("network",)}
    assert {(n.grade, n.basis) for n in own} == {("D", "assumed")}


def test_shares_are_knobs_whatever_informed_them(workshop: Workshop) -> None:
    share = f'{{ share = 0.7, low = 0.1, evidence = ["{PUBLISHED}"] }}'
    numbers = found(changed(workshop, "{ share = 0.7 }", share), "sample.toml", "mix", "journey.base")
    assert [(n.value, n.grade, n.basis, n.evidence) for n in numbers] == [
        (0.7, "D", "assumed", (PUBLISHED,)),
        (0.1, "D", "assumed", (PUBLISHED,)),
    ]


def test_a_target_is_published_and_how_far_it_may_be_missed_is_assumed(workshop: Workshop) -> None:
    of = "phnom_penh_2022_victims"
    scenario = workshop.scenario(f'{TARGET}figure = "{PUBLISHED}"\nof = "{of}"\ntolerance = 0.02\n')
    numbers = found(scenario, "sample.toml", "targets", "men")
    assert [(n.key[-1], n.value, n.grade, n.basis) for n in numbers] == [
        ("figure", 189, "B", "published"),
        ("of", 202, figure(of).grade, "published"),
        ("tolerance", 0.02, "D", "assumed"),
    ]


def test_a_range_of_a_target_rests_on_its_evidence(workshop: Workshop) -> None:
    scenario = workshop.scenario(f'{TARGET}low = 0.3\nhigh = 0.4\nevidence = ["{RANGE}"]\n')
    numbers = found(scenario, "sample.toml", "targets", "men")
    assert [(n.value, n.grade, n.basis) for n in numbers] == [
        (0.3, figure(RANGE).grade, "informed"),
        (0.4, figure(RANGE).grade, "informed"),
    ]


def test_the_nearest_reason_is_the_reason(workshop: Workshop) -> None:
    body = 'sex = { male = 2, why = "own" }\ndebt = { recruiter = 2 }'
    scenario = workshop.scenario(overlay("typology.harm", "odds", body).replace('why = "x"', 'why = "outer"'))
    at = ("overlay", "typology.harm", "odds")
    assert [n.why for n in found(scenario, "sample.toml", *at, "sex")] == ["own"]
    assert [n.why for n in found(scenario, "sample.toml", *at, "debt")] == ["outer"]


# --- what counts ------------------------------------------------------------------------------------


def test_a_number_stands_where_its_file_says(workshop: Workshop) -> None:
    workshop.harm = '[odds]\nsex = { male = 2 }\n\n[lies]\ndebt = { probability = 0.5, when = ["recruiter"], say = "none" }\n'
    scenario = workshop.scenario()
    (number,) = found(scenario, "harm.toml", "lies", "debt")
    assert number.key == ("lies", "debt", "probability")
    assert workshop.place("typologies/harm.toml", "debt") == f"harm.toml, line {number.line}"
    assert number.place.endswith(f"harm.toml:{number.line}")


@pytest.mark.parametrize(
    ("text", "block", "values"),
    [
        ("[hard_to_fake]\nsex = 1.0\nage = 0.5\n", ("hard_to_fake",), [1.0, 0.5]),
        ('[cover]\njourney = "journey.base"\nslip = 0.25\nfields = []\n', ("cover",), [0.25]),
        ("[odds.sex]\nmale = 2\nfemale = 3\n", ("odds", "sex"), [2, 3]),
        (
            '[table]\nsex = { parents = ["means"], rows = { low = { male = 1 }, middle = { male = 1 }, high = { male = 1 } } }\n',
            ("table", "sex"),
            [1, 1, 1],
        ),
    ],
)
def test_every_part_of_a_module_is_walked(
    workshop: Workshop, text: str, block: tuple[str, ...], values: list[float]
) -> None:
    workshop.harm = text
    assert [n.value for n in found(workshop.scenario(), "harm.toml", *block)] == values


@pytest.mark.parametrize(
    ("text", "block", "values"),
    [
        (
            '[known.watch_list]\ncode = "named"\nshare = 0.2\ndelay_days = 90\nstray = 0.01\n',
            ("known", "watch_list"),
            [0.2, 90, 0.01],
        ),
        (
            '[regimes.later]\nsince = 182\nwhy = "x"\n',
            ("regimes", "later"),
            [182],
        ),
    ],
)
def test_every_part_of_a_scenario_is_walked(
    workshop: Workshop, text: str, block: tuple[str, ...], values: list[float]
) -> None:
    at = 'regimes.later.overlay."typology.harm"'
    changes = f'[{at}]\nwhy = "x"\n[{at}.odds]\nsex = {{ male = 3 }}\n' if "regimes" in text else ""
    assert [n.value for n in found(workshop.scenario(text + changes), "sample.toml", *block)] == values


def test_a_year_and_a_size_assume_nothing(workshop: Workshop) -> None:
    assert not [n for n in numbers_of(workshop.scenario()) if n.key[0] == "scenario"]


def test_what_an_overlay_replaces_all_year_does_not_count(workshop: Workshop) -> None:
    workshop.harm = "[odds]\nsex = { male = 2 }\ndebt = { recruiter = 2 }\n"
    scenario = workshop.scenario(overlay("typology.harm", "table", "sex = { male = 0.5, female = 0.5 }"))
    assert not found(scenario, "harm.toml", "odds", "sex")
    assert found(scenario, "harm.toml", "odds", "debt")
    assert len(found(scenario, "sample.toml", "overlay", "typology.harm", "table", "sex")) == 2


def test_what_a_regime_changes_counts_beside_what_it_changes(workshop: Workshop) -> None:
    workshop.harm = "[odds]\nsex = { male = 2 }\n"
    regime = '[regimes.later]\nsince = 182\nwhy = "x"\n[regimes.later.overlay."typology.harm"]\nwhy = "x"\n'
    scenario = workshop.scenario(
        f'{regime}[regimes.later.overlay."typology.harm".odds]\nsex = {{ male = 3 }}\n'
    )
    at = ("regimes", "later", "overlay", "typology.harm", "odds", "sex")
    assert [n.value for n in found(scenario, "harm.toml", "odds", "sex")] == [2]
    assert [n.value for n in found(scenario, "sample.toml", *at)] == [3]


def test_a_population_table_that_is_replaced_does_not_count(workshop: Workshop) -> None:
    before = found(workshop.scenario(), "population.toml", "table", "sex")
    scenario = workshop.scenario(overlay("population", "table", "sex = { male = 0.5, female = 0.5 }"))
    assert before
    assert not found(scenario, "population.toml", "table", "sex")


def test_a_lever_brings_its_numbers_and_replaces_what_it_says(workshop: Workshop) -> None:
    plain = workshop.scenario()
    scenario = plain.with_levers([load_lever(workshop.write("lamp.toml", LEVER))])
    assert [n.value for n in found(scenario, "lamp.toml", "missing")] == [0.25, 0.5]
    assert {n.grade for n in numbers_of(scenario) if n.file.endswith("lamp.toml")} == {"D"}
    assert not found(scenario, "population.toml", "table", "sex")
    assert not [n for n in numbers_of(plain) if n.file.endswith("lamp.toml")]


def test_only_modules_that_take_part_count(workshop: Workshop) -> None:
    files = {n.file for n in numbers_of(workshop.scenario(mix={"journey.base": 0.5, "typology.harm": 0.5}))}
    assert not any(file.endswith("twin.toml") for file in files)


# --- counting ---------------------------------------------------------------------------------------


def test_a_distribution_is_one_block(workshop: Workshop) -> None:
    workshop.twin = "[table]\nsex = { male = 0.5, female = 0.5 }\n[hard_to_fake]\nsex = 1.0\nage = 0.5\n"
    numbers = [n for n in numbers_of(workshop.scenario()) if n.file.endswith("twin.toml")]
    assert [(b.first.block, len(b.numbers)) for b in blocks_of(numbers)] == [
        (("table", "sex"), 2),
        (("hard_to_fake",), 2),
    ]


def test_a_tally_adds_up(workshop: Workshop) -> None:
    workshop.twin = f'[odds]\nsex = {{ male = 2, evidence = "{PUBLISHED}" }}\ndebt = {{ recruiter = 2 }}\n'
    numbers = [n for n in numbers_of(workshop.scenario()) if n.file.endswith("twin.toml")]
    counted = tally(numbers)
    assert (counted.n, counted.sourced, counted.published) == (2, 1, 0)
    assert counted.by_grade == {"A": 0, "B": 1, "C": 0, "D": 1}


# --- neither figure nor grade -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name", "line", "mend"),
    [
        ("[odds]\nsex = { male = 2 }\n", "sex", "sex", "Name the figure they rest on"),
        ("[table]\nsex = { male = 0.5, female = 0.5 }\n", "sex", "sex", "Name the figure they rest on"),
        (
            "[hard_to_fake]\nsex = 1.0\nage = 0.5\n",
            "hard_to_fake",
            "[hard_to_fake]",
            "in the head of the file",
        ),
        (
            '[cover]\njourney = "journey.base"\nslip = 0.1\nfields = []\n',
            "cover",
            "[cover]",
            "in the head of the file",
        ),
        (
            '[lies]\ndebt = { probability = 0.5, when = ["recruiter"], say = "none" }\n',
            "debt",
            "debt",
            "in the head of the file",
        ),
        ("[network]\nmean_size = 3\nlargest = 9\n", "network", "[network]", "in the head of the file"),
    ],
)
def test_a_block_with_neither_is_named_with_file_line_key_and_mend(
    workshop: Workshop, text: str, name: str, line: str, mend: str
) -> None:
    workshop.ungraded = True
    workshop.twin = text
    problem = workshop.problem()
    assert problem.what == f"the numbers of '{name}' have no evidence and no grade"
    assert problem.where == workshop.place("lookalikes/twin.toml", line)
    assert mend in problem.mend


def test_a_file_of_published_numbers_needs_no_grade(workshop: Workshop) -> None:
    workshop.ungraded = True
    workshop.twin = f'[odds]\nsex = {{ male = 2, evidence = "{PUBLISHED}" }}\n'
    assert unsupported(workshop.scenario()) == []


def test_an_overlay_has_the_grade_of_what_it_changes(workshop: Workshop) -> None:
    workshop.ungraded = True
    graded = workshop.scenario(overlay("typology.harm", "odds", "sex = { male = 2 }"))
    assert unsupported(graded) == []
    (problem,) = unsupported(workshop.scenario(overlay("lookalike.twin", "odds", "sex = { male = 2 }")))
    assert problem.where == workshop.place("sample.toml", "sex")


def test_a_regime_has_the_grade_of_what_it_changes(workshop: Workshop) -> None:
    workshop.ungraded = True
    regime = '[regimes.later]\nsince = 182\nwhy = "x"\n[regimes.later.overlay."lookalike.twin"]\nwhy = "x"\n'
    (problem,) = unsupported(
        workshop.scenario(f'{regime}[regimes.later.overlay."lookalike.twin".odds]\nsex = {{ male = 3 }}\n')
    )
    assert problem.where == workshop.place("sample.toml", "sex")


def test_a_target_without_a_published_sum_is_refused(workshop: Workshop) -> None:
    (problem,) = unsupported(workshop.scenario(f"{TARGET}low = 0.3\nhigh = 0.4\n"))
    assert problem.what == "the numbers of 'men' have no evidence and no grade"
    assert problem.where == workshop.place("sample.toml", "[targets.men]")
    assert "published figure" in problem.mend


def test_an_unknown_figure_is_answered_with_the_nearest(workshop: Workshop) -> None:
    workshop.twin = '[odds]\nsex = { male = 2, evidence = "phnom_penh_2022_man" }\n'
    (problem,) = unsupported(workshop.scenario())
    assert "phnom_penh_2022_man" in problem.what
    assert problem.where == workshop.place("lookalikes/twin.toml", "sex")
    assert PUBLISHED in problem.mend


def test_all_of_them_are_told_at_once_and_each_once(workshop: Workshop) -> None:
    workshop.ungraded = True
    workshop.twin = "[odds]\nsex = { male = 2, female = 3 }\ndebt = { recruiter = 2 }\n"
    with pytest.raises(BadInput) as error:
        numbers_of(workshop.scenario())
    assert len(error.value.problems) == 2
