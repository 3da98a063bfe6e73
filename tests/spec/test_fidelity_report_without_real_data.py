"""`saring draw --audit` examines a cohort without any real data, says what fails, and never calls it validated.

A released cohort breaks no requirement; one with a planted shortcut, or with a target that it does not meet,
leaves with exit code 1. The page asks nobody for anything, runs no script and leads to no seed.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from synthetic.fidelity import settings as settings_module
from tests.architecture.test_texts import BANNED
from tests.unit.console.terminal import GATE_FAILED, OK, saring

SEED = 90_210_417
SIZE = 3_000
SMALLER = {
    "victims": 1_500,
    "others": 4_000,
    "mixed": 6_000,
    "separation": 4_000,
    "recorded": 3_000,
    "tornado_victims": 500,
    "tornado_others": 1_000,
}

PLANTED = """
[scenario]
id = "planted"
version = "1"
year = 2022
size = 2000
title = { en = "Planted", id = "Ditanam" }
narrative = { en = "x", id = "x" }
learning_aims = []
sources = []

[mix]
"journey.overseas_hire" = { share = 0.7 }
"lookalike.customer_service_hire" = { share = 0.1 }
"typology.online_scam" = { share = 0.2 }

[overlay."typology.online_scam"]
why = "Everybody else goes elsewhere, so that the country is the label."

[overlay."typology.online_scam".table]
stated_country = { laos = 1.0 }

