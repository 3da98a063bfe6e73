"""`saring show`: everything saring knows, as tables and in full."""

import json
import sys
import tomllib
from pathlib import Path

import pytest

from console.commands.listings import LISTINGS
from console.commands.show import ShowOptions, show_things
from console.output import Output
from dossier.fields import fields
from dossier.indicators import indicators
from dossier.recommendations import agencies
from dossier.texts import Language
from evidence import citations, figures
from screening.referral_policy import released_policies
from screening.rulebook import load_rulebook, released_rulebooks, rulebook_file
from screening.screener import RELEASED
from synthetic.channels import released_channels
from synthetic.levers import released_levers
from synthetic.modules import released_modules
from synthetic.scenarios import released_scenarios, scenario_names
from tests.unit.console.terminal import OK, json_of, refusal, saring

IDS = {
    "scenarios": set(scenario_names()),
    "journeys": set(released_modules()),
    "levers": set(released_levers()),
    "channels": set(released_channels()),
    "rulebooks": set(released_rulebooks()),
    "rules": {rule.id for rule in load_rulebook(RELEASED).rules},
    "indicators": set(indicators()),
    "evidence": set(figures()),
    "fields": set(fields()),
    "agencies": set(agencies()),
    "policies": set(released_policies()),
}


def test_everything_that_can_be_shown_is_tested() -> None:
    """Paper cards have tests of their own, because none may be released."""
    assert set(LISTINGS) == {*IDS, "paper-cards"}


@pytest.mark.parametrize("what", IDS)
def test_json_holds_all_of_a_kind(what: str) -> None:
    found = json_of("show", what)
    assert set(found[what]) == IDS[what]
    assert found["schema_version"] == "1"


@pytest.mark.parametrize("what", IDS)
@pytest.mark.parametrize("language", ["en", "id"])
def test_people_read_a_table_of_all(what: str, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    result = saring("show", what, "--language", language)
    assert result.exit_code == OK
    assert result.stdout.startswith(f"{len(IDS[what])} {what}")
    assert all(item in result.stdout for item in IDS[what])


@pytest.mark.parametrize("what", IDS)
def test_each_of_a_kind_can_be_shown_in_full(what: str) -> None:
    for item in sorted(IDS[what])[:8]:
        assert json_of("show", what, item)["id"] == item
        shown = json.loads(saring("show", what, item).stdout)
        assert shown


def test_a_figure_is_shown_with_source_unit_and_grade() -> None:
    for key in sorted(IDS["evidence"])[:20]:
        found = json_of("show", "evidence", key)
        assert {"estimate", "unit", "grade"} <= set(found)
        assert found["unit"] == figures()[key].unit


def test_a_rule_is_shown_with_its_question_and_innocent_explanations() -> None:
    for rule in load_rulebook(RELEASED).rules[:5]:
        found = json_of("show", "rules", rule.id)
        assert found["question"] == {"en": rule.question.en, "id": rule.question.id}
        assert len(found["innocent"]) == len(rule.innocent)


@pytest.mark.parametrize("name", released_rulebooks())
def test_the_rules_of_any_rulebook_can_be_shown(name: str) -> None:
    rules = load_rulebook(name).rules
    assert list(json_of("show", "rules", "--rulebook", name)["rules"]) == [rule.id for rule in rules]
    said = saring("show", "rules", "--rulebook", name).stdout
    assert said.startswith(f"{len(rules)} rules")
    assert json_of("show", "rules", rules[0].id, "--rulebook", name)["id"] == rules[0].id


def test_the_rules_of_a_file_of_ones_own_can_be_shown(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_bytes(rulebook_file("women-17-45").read_bytes())
    assert json_of("show", "rules", "--rulebook", own) == json_of(
        "show", "rules", "--rulebook", "women-17-45"
    )


def test_a_rulebook_says_how_it_decides_and_which_rules_it_holds() -> None:
    for name in released_rulebooks():
        book, found = load_rulebook(name), json_of("show", "rulebooks", name)
        assert (found["decides"], found["title"]) == (book.decides, book.title.model_dump())
        assert found["rules"] == [rule.id for rule in book.rules]


def test_a_policy_says_what_follows_in_both_languages() -> None:
    for name in released_policies():
        found = json_of("show", "policies", name)
        for text in (found["title"], found["description"]):
            assert set(text) == {"en", "id"}
            assert all(words.strip() for words in text.values())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("rules", "--rulebook", "paper-04"), "Did you mean 'paper-004'?"),
        (("rules", "--rulebook", "nowhere.toml"), "nowhere.toml"),
        (("rules", "purpose_at_interview"), "there is no 'purpose_at_interview' among the rules"),
        (("indicators", "--rulebook", "paper-004"), "does not go with `saring show indicators`"),
        (("rules", "--html", "a.html"), "does not go with `saring show rules`"),
        (("rulebooks", "paper-04"), "Did you mean 'paper-004'?"),
    ],
)
def test_rules_that_cannot_be_shown_are_refused(
    words: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert said in " ".join(refusal("show", *words).split())
    assert not list(tmp_path.iterdir())


def test_the_entry_point_is_the_command_that_is_shown_here() -> None:
    pyproject = Path(__file__).parents[3] / "pyproject.toml"
    scripts = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]["scripts"]
    assert scripts == {"saring": "console.cli:main"}


