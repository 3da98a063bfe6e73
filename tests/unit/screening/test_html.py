"""The report's file: complete in itself, safe whatever a run is called, and honest about what is left out."""

import hashlib
import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from screening.evaluation.pages.html_report import page, write_html
from tests.web.report_page import Element, read, report_of, sample_report
from tests.web.report_sample import sample

LARGEST = 1_200_000
ATTACK = '</script><script>alert(1)</script><img src="x" onerror="alert(2)">{{ 7 * 7 }}{en}'


def test_it_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    write_html(sample(), tmp_path / "report.html")
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    with pytest.raises(KeyError):
        write_html({"n": 1}, tmp_path / "other.html")
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_it_is_small_enough_to_send() -> None:
    assert len(page(sample()).encode()) < LARGEST


def test_the_same_content_gives_the_same_bytes() -> None:
    assert page(sample()) == page(sample())


def test_nothing_in_it_is_fetched() -> None:
    addresses = [
        value
        for element in sample_report().all(lambda _: True)
        for name, value in element.attributes.items()
        if name in ("src", "href", "xlink:href", "srcset", "action", "data", "poster")
    ]
    assert all(address.startswith("#") or address == "data:," for address in addresses)
    (style,) = sample_report().by_name("style")
    assert "url(" not in "".join(map(str, style.inside))
    assert "@import" not in "".join(map(str, style.inside))


def test_every_anchor_leads_somewhere_and_no_id_stands_twice() -> None:
    ids = [e.attributes["id"] for e in sample_report().all(lambda e: "id" in e.attributes)]
    anchors = [e.attributes["href"][1:] for e in sample_report().by_name("a")]
    assert len(ids) == len(set(ids))
    assert set(anchors) <= set(ids)


def test_the_policy_allows_its_own_style_and_script_only() -> None:
    policy = _policy(sample_report())
    script, style = _executable(sample_report())[0], sample_report().by_name("style")[0]
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == f"'sha256-{_hash(script)}'"
    assert policy["style-src"] == f"'sha256-{_hash(style)}'"
    assert len(_executable(sample_report())) == 1


def test_nothing_needs_more_than_the_policy_allows() -> None:
    for element in sample_report().all(lambda _: True):
        assert "style" not in element.attributes, "an attribute would need 'unsafe-inline'"
        assert not [name for name in element.attributes if name.startswith("on")]


def _policy(report: Element) -> dict[str, str]:
    (meta,) = report.all(lambda e: e.attributes.get("http-equiv") == "Content-Security-Policy")
    return dict(part.split(" ", 1) for part in meta.attributes["content"].split("; "))


def _executable(report: Element) -> list[Element]:
    return [e for e in report.by_name("script") if e.attributes.get("type") != "application/json"]


def _hash(element: Element) -> str:
    return b64encode(hashlib.sha256("".join(map(str, element.inside)).encode()).digest()).decode()


def test_texts_of_a_run_never_become_markup() -> None:
    report = read(page(_attacked(sample())))
    assert [script.attributes for script in report.by_name("script")] == [
        script.attributes for script in sample_report().by_name("script")
    ]
    assert report.by_name("img") == []
    assert ATTACK.partition("{")[0] in report.by_name("h1")[0].text()
    assert "49" not in report.by_name("h1")[0].text()


def _attacked(value: Any) -> Any:
    """Return content with the attack behind every text that a person may have written."""
    match value:
        case {"en": str() as english, "id": str() as indonesian}:
            return {"en": english + ATTACK, "id": indonesian + ATTACK}
        case dict():
            written = ("name", "value", "sources")
            return {k: _worded(v) if k in written else _attacked(v) for k, v in value.items()}
        case list():
            return [_attacked(inner) for inner in value]
        case _:
            return value


def _worded(value: Any) -> Any:
    if isinstance(value, list):
        return [_worded(inner) for inner in value]
    return value + ATTACK if isinstance(value, str) else value


def test_the_slider_has_every_rate_with_its_interval() -> None:
    (script,) = sample_report().all(lambda e: e.attributes.get("type") == "application/json")
    data = json.loads("".join(map(str, script.inside)))
    content = sample()
    start = data["points"][data["start"]]
    assert start[0] == content["threshold"]
    assert start[1:4] == pytest.approx([content["miss_rate"][k] for k in ("missed", "low", "high")], abs=1e-6)
    assert start[7:] == pytest.approx(
        [content["irregular_flagged"][k] for k in ("flagged", "low", "high")], abs=1e-6
    )


@pytest.mark.parametrize(
    ("left_out", "said"),
    [
        (
            dict.fromkeys(("oracle", "challenger", "logistic", "rules_only")),
            "were left out of this run",
        ),
        ({"difficulty": []}, "The difficulty was not stated"),
        ({"examples": []}, "kept no example dossiers"),
        ({"rules": None, "rulebook": None}, "measured no rules"),
        ({"certificate": {"cards": "sample-cards"}}, "carries no claim"),
        ({"curve": []}, "no curve"),
        ({"baselines": None}, "Published rulebooks were not measured"),
        ({"pathway_walk": None}, "The pathway was not walked"),
        ({"reliability": None}, "its certificate holds no calibration"),
        ({"policy": None, "referred_by_route": None}, "does not say on which grounds"),
        ({"policy_harm": None}, "does not measure what a policy does"),
        ({"patterns": {}, "travellers": {}, "agency_names": {}}, "online scam"),
    ],
)
def test_what_a_run_leaves_out_is_said_to_be_left_out(left_out: dict[str, Any], said: str) -> None:
    assert said in report_of(**left_out).text()


def test_a_cohort_without_victims_has_no_miss_rate() -> None:
    nobody = {"estimate": None, "low": None, "high": None, "n": 0, "missed": 0}
    by = {**sample()["by"], "typology": [], "tier": []}
    report = report_of(victims=0, miss_rate=nobody, by=by, at_prevalence=[], oracle=None, challenger=None)
    assert "no miss rate can be stated" in report.text()


def test_a_threshold_set_by_hand_carries_no_claim() -> None:
    certificate = sample()["certificate"]
    stages = {name: {**stage, "threshold": -500} for name, stage in certificate["stages"].items()}
    said = report_of(certificate={**certificate, "stages": stages}).text()
    assert "set by hand" in said
    assert "the released threshold is −5.00" in said


@pytest.mark.parametrize("rival", ["challenger", "logistic"])
def test_a_difference_that_is_not_settled_has_the_sign_of_the_table(rival: str) -> None:
    """The file says how many more the screener misses; the page, how many more the other way does."""
    gap = {"estimate": -0.021, "low": -0.057, "high": 0.015, "n": 180}
    said = " ".join(report_of(**{rival: {**sample()[rival], "screener_minus_this": gap}}).text().split())
    assert "by +2.1 points (paired 95 % interval −1.5 to +5.7" in said
    assert "+2.1 (−1.5 to 5.7 )" in said
