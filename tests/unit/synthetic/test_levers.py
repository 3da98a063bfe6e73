"""Lever files: what one may say, and what is refused with file, line and mend."""

import re
import tomllib
from pathlib import Path

import pytest

from dossier.problems import BadInput
from synthetic.levers import LEVERS, lever_names, load_lever, released_levers
from synthetic.modules import released_modules
from synthetic.population import load_population

HEAD = """[lever]
id = "sample"
version = "1"
grade = "D"
title = { en = "x", id = "x" }
description = { en = "x", id = "x" }
limits = { en = "x", id = "x" }
"""
TEN = {
    "ultraviolet_forensics",
    "registry_link",
    "interview_training",
    "officer_capacity",
    "awareness_campaign",
    "intelligence_feed",
    "repatriation_feedback",
    "autogates",
    "licence_checks",
    "field_checks",
}
NUMBERS = ("missing", "noise", "hard_to_fake", "lies", "cover")
WARNED = '{ to = "journey.overseas_hire", probability = 0.1, why = "x" }'

FOR_FUN = WARNED.replace("overseas_hire", "tourist")
SPREAD = "share = 0.1\ndelay_days = 9\nstray = 0"


def problems(tmp_path: Path, body: str) -> str:
    """Return what is said of a lever with these parts."""
    path = tmp_path / "sample.toml"
    path.write_text(f"{HEAD}{body}\n", encoding="utf-8")
    with pytest.raises(BadInput) as error:
        load_lever(path)
    return str(error.value)


# --- the released ones ------------------------------------------------------------------------------


def test_ten_levers_are_released() -> None:
    assert set(lever_names()) == TEN
    assert set(released_levers()) == TEN


@pytest.mark.parametrize("name", sorted(TEN))
def test_a_lever_says_what_it_is_where_it_comes_from_and_whom_it_burdens(name: str) -> None:
    head = load_lever(name).lever
    for text in (head.title, head.description, head.limits):
        assert text.en.strip()
        assert text.id.strip()
        assert text.en != text.id
    assert head.grade == "D"
    assert head.sources
    assert all(re.match(r"paper_00[0-4], .+", source) for source in head.sources)


