"""Instruments as data: the ILO's rule reads as published, and a careless file is refused."""

from pathlib import Path

import pytest

from dossier.problems import BadInput
from evidence import instruments
from evidence.instruments import read_instrument

ILO = Path(__file__).parents[3] / "evidence" / "instruments" / "ilo.toml"


@pytest.mark.parametrize(
    ("strong", "medium", "weak", "met"),
    [
        (2, 0, 0, True),
        (1, 1, 0, True),
        (1, 0, 1, True),
        (0, 3, 0, True),
        (0, 2, 1, True),
        (1, 0, 0, False),
        (0, 2, 0, False),
        (0, 1, 2, False),
        (0, 0, 9, False),
        (0, 0, 0, False),
    ],
)
def test_a_dimension_is_met_by_the_published_combinations(
    strong: int, medium: int, weak: int, met: bool
) -> None:
    assert instruments()["ilo"].is_met(strong=strong, medium=medium, weak=weak) is met


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('grade = "C"', 'grade = "B"', "grade C at best"),
        ("published_count = 9", "published_count = 8", "more are listed than the instrument has"),
        (
            'any_of = ["deceptive_recruitment"',
            'any_of = ["deception"',
            "names a dimension that is not declared",
        ),
        ("minors_under", "minors_below", "unknown key 'minors_below'"),
    ],
)
def test_a_careless_instrument_is_refused(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    text = ILO.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "ilo.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadInput, match=complaint):
        read_instrument(path)