[targets.women]
title = { en = "Women among all victims", id = "Perempuan di antara korban" }
low = 0.97
high = 1.0
evidence = ["offer_pay_usd"]
where = { sex = ["female"] }
"""


@dataclass(frozen=True)
class Audit:
    """What one audit printed and wrote, and how it left."""

    exit_code: int
    printed: dict[str, Any]
    content: dict[str, Any]
    page: str

    def verdict(self, requirement: str) -> str:
        (found,) = [c["verdict"] for c in self.content["checks"] if requirement in c["requirement"]]
        return str(found)


@pytest.fixture(scope="module", autouse=True)
def _smaller_samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    text = settings_module.SETTINGS.read_text(encoding="utf-8")
    for name, size in SMALLER.items():
        text, found = re.subn(rf"^{name} = [\d_]+", f"{name} = {size}", text, flags=re.MULTILINE)
        assert found == 1, name
    path = tmp_path_factory.mktemp("settings") / "settings.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings_module, "SETTINGS", path)
        settings_module.settings.cache_clear()
        yield
    settings_module.settings.cache_clear()


def audit_of(scenario: object, folder: Path, size: int) -> Audit:
    result = saring(
        "draw", scenario, "--n", size, "--seed", SEED, "--audit", "--json", "--force", "--out", folder
    )
    assert result.exit_code in {OK, GATE_FAILED}, result.output
    content = json.loads((folder / "audit.json").read_text(encoding="utf-8"))
    page = (folder / "audit.html").read_text(encoding="utf-8")
    return Audit(result.exit_code, json.loads(result.stdout), content, page)


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Audit:
    return audit_of("phnom_penh_2022", tmp_path_factory.mktemp("audits") / "released", SIZE)


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Audit:
    folder = tmp_path_factory.mktemp("audits")
    path = folder / "planted.toml"
    path.write_text(PLANTED, encoding="utf-8")
    return audit_of(path, folder / "planted", 2000)


# --- verdicts and exit codes ----------------------------------------------------------------------------


def test_a_released_cohort_breaks_no_requirement(released: Audit) -> None:
    broken = [check for check in released.content["checks"] if check["verdict"] == "not met"]
    assert broken == []
    assert released.exit_code == OK


def test_every_changed_cell_is_explained(released: Audit) -> None:
    log = released.content["reconciliation"]
    assert (log["unexplained"], log["idle"]) == (0, 0)
    assert log["changed"] == sum(log["by_mechanism"].values()) > 0


def test_a_planted_shortcut_fails(planted: Audit) -> None:
    assert planted.exit_code == GATE_FAILED
    assert planted.verdict("no single field") == "not met"
    broken = {each["field"] for each in planted.content["fields"] if each["verdict"] == "not met"}
    assert "stated_country" in broken
    assert planted.content["verdict"] == planted.printed["audit"]["verdict"] == "not met"


def test_a_target_that_is_off_is_not_met(planted: Audit) -> None:
    assert planted.verdict("Women among all victims") == "not met"
    (target,) = planted.content["targets"]
    assert target["observed"]["high"] < target["published"]["low"]


def test_without_victims_there_is_nothing_to_examine(tmp_path: Path) -> None:
    path = tmp_path / "planted.toml"
    lines = [line for line in PLANTED.split("[overlay", maxsplit=1)[0].splitlines() if "typology" not in line]
    path.write_text("\n".join(lines).replace("0.7 }", "0.9 }"), encoding="utf-8")
    result = saring("draw", path, "--n", 50, "--audit", "--out", tmp_path / "cohort")
    assert result.exit_code == 3
    assert "has no victims" in result.stderr
    assert not (tmp_path / "cohort").exists()


# --- what the page must say -----------------------------------------------------------------------------


def test_meeting_a_target_is_never_called_validation(planted: Audit) -> None:
    assert "Meeting a target is calibration, not validation." in planted.page
    assert "no real data to compare with" in planted.page


def test_every_part_is_there(released: Audit) -> None:
    for part in ("targets", "oracle", "shortcuts", "top", "networks", "drift", "noise", "tornado", "grades"):
        assert f'<section id="{part}">' in released.page


def test_every_rate_stands_with_its_count_and_its_interval(released: Audit) -> None:
    cells = re.findall(r'<span class="interval">(.*?)</span>(?:<small>(.*?)</small>)?', released.page)
    rates = [cell for cell in cells if "%" in cell[0]]
    assert len(rates) > 100
    for rate, note in rates:
        assert re.search(r"\([\d.]+–[\d.]+ %\)$", rate), rate
        assert re.match(r"[\d,]+ of [\d,]+", note), note


def test_every_rate_in_the_file_has_a_count_and_an_interval(released: Audit) -> None:
    found = list(shares(released.content))
    assert len(found) > 100
    for share in found:
        assert {"count", "n", "low", "high"} <= share.keys()
        assert share["estimate"] is None or share["low"] <= share["estimate"] <= share["high"]


def shares(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "count" in value:
            yield value
        for inner in value.values():
            yield from shares(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from shares(inner)


def test_the_page_asks_nobody_for_anything_and_runs_nothing(released: Audit) -> None:
    assert "<script" not in released.page
    assert not re.search(r"(?:src|href)=\"(?!#|data:)", released.page)
    assert "default-src 'none'" in unescape(released.page)
    assert " style=" not in released.page
    assert not re.search(r"url\(|@import", released.page)


def test_neither_file_leads_to_the_seed(released: Audit) -> None:
    for text in (released.page, json.dumps(released.content), json.dumps(released.printed)):
        assert str(SEED) not in text


def test_people_are_called_what_they_are(released: Audit) -> None:
    words = re.sub(r"<style>.*?</style>|<[^>]*>", " ", released.page, flags=re.DOTALL)
    assert not BANNED.search(words)
    assert "Simulated applicants" in words


def test_irregular_is_kept_apart_from_lawful_and_from_victim(released: Audit) -> None:
    assert set(released.content["truth"]) == {"lawful", "irregular", "victim", "facilitator"}
    assert "irregular" in released.content["top"]["groups"]


# --- the cohort beside it -------------------------------------------------------------------------------


def test_the_audit_changes_no_byte_of_the_cohort(released: Audit, tmp_path: Path) -> None:
    result = saring(
        "draw", "phnom_penh_2022", "--n", SIZE, "--seed", SEED, "--json", "--out", tmp_path / "plain"
    )
    assert json.loads(result.stdout)["files"] == released.printed["files"]


@pytest.mark.slow
def test_the_same_cohort_gives_the_same_report(planted: Audit, tmp_path: Path) -> None:
    path = tmp_path / "planted.toml"
    path.write_text(PLANTED, encoding="utf-8")
    assert audit_of(path, tmp_path / "again", 2000).content == planted.content


def test_what_is_expensive_says_on_how_many_it_was_examined(released: Audit) -> None:
    assert released.content["tornado"]["usual"]["n"] == SMALLER["tornado_victims"]
    assert len(released.content["tornado"]["swings"]) <= 20
    assert all(check["n"] > 0 for check in released.content["checks"] if check["part"] != "targets")
