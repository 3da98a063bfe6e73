"""Plans that cannot be swept: each is refused with its line, what is wrong, and how to mend it."""

from pathlib import Path

import pytest

from console.sweeping.plan import MOST_DIGITS, read_plan
from console.sweeping.units import units_of
from console.sweeping.variants import variants_of, varied
from tests.unit.console.sweeping.sweeps import refusal, written
from tests.unit.console.worlds import SCENARIO

EXAMPLE = Path(__file__).parents[4] / "console" / "sweeping" / "examples" / "sweep.toml"
HEAD = 'title = "x"\nscenarios = ["phnom_penh_2022"]\nn = 50\n'

WRONG = {
    "an unknown key": (
        HEAD + 'rulebook = ["paper-004"]',
        "line 4",
        "unknown key 'rulebook'",
        "Did you mean 'rulebooks'",
    ),
    "no scenario": ('title = "x"', "plan.toml", "no scenario is named", "Add scenarios"),
    "an unknown scenario": (
        'title = "x"\nscenarios = ["phnom_pen_2022"]',
        "line 2",
        "no scenario",
        "Did you mean",
    ),
    "an unknown lever": (HEAD + 'levers = [["registry"]]', "line 4", "no lever 'registry'", "To mend it"),
    "a lever twice": (HEAD + 'levers = [["autogates", "autogates"]]', "line 4", "act twice", "Name it once"),
    "levers that are no sets": (HEAD + 'levers = ["autogates"]', "line 4", "must be a list", '["autogates"]'),
    "a step that is none": (HEAD + "difficulty = [6]", "line 4", "less than or equal to 5", "Give 5 or less"),
    "an unknown rate": (HEAD + 'rates = ["recall"]', "line 4", "no rate 'recall'", "Choose from"),
    "one rate without the other": (
        HEAD + 'rates = ["miss_rate"]',
        "line 4",
        "leaves out 'false_flag_rate'",
        "who misses fewer may only be flagging more",
    ),
    "an unknown grouping": (HEAD + 'by = ["religion"]', "line 4", "no grouping 'religion'", "Choose from"),
    "a grouping crossed with itself": (HEAD + 'by = ["sex+sex"]', "line 4", "with itself", "once"),
    "a threshold with three digits": (
        HEAD + "thresholds = [-2.555]",
        "line 4",
        f"at most {MOST_DIGITS}",
        "-2.555",
    ),
    "an empty list": (HEAD + "rulebooks = []", "line 4", "'rulebooks' is an empty list", "the usual one"),
    "a threshold in words": (HEAD + 'thresholds = ["high"]', "line 4", '"released"', "high"),
    "a base rate that is none": (HEAD + 'base_rates = ["2:1"]', "line 4", "no share of victims", "1:1000"),
    "precision at a base rate": (
        HEAD + 'rates = ["miss_rate", "false_flag_rate", "precision"]\nbase_rates = ["1:1000"]',
        "line 4",
        "as drawn",
        "workload.csv",
    ),
    "seeds that are words": (HEAD + 'seeds = ["one"]', "line 4", "whole numbers", "count = 5"),
    "a seed of very many digits": (
        HEAD + "seeds = [123456789012345678901]",
        "line 4",
        "18 digits",
        "'seeds'",
    ),
    "no seeds": (HEAD + "seeds = []", "line 4", "whole numbers", "count = 5"),
    "seeds without an end": (HEAD + "seeds = { from = 1, count = 5_000 }", "line 4", "1,000 seeds", "5,000"),
    "a value twice": (HEAD + "seeds = [1, 2, 1]", "line 4", "names 1 twice", "once"),
    "an exception from nothing": (
        HEAD + '[[except]]\nrulebook = "paper-004"',
        "line 4",
        "leaves nothing out",
        "as they stand",
    ),
    "an exception from all": (HEAD + "[[except]]", "line 4", "would leave out all", "remove it"),
    "nothing left": (HEAD + "[[except]]\ndifficulty = 3", "line 4", "no variant left", "Leave out less"),
    "a baseline that is no variant": (
        HEAD + '[baseline]\nrulebook = "paper-004"',
        "line 4",
        "is none of them",
        "Add its values",
    ),
    "a variant that is there": (
        HEAD + '[[variant]]\nid = "again"',
        "line 4",
        "'v1' over again",
        "vary something",
    ),
    "a variant without a name": (
        HEAD + "[[variant]]\ndifficulty = 4",
        "line 4",
        "'variant.0.id' is missing",
        "Add",
    ),
    "rules with log-odds": (
        HEAD + 'rulebooks = ["paper-004"]\nthresholds = [-2.5]',
        "line 5",
        "no number of rules",
        "[[except]]",
    ),
    "cards for rules that take none": (
        HEAD + 'rulebooks = ["paper-004"]\ncards = ["mine.json"]',
        "plan.toml",
        "takes no cards",
        "[[except]]",
    ),
    "a file that is not there": (HEAD + 'policies = ["mine.toml"]', "line 4", "no such file", "mine.toml"),
    "not TOML": ("title = x", "line 1", "not valid TOML", "quotation marks"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_plan_is_refused_with_its_line_and_how_to_mend_it(wrong: str, tmp_path: Path) -> None:
    plan, *words = WRONG[wrong]
    said = refusal(plan, tmp_path)
    assert all(word in said for word in words), said


def test_the_shipped_example_is_a_plan() -> None:
    variants = variants_of(read_plan(EXAMPLE))
    assert len(variants) == 12
    assert varied(variants) == ["scenario", "levers", "rulebook", "threshold"]
    assert variants[-1].id == "stricter"


def test_paths_lie_beside_the_plan_and_not_where_somebody_happens_to_stand(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(
        SCENARIO.format(size=100, module="typology.online_scam"), encoding="utf-8"
    )
    plan = read_plan(written('title = "x"\nscenarios = ["own.toml"]', tmp_path))
    assert plan.path_of("own.toml") == str(tmp_path / "own.toml")
    assert plan.path_of("phnom_penh_2022") == "phnom_penh_2022"


def test_base_rates_draw_the_same_people_and_share_their_units(tmp_path: Path) -> None:
    plan = read_plan(written(HEAD + 'base_rates = ["as_drawn", "1:100", "1:1000"]', tmp_path))
    units = units_of(variants_of(plan), [1], {"phnom_penh_2022": 50})
    assert [unit.variants for unit in units] == [(0,), (1, 2)]


def test_a_unit_has_few_worlds_and_all_that_screens_them(tmp_path: Path) -> None:
    levers = ["[]", *(f'["{name}"]' for name in "abcdefghi")]
    plan = read_plan(
        written(HEAD + f"levers = [{', '.join(levers)}]\nthresholds = [-1, -2]\nseeds = [1, 2]", tmp_path)
    )
    units = units_of(variants_of(plan), [1, 2], {"phnom_penh_2022": 50})
    assert [len(unit.variants) for unit in units] == [16, 16, 4, 4]
    assert [unit.is_last for unit in units] == [True] * 4
