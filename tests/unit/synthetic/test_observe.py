"""Observation: what is lost and what is misread, as often as declared and whoever the applicant is."""

import numpy as np
import numpy.typing as npt
import pytest

from dossier.fields import MISSING
from synthetic.observe import Observer
from synthetic.world import Recording
from tests.unit.synthetic.worlds import world

SIZE = 60_000
ROWS = range(SIZE)
LOSS = np.array([[0.1, 0.1, 0.3], [0.4, 0.4, 0.4]])
"""Two offices, three codes: the first office loses the last code more often."""

NEIGHBOURS = np.array([[0.0, 1.0, 0.0], [0.5, 0.0, 0.5], [0.0, 1.0, 0.0]])
WIDTH = 4 * 0.5 / np.sqrt(SIZE)


def observed(recording: Recording, office: int, code: int) -> npt.NDArray[np.int8]:
    offices, codes = np.full(SIZE, office, dtype=np.int8), np.full(SIZE, code, dtype=np.int8)
    return Observer("debt", recording).observe(5, ROWS, offices, codes)


def shares(found: npt.NDArray[np.int8]) -> list[float]:
    """Return the shares of missing and of each code."""
    return [float(share) for share in np.bincount(found.astype(int) + 1, minlength=4) / len(found)]


@pytest.mark.parametrize("office", [0, 1])
@pytest.mark.parametrize("code", [0, 1, 2])
def test_cells_are_lost_as_often_as_office_and_answer_say(office: int, code: int) -> None:
    found = shares(observed(Recording(LOSS, 0.0, np.eye(3)), office, code))
    assert found[0] == pytest.approx(LOSS[office, code], abs=WIDTH)
    assert found[1 + code] == pytest.approx(1 - LOSS[office, code], abs=WIDTH)
    assert sum(found) == found[0] + found[1 + code]


def test_what_is_not_lost_is_misread_as_often_as_declared() -> None:
    found = shares(observed(Recording(LOSS, 0.2, NEIGHBOURS), office=0, code=1))
    assert found == pytest.approx([0.1, 0.9 * 0.1, 0.9 * 0.8, 0.9 * 0.1], abs=WIDTH)


def test_a_misread_code_is_never_one_that_cannot_be_mistaken() -> None:
    found = observed(Recording(np.zeros((2, 3)), 1.0, NEIGHBOURS), office=0, code=0)
    assert set(found.tolist()) == {1}


def test_perfect_recording_hands_the_declaration_through() -> None:
    observer = Observer("debt", Recording(np.zeros((2, 3)), 0.0, np.eye(3)))
    declared = np.array([0, 1, 2], dtype=np.int8)
    assert observer.changes_nothing
    assert observer.observe(5, range(3), np.zeros(3, dtype=np.int8), declared) is declared


def test_the_declaration_itself_is_left_alone() -> None:
    declared = np.ones(SIZE, dtype=np.int8)
    Observer("debt", Recording(LOSS, 0.5, NEIGHBOURS)).observe(
        5, ROWS, np.zeros(SIZE, dtype=np.int8), declared
    )
    assert (declared == 1).all()


def test_a_row_is_recorded_the_same_alone() -> None:
    observer = Observer("debt", Recording(LOSS, 0.5, NEIGHBOURS))
    office, declared = (np.arange(SIZE) % 2).astype(np.int8), (np.arange(SIZE) % 3).astype(np.int8)
    whole = observer.observe(5, ROWS, office, declared)
    for row in (0, 1, 4321, SIZE - 1):
        one = slice(row, row + 1)
        alone = observer.observe(5, range(row, row + 1), office[one], declared[one])
        assert alone.tolist() == [whole[row]]


def test_more_noise_takes_no_cell_back_from_loss() -> None:
    """Loss and noise share one word, so that changing the noise leaves every lost cell lost."""
    quiet, noisy = (observed(Recording(LOSS, noise, NEIGHBOURS), 0, 1) for noise in (0.01, 0.3))
    assert ((quiet == MISSING) == (noisy == MISSING)).all()
    assert ((quiet != 1) <= (noisy != 1)).all()


@pytest.mark.parametrize("name", ["debt", "reluctance", "income_idr", "booking_applicants"])
def test_a_released_recording_is_a_distribution(name: str) -> None:
    recording = world("phnom_penh_2022").recordings[name]
    assert ((recording.missing >= 0) & (recording.missing < 1)).all()
    assert recording.misread.sum(axis=1) == pytest.approx(1)
    assert recording.noise == 0 or np.diag(recording.misread).max() == 0


def test_recording_habits_differ_by_office_and_by_nothing_hidden() -> None:
    missing = world("phnom_penh_2022").recordings["debt"].missing
    assert missing.shape == (12, 3)
    assert len({round(float(loss), 6) for loss in missing[:, 0]}) > 3
