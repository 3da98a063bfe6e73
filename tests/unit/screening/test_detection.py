"""Victims as each channel knows them: counted by hand, added up over parts, and never anybody else."""

import json

import numpy as np
import pytest

from screening.evaluation.detection import ALL, ANY, People, detection_json, known_counts, seen
from screening.evaluation.pages.html_parts import FEW, who_is_known
from tests.web.report_page import report_of
from tests.web.report_sample import sample

GROUPS = ("women", "men", "girls", "boys")
PEOPLE = People(GROUPS, {"women": ["women"], "men": ["men"], "children": ["girls", "boys"]})
WOMAN, MAN, GIRL, BOY = range(4)

#                    victims                              others
GROUP = np.array([WOMAN, WOMAN, MAN, MAN, MAN, GIRL, BOY, WOMAN, MAN], dtype=np.int8)
VICTIM = np.array([1, 1, 1, 1, 1, 1, 1, 0, 0], dtype=bool)
FLAGGED = np.array([1, 0, 1, 0, 0, 0, 1, 1, 1], dtype=bool)
ABROAD = np.array([0, 0, 1, 1, 0, 0, 0, 0, 0], dtype=bool)
REGISTER = np.array([1, 0, 1, 0, 0, 1, 1, 0, 0], dtype=bool)
TITLES = {name: {"title": {"en": name, "id": name}} for name in ("abroad", "register")}


def test_victims_are_counted_by_who_knows_them_by_group_and_by_whether_they_are_flagged() -> None:
    everybody, abroad, register, anybody = known_counts(
        [ABROAD, REGISTER], GROUP, VICTIM, FLAGGED, 4
    ).tolist()
    assert everybody == [[1, 1], [2, 1], [1, 0], [0, 1]]
    assert abroad == [[0, 0], [1, 1], [0, 0], [0, 0]]
    assert register == [[0, 1], [0, 1], [1, 0], [0, 1]]
    assert anybody == [[0, 1], [1, 1], [1, 0], [0, 1]]


@pytest.mark.parametrize("cut", range(10))
def test_counts_of_parts_add_up_to_the_whole(cut: int) -> None:
    whole = known_counts([ABROAD, REGISTER], GROUP, VICTIM, FLAGGED, 4)
    parts = [
        known_counts([ABROAD[rows], REGISTER[rows]], GROUP[rows], VICTIM[rows], FLAGGED[rows], 4)
        for rows in (slice(0, cut), slice(cut, None))
    ]
    assert np.array_equal(np.sum(parts, axis=0), whole)


def test_somebody_who_is_no_victim_is_counted_nowhere() -> None:
    everybody = np.ones(len(GROUP), dtype=bool)
    counts = known_counts([everybody], GROUP, VICTIM, FLAGGED, 4)
    assert counts.sum(axis=(1, 2)).tolist() == [7, 7, 7]


def test_each_channel_has_its_shares_of_those_it_knows() -> None:
    counts = known_counts([ABROAD, REGISTER], GROUP, VICTIM, FLAGGED, 4)
    whole, abroad, register, anybody = seen(["abroad", "register"], counts, PEOPLE)
    assert [view.channel for view in (whole, abroad, register, anybody)] == [ALL, "abroad", "register", ANY]
    assert (whole.known.count, whole.known.n) == (7, 7)
    assert (abroad.known.count, abroad.known.n) == (2, 7)
    assert abroad.shares["men"].estimate == 1
    assert abroad.shares["women"].count == abroad.shares["children"].count == 0
    assert {name: rate.count for name, rate in register.shares.items()} == {
        "women": 1,
        "men": 1,
        "children": 2,
    }
    assert all(rate.n == 4 for rate in register.shares.values())
    assert (register.flagged.count, register.flagged.n) == (3, 4)
    assert (anybody.known.count, anybody.flagged.count) == (5, 3)


def test_a_channel_that_knows_nobody_has_no_rate() -> None:
    nobody = np.zeros(len(GROUP), dtype=bool)
    views = seen(["abroad"], known_counts([nobody], GROUP, VICTIM, FLAGGED, 4), PEOPLE)
    content = json.loads(json.dumps(detection_json(views, TITLES)))
    (abroad,) = content["channels"]
    assert abroad["known"] == {
        "estimate": 0.0,
        "low": 0.0,
        "high": pytest.approx(0.41, abs=0.01),
        "n": 7,
        "identified": 0,
    }
    assert abroad["shares"]["men"] == {"estimate": None, "low": None, "high": None, "n": 0, "identified": 0}
    assert content["any"]["known"]["identified"] == 0
    assert content["victims"]["known"]["identified"] == 7


# --- in the report ------------------------------------------------------------------------------------------


def test_the_report_names_the_channels_that_see_fewest_and_most_men() -> None:
    found = who_is_known(sample())
    assert found is not None
    assert found.ends is not None
    assert [row.name.en for row in found.ends] == ["A register: title", "An embassy: title"]


def test_too_few_known_people_are_not_compared() -> None:
    content = sample()
    for channel in content["detection"]["channels"][:1]:
        channel["known"] |= {"identified": FEW - 1}
    found = who_is_known(content)
    assert found is not None
    assert found.ends is None
    assert "Truly, " in report_of().by_id("known").text()
    assert "Truly, " not in report_of(detection=content["detection"]).by_id("known").text()


@pytest.mark.parametrize("language", ["en", "id"])
def test_every_channel_stands_in_a_row_beside_the_truth(language: str) -> None:
    section = report_of().by_id("known")
    rows = [row.text(language) for row in section.by_name("tr")[1:]]
    of = {"en": "of", "id": "dari"}[language]
    detection = sample()["detection"]
    assert len(rows) == 2 + len(detection["channels"])
    for row, channel in zip(rows[1:-1], detection["channels"], strict=True):
        assert row.startswith(channel["title"][language])
        assert channel["description"][language] in row
        for rate in (channel["known"], *channel["shares"].values()):
            assert f"{rate['identified']} {of} {rate['n']}" in row
        assert f"{channel['flagged']['flagged']} {of} {channel['flagged']['n']}" in row
    assert all(channel["limits"][language] in section.text(language) for channel in detection["channels"])


def test_the_report_says_where_it_was_left_out() -> None:
    for changes in ({"detection": None}, {"victims": 0}):
        section = report_of(**changes).by_id("known")
        assert "left out of this run" in section.text()
        assert not section.by_name("table")


def test_the_report_says_that_meeting_a_sum_is_calibration() -> None:
    assert "calibration, not validation" in report_of().by_id("known").text()