@pytest.mark.parametrize("name", sorted(TEN))
def test_every_number_of_a_lever_has_its_reason_beside_it(name: str) -> None:
    text = (LEVERS / f"{name}.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    for part in NUMBERS:
        for field in data.get(part, {}):
            (line,) = re.findall(rf"(?ms)^\[{part}\]\n[^\[]*?^({field} = [^\n]*)", text)
            assert re.search(r"#\s*\S+", line), f"{part}.{field}"
    for known in data.get("known", {}).values():
        assert known["why"]
    assert all(block["why"] for block in data.get("table", {}).values())
    assert all(divert["why"] for divert in data.get("divert", {}).values())


@pytest.mark.parametrize("name", sorted(TEN))
def test_answers_whose_truth_a_lever_changes_are_drawn_in_order(name: str) -> None:
    """So that the lever moves as few people as its numbers say, and no others by chance."""
    lever = load_lever(name)
    in_order = load_population()[0].population.drawn_in_order
    assert {*lever.table, *lever.hard_to_fake, *lever.known} <= set(in_order)


# --- what is refused --------------------------------------------------------------------------------


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(BadInput, match="Did you mean 'autogates'"):
        load_lever("autogate")


def test_a_lever_that_changes_nothing_is_refused(tmp_path: Path) -> None:
    found = problems(tmp_path, "")
    assert "line 1: a lever must change something" in found
    assert "To mend it: Give [missing]" in found


def test_an_unknown_name_is_placed_at_its_option_and_no_path_is_spoken_of() -> None:
    with pytest.raises(BadInput) as error:
        load_lever("nosuch")
    assert str(error.value).startswith("--lever: there is no lever 'nosuch'")
    assert "A path" not in str(error.value)


def test_a_chain_of_diverts_is_told_once(tmp_path: Path) -> None:
    harmed = [f"typology.{name}" for name in ("online_scam", "debt_bondage", "forced_marriage")]
    warned = "".join(f'"{name}" = {WARNED}\n' for name in harmed)
    found = problems(tmp_path, f'[divert]\n{warned}"journey.overseas_hire" = {FOR_FUN}')
    assert found.count("are diverted themselves") == 1
    assert ", ".join(harmed) in found


def test_a_lever_may_divert_the_people_of_ones_own_module(tmp_path: Path) -> None:
    own = {**released_modules(), "typology.own": released_modules()["typology.online_scam"]}
    path = tmp_path / "sample.toml"
    path.write_text(f'{HEAD}[divert]\n"typology.own" = {WARNED}\n', encoding="utf-8")
    with pytest.raises(BadInput, match=r"there is no module 'typology\.own'"):
        load_lever(path)
    assert "typology.own" in load_lever(path, own).divert


def test_a_lever_of_ones_own_is_named_as_it_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("levers").mkdir()
    Path("levers/sample.toml").write_text(f"{HEAD}[missing]\ndebts = 1\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"^levers/sample\.toml, line 9: "):
        load_lever("levers/sample.toml")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("[missing]\ndebts = 0.5", "line 9: there is no 'debts' among the fields"),
        ("[noise]\ndebts = 0.5", "line 9: there is no 'debts' among the fields"),
        ("[hard_to_fake]\ndebts = 0.5", "line 9: there is no 'debts' among the fields"),
        ("[lies]\ndebts = 0.5", "line 9: there is no 'debts' among the fields"),
        ("[cover]\ndebts = 0.5", "line 9: there is no 'debts' among the fields"),
        ("[missing]\ndebt = -0.5", "line 9: 'missing.debt'"),
        ("[missing]\ndebt = inf", "line 9: 'missing.debt'"),
        ("[missing]\ndebt = nan", "line 9: 'missing.debt'"),
        ("[hard_to_fake]\ndebt = 1.5", "line 9: 'hard_to_fake.debt'"),
        ("[missing]\nsex = 0.5", "line 9: the answer to 'sex' is never lost"),
        ("[noise]\nwatch_list = 0.5", "line 9: the answer to 'watch_list' is never misread"),
        ("[table]\nlane = { officer = 1 }", "line 9: there is no 'lane' among the fields"),
        ("[table]\ncheckpoint_lane = { officers = 1 }", "Did you mean 'officer'?"),
        ("[table]\ncheckpoint_lane = { officer = 0.9 }", "sum to 0.9, not to 1"),
        ("[table]\nstated_purpose = { holiday = 1 }", "people differ in 'stated_purpose' by journey"),
        (
            '[known.watch_list]\ncode = "link"\nshare = 0.1\ndelay_days = 9\nstray = 0',
            "line 9: 'watch_list' has no code 'link'",
        ),
        (f'[divert]\n"typology.online_scm" = {WARNED}', "Did you mean 'typology.online_scam'?"),
        (
            f'[divert]\n"typology.online_scam" = {WARNED.replace("hire", "hired")}',
            "there is no module 'journey.overseas_hired'",
        ),
        (
            f'[divert]\n"typology.online_scam" = {WARNED}\n"journey.overseas_hire" = {FOR_FUN}',
            "line 9: the people of 'journey.overseas_hire' are diverted themselves",
        ),
        (
            f'[divert]\n"journey.overseas_hire" = {WARNED}',
            "line 9: the people of 'journey.overseas_hire' are diverted to where they are",
        ),
        (
            f'[divert]\n"journey.tourist" = {WARNED.replace("journey.overseas_hire", "typology.online_scam")}',
            "line 9: a lever leads nobody into harm, as to 'typology.online_scam'",
        ),
        ("[missing]\ndebt = 1e300", "must be less than or equal to 20, not 1e+300"),
        ("[noise]\ndebt = 20.5", "must be less than or equal to 20, not 20.5"),
        (
            f"[known.sex]\ncode = 'male'\n{SPREAD}",
            "line 8: 'sex' is no record or list in which a network could become known",
        ),
        (f"[known.watchlist]\ncode = 'linked'\n{SPREAD}", "Did you mean 'watch_list'?"),
        (f"[known.watch_list]\ncode = 'linked'\n{SPREAD.replace('9', 'inf')}", "must be finite, not inf"),
        ("[mising]\ndebt = 0.5", "Did you mean 'missing'?"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path: Path, body: str, said: str) -> None:
    found = problems(tmp_path, body)
    assert said in found
    assert "sample.toml, line " in found


def test_everything_that_is_wrong_is_named_at_once(tmp_path: Path) -> None:
    found = problems(tmp_path, "[missing]\ndebts = 0.5\nsex = 0.5\n[lies]\nfoo = 1")
    assert found.count("sample.toml, line ") == 3
    assert found.count("To mend it: ") == 3