# --- pages for people -------------------------------------------------------------------------------


def page_of(
    name: str, language: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> str:
    """Return what somebody at a terminal reads of a scenario, without the breaks between its lines."""
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    options = ShowOptions("scenarios", name, None, unsourced=False, scenario=None, language=language)
    show_things(options, Output(as_json=False, quiet=False))
    return " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("name", scenario_names())
def test_a_scenario_is_a_page_at_a_terminal(
    name: str, language: Language, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page, scenario = page_of(name, language, monkeypatch, capsys), released_scenarios()[name]
    head = scenario.scenario
    texts = [head.title, head.narrative, *head.learning_aims, *filter(None, [head.difficulty, head.conflict])]
    assert all(" ".join(text.in_language(language).split()) in page for text in texts)
    assert all(module_id in page for module_id in scenario.mix)
    assert all(" ".join(work.split()) in page for work in citations(head.sources))
    assert all(target.title.in_language(language) in page for target in scenario.targets.values())
    assert "{" not in page


def test_a_program_reads_a_scenario_as_before() -> None:
    shown = saring("show", "scenarios", "phnom_penh_2022").stdout
    assert json.loads(shown) == released_scenarios()["phnom_penh_2022"].model_dump(mode="json")


def test_journeys_stand_under_their_kind_and_truth(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    lines = saring("show", "journeys").stdout.splitlines()
    for id_, (module, _) in released_modules().items():
        row = next(number for number, line in enumerate(lines) if line.startswith(f"{id_} "))
        part = next(line for line in reversed(lines[:row]) if ": " in line and "." not in line.split()[0])
        assert part.strip() == f"{module.module.kind}: {module.module.truth}"
        assert (module.module.family or "-") in lines[row]


# --- options that belong to something else ----------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "option"),
    [
        ("fields --unsourced", "--unsourced"),
        ("evidence offer_pay_usd --unsourced", "--unsourced"),
        ("evidence --scenario phnom_penh_2022", "--scenario"),
        ("journeys --scenario phnom_penh_2022", "--scenario"),
        ("scenarios --applicant 5", "--applicant"),
        ("applicant somewhere --applicant 5 --unsourced", "--unsourced"),
    ],
)
def test_an_option_for_nothing_is_refused(call: str, option: str) -> None:
    said = refusal("show", *call.split())
    assert said.startswith(f"saring: {option}: this option does not go with `saring show ")
    assert "To mend it: `saring show " in said


@pytest.mark.parametrize(
    ("call", "near"),
    [("senarios", "scenarios"), ("aplicant", "applicant"), ("levers registry_lnk", "registry_link")],
)
def test_a_misspelt_word_is_answered_with_the_nearest(call: str, near: str) -> None:
    assert f"Did you mean '{near}'?" in refusal("show", *call.split())


def test_an_applicant_needs_a_cohort() -> None:
    assert "whose cohort?" in refusal("show", "applicant")
    assert "there is no such folder" in refusal("show", "applicant", "nowhere", "--applicant", 5)


# --- what nothing published supports ------------------------------------------------------------------

UNSOURCED = ("show", "evidence", "--unsourced", "--scenario", "phnom_penh_2022")


def test_assumptions_are_listed_in_both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    english, indonesian = (saring(*UNSOURCED, "--language", one).stdout for one in ("en", "id"))
    said = {
        "numbers are assumed\n": "angka adalah asumsi\n",
        "\nBy file\n": "\nMenurut berkas\n",
        "\ntogether\n": "\nbersama\n",
        "Assumed (grade D)": "Asumsi (tingkat D)",
    }
    for one, other in said.items():
        assert (one in english, other in english) == (True, False)
        assert (one in indonesian, other in indonesian) == (False, True)
    heads = [[line.split() for line in page.splitlines()] for page in (english, indonesian)]
    assert ["file", "numbers", "published", "supported", "assumed"] in heads[0]
    assert ["berkas", "angka", "diterbitkan", "didukung", "asumsi"] in heads[1]


def test_assumed_numbers_are_written_in_each_manner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    found = json_of(*UNSOURCED)["totals"]
    share = f"{100 * found['assumed'] / found['n']:.1f}"
    english, indonesian = (saring(*UNSOURCED, "--language", one).stdout for one in ("en", "id"))
    assert f"{found['n']:,} numbers: " in english
    assert f"{share} % assumed." in english
    assert f"{found['n']:,}".replace(",", ".") + " angka: " in indonesian
    assert f"{share.replace('.', ',')}% asumsi." in indonesian


def test_quiet_leaves_out_what_the_words_mean() -> None:
    assert "Published: the number is" in saring(*UNSOURCED).stdout
    assert "Published: the number is" not in saring(*UNSOURCED, "--quiet").stdout
