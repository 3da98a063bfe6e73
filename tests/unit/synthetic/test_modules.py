"""The module format: what a file of assumptions may say, and how it is told what it may not."""

from pathlib import Path

import pytest

from dossier.fields import fields
from dossier.problems import BadInput, Problem
from dossier.toml_files import TomlFile
from dossier.truth import TruthClass
from synthetic.modules import FOLDERS, HERE, Module, library_with, load_module, released_modules
from synthetic.population import load_population
from tests.unit.synthetic.conftest import LAWFUL, VICTIM, Workshop

RELEASED = released_modules()


def complaint(folder: Path, text: str, name: str = "base.toml") -> Problem:
    """Return the only thing that reading `text` as a module complains of."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as error:
        load_module(path)
    (problem,) = error.value.problems
    return problem


# --- the head ---------------------------------------------------------------------------------------


def test_an_unknown_key_is_named_with_file_line_and_what_was_meant(tmp_path: Path) -> None:
    problem = complaint(tmp_path, LAWFUL + 'extnds = "journey.x"\n')
    assert problem.what == "unknown key 'module.extnds'"
    assert problem.where == "base.toml, line 9"
    assert problem.mend == "Did you mean 'extends'?"


def test_an_unknown_table_is_named(tmp_path: Path) -> None:
    assert complaint(tmp_path, LAWFUL + "[ods]\nsex = { male = 2 }\n").what == "unknown key 'ods'"


def test_an_id_that_does_not_fit_its_file_is_refused(tmp_path: Path) -> None:
    problem = complaint(tmp_path, LAWFUL, name="other.toml")
    assert problem.what == "the id 'journey.base' does not fit the file"
    assert problem.where == "other.toml, line 2"
    assert problem.mend == "Use 'journey.other'."


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('truth = "victim"', 'truth = "lawful"', "a typology, and only a typology, has truth = 'victim'"),
        ('family = "harm"', "", "a typology needs 'family', [tiers] and [network]"),
        ("[network]\nmean_size = 5\nlargest = 40", "", "a typology needs 'family', [tiers] and [network]"),
        ("weight = 0.6", "weight = 0.5", "the weights of [tiers] do not sum to 1"),
        ("weight = 0.6", "weight = nan", "weight"),
        ("weight = 0.6", "weight = 1.6", "weight"),
        ("camouflage = 0.8", "camouflage = 1.8", "camouflage"),
        ("cover = 0.6", "cover = 6", "cover"),
        ("coaching = 0.5", "coaching = -0.5", "coaching"),
        ("mean_size = 5", "mean_size = 0", "mean_size"),
        ("largest = 40", "largest = 0.5", "largest"),
    ],
)
def test_a_typology_that_makes_no_sense_is_refused(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert VICTIM.count(old) == 1
    assert expected in complaint(tmp_path, VICTIM.replace(old, new), name="harm.toml").what


def test_only_a_typology_has_victims(tmp_path: Path) -> None:
    text = LAWFUL.replace('truth = "lawful"', 'truth = "victim"')
    assert "only a typology" in complaint(tmp_path, text).what


def test_tiers_belong_to_networks(tmp_path: Path) -> None:
    text = LAWFUL + "[tiers]\nonly = { weight = 1, camouflage = 0 }\n"
    assert "[tiers] needs [network]" in complaint(tmp_path, text).what


@pytest.mark.parametrize("hard", ["-0.1", "1.1", "nan"])
def test_what_is_hard_to_fake_lies_between_zero_and_one(tmp_path: Path, hard: str) -> None:
    problem = complaint(tmp_path, f"{LAWFUL}[hard_to_fake]\nsex = {hard}\n")
    assert problem.what.startswith("'hard_to_fake.sex'")
    assert problem.where == "base.toml, line 10"


# --- numbers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ('{ male = 0.5, figures = { female = "x" } }', "exactly one of them"),
        ('{ evidence = "x" }', "exactly one of them"),
        ('{ parents = ["age"], male = 0.5, female = 0.5 }', "'rows' and 'parents' belong together"),
        ("{ rows = { x = { male = 1 } } }", "'rows' and 'parents' belong together"),
        ("{ male = -0.5, female = 1.5 }", "cannot be negative"),
        ("{ male = nan, female = 0.5 }", "must be finite"),
        ("{ male = inf, female = 0.5 }", "must be finite"),
        ('{ male = "half" }', "must be a number, not 'half'"),
        ('{ male = 1, grade = "A" }', "grade"),
    ],
)
def test_a_block_of_numbers_is_of_one_kind(tmp_path: Path, block: str, expected: str) -> None:
    problem = complaint(tmp_path, f"{LAWFUL}[table]\nsex = {block}\n")
    assert expected in problem.what
    assert problem.where == "base.toml, line 10"


def test_codes_stand_directly_in_a_block_beside_their_evidence(tmp_path: Path) -> None:
    path = tmp_path / "base.toml"
    path.write_text(
        LAWFUL + '[table]\nsex = { male = 0.25, female = 0.75, evidence = "key", why = "so" }\n', "utf-8"
    )
    block = load_module(path)[0].table["sex"]
    assert block.values == {"male": 0.25, "female": 0.75}
    assert (block.evidence, block.why) == (("key",), "so")


def test_all_problems_of_a_module_are_told_at_once(workshop: Workshop) -> None:
    workshop.base = "[table]\nsex = { male = -1 }\n[cover]\nslip = 2\n"
    problems = workshop.problems()
    assert len(problems) == 4
    assert all(problem.where.startswith("base.toml, line ") for problem in problems)


# --- a folder of one's own --------------------------------------------------------------------------


def own_folder(folder: Path, **texts: str) -> None:
    """Write journeys with these parts below their heads, by name."""
    for name, more in texts.items():
        head = LAWFUL.replace("journey.base", f"journey.{name}")
        (folder / f"{name}.toml").write_text(head + more, encoding="utf-8")


def complaints_of(folder: Path) -> list[str]:
    with pytest.raises(BadInput) as error:
        library_with(folder)
    return [str(problem) for problem in error.value.problems]


def test_modules_of_a_folder_may_build_on_each_other_and_on_released_ones(tmp_path: Path) -> None:
    own_folder(tmp_path, one='extends = "journey.two"\n', two='extends = "journey.tourist"\n')
    assert {"journey.one", "journey.two"} <= library_with(tmp_path).keys()


def test_a_circle_in_a_folder_is_told_once_before_any_of_it_is_named(tmp_path: Path) -> None:
    own_folder(
        tmp_path,
        one='extends = "journey.two"\n',
        two='extends = "journey.one"\n',
        three='extends = "journey.two"\n',
    )
    (said,) = complaints_of(tmp_path)
    assert "extend each other in a circle: journey.one, journey.two" in said
    assert said.startswith(f"{tmp_path / 'one.toml'}, line 9: ")
    assert "To mend it: Let one of them extend" in said


def test_what_a_module_of_a_folder_builds_on_must_exist(tmp_path: Path) -> None:
    cover = '[cover]\njourney = "journey.turist"\nslip = 0\nfields = []\n'
    own_folder(tmp_path, one='extends = "journey.xyzzy"\n', two=cover)
    unknown, near = complaints_of(tmp_path)
    assert "there is no module 'journey.xyzzy'" in unknown
    assert "name the folder of your own with --modules" in unknown
    assert "Did you mean 'journey.tourist'?" in near


def test_every_file_of_a_folder_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "loop.toml").symlink_to(tmp_path / "loop.toml")
    (tmp_path / "broken.toml").write_text("[c", encoding="utf-8")
    broken, loop = complaints_of(tmp_path)
    assert "broken.toml, line 1: this is not valid TOML" in broken
    assert "loop.toml: this file cannot be read" in loop


@pytest.mark.parametrize("number", ["inf", "nan", "-inf"])
@pytest.mark.parametrize("key", ["mean_size = 5", "camouflage = 0.8"])
def test_no_number_of_a_module_is_without_end(tmp_path: Path, key: str, number: str) -> None:
    old = key.split(" = ", maxsplit=1)[0]
    problem = complaint(tmp_path, VICTIM.replace(key, f"{old} = {number}", 1), name="harm.toml")
    assert old in problem.what
    assert "must be finite" in problem.what
    assert "ordinary number" in problem.mend


# --- the released files -----------------------------------------------------------------------------


@pytest.mark.parametrize("found", RELEASED.values(), ids=RELEASED.keys())
def test_a_released_module_stands_in_the_folder_of_its_kind(found: tuple[Module, TomlFile]) -> None:
    module, file = found
    assert file.path.parent == HERE / FOLDERS[module.module.kind]


@pytest.mark.parametrize("found", RELEASED.values(), ids=RELEASED.keys())
def test_a_released_module_speaks_both_languages(found: tuple[Module, TomlFile]) -> None:
    head = found[0].module
    assert all(text.en.strip() and text.id.strip() for text in (head.title, head.description))


def test_every_typology_extends_a_lawful_journey() -> None:
    """A victim is a traveller first."""
    typologies = [module for module, _ in RELEASED.values() if module.module.kind == "typology"]
    bases = [RELEASED[module.module.extends][0] for module in typologies]
    assert {(base.module.kind, base.module.truth) for base in bases} == {("journey", "lawful")}


def test_every_lookalike_is_no_victim() -> None:
    lookalikes = [module for module, _ in RELEASED.values() if module.module.kind == "lookalike"]
    classes = {module.module.truth_class for module in lookalikes}
    assert classes == {TruthClass.LAWFUL, TruthClass.IRREGULAR}


def test_camouflage_rises_with_the_tier() -> None:
    for module, _ in RELEASED.values():
        dial = [tier.camouflage for tier in module.tiers.values()]
        assert dial == sorted(dial)


def test_every_office_has_a_recording_habit() -> None:
    population, _ = load_population()
    assert tuple(population.recording) == fields()["office"].codes


def test_only_records_and_lists_can_become_known() -> None:
    population, _ = load_population()
    allowed = population.population.may_be_known
    assert set(allowed) == {"repatriation_record", "watch_list"}
    assert set(population.known) <= set(allowed)
    assert set(allowed) <= set(population.population.drawn_in_order)


def test_what_may_be_known_decides_no_draw_and_is_not_hashed() -> None:
    assert "may_be_known" not in load_population()[0].model_dump(mode="json")["population"]
