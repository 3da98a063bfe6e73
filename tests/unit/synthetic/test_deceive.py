"""Deception: lies and cover stories change what is declared, as often as declared, and nothing else."""

import numpy as np
import pytest

from synthetic.deceive import Deceiver
from synthetic.world import Conditional

SIZE = 40_000
ROWS = range(SIZE)
NO_STORY = np.zeros(SIZE, dtype=np.int8)
STORY = np.ones(SIZE, dtype=np.int8)
ONE_GROUP = np.zeros(1, dtype=np.int64)
WIDTH = 4 * 0.5 / np.sqrt(SIZE)

TRUTH = [0.5, 0.3, 0.2]
COVER = [0.1, 0.2, 0.7]


def conditional(*, lie: float = 0.0, slip: float = 1.0) -> Conditional:
    """Return a field of three codes; type 0 is honest, type 1 lies about code 2 and may have a story."""
    return Conditional(
        "debt",
        (),
        (),
        truth=np.array([[TRUTH], [TRUTH]]),
        cover=np.array([[[0.0] * 3], [COVER if slip < 1 else [0.0] * 3]]),
        slip=np.array([1.0, slip]),
        lie=np.array([[0.0] * 3, [0.0, 0.0, lie]]),
        lie_to=np.array([0, 1], dtype=np.int8),
    )


def declared(
    deceiver: Deceiver, kind: int, truth: int, story: np.ndarray[tuple[int], np.dtype[np.int8]] = NO_STORY
) -> list[float]:
    """Return the shares of the declared codes of one type with one true code."""
    kinds, codes = np.full(SIZE, kind), np.full(SIZE, truth, dtype=np.int8)
    found = deceiver.declare(5, ROWS, kinds, story, ONE_GROUP, codes)
    return [float(share) for share in np.bincount(found, minlength=3) / SIZE]


def test_without_lie_and_story_the_truth_itself_is_declared() -> None:
    deceiver = Deceiver(conditional())
    truth = np.zeros(SIZE, dtype=np.int8)
    assert deceiver.changes_nothing
    assert deceiver.declare(5, ROWS, np.ones(SIZE, dtype=np.int64), STORY, ONE_GROUP, truth) is truth


@pytest.mark.parametrize("chance", [0.25, 0.6, 1.0])
def test_a_lie_is_told_as_often_as_declared(chance: float) -> None:
    found = declared(Deceiver(conditional(lie=chance)), kind=1, truth=2)
    assert found == pytest.approx([0, chance, 1 - chance], abs=WIDTH)
    assert found[0] == 0


def test_no_lie_is_told_about_another_truth() -> None:
    assert declared(Deceiver(conditional(lie=1.0)), kind=1, truth=0) == [1, 0, 0]


def test_the_honest_type_never_lies() -> None:
    assert declared(Deceiver(conditional(lie=1.0, slip=0.0)), kind=0, truth=2, story=STORY) == [0, 0, 1]


def test_a_story_without_slips_gives_the_borrowed_answers_whatever_the_truth() -> None:
    deceiver = Deceiver(conditional(slip=0.0))
    for truth in range(3):
        assert declared(deceiver, kind=1, truth=truth, story=STORY) == pytest.approx(COVER, abs=WIDTH)


def test_a_slip_gives_the_truth_away_as_often_as_declared() -> None:
    found = declared(Deceiver(conditional(slip=0.3)), kind=1, truth=0, story=STORY)
    assert found == pytest.approx([0.3 + 0.7 * COVER[0], 0.7 * COVER[1], 0.7 * COVER[2]], abs=WIDTH)


def test_who_tells_no_story_declares_the_truth() -> None:
    assert declared(Deceiver(conditional(slip=0.0)), kind=1, truth=0) == [1, 0, 0]


def test_where_the_story_slips_the_coached_lie_is_still_told() -> None:
    found = declared(Deceiver(conditional(lie=1.0, slip=0.4)), kind=1, truth=2, story=STORY)
    assert found == pytest.approx([0.6 * COVER[0], 0.4 + 0.6 * COVER[1], 0.6 * COVER[2]], abs=WIDTH)


def test_the_truth_itself_is_left_alone() -> None:
    truth = np.full(SIZE, 2, dtype=np.int8)
    Deceiver(conditional(lie=1.0)).declare(5, ROWS, np.ones(SIZE, dtype=np.int64), NO_STORY, ONE_GROUP, truth)
    assert (truth == 2).all()


def test_a_row_declares_the_same_alone() -> None:
    deceiver = Deceiver(conditional(lie=0.5, slip=0.3))
    kinds, truth = np.arange(SIZE) % 2, (np.arange(SIZE) % 3).astype(np.int8)
    whole = deceiver.declare(5, ROWS, kinds, STORY, ONE_GROUP, truth)
    for row in (0, 1, 1234, SIZE - 1):
        one = slice(row, row + 1)
        alone = deceiver.declare(5, range(row, row + 1), kinds[one], STORY[one], ONE_GROUP, truth[one])
        assert alone.tolist() == [whole[row]]


def test_the_borrowed_answers_follow_the_rows_own_group() -> None:
    story = conditional(slip=0.0)
    two_groups = Conditional(
        story.name,
        ("sex",),
        (2,),
        np.repeat(story.truth, 2, axis=1),
        np.array([[[0.0] * 3] * 2, [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]]),
        story.slip,
        story.lie,
        story.lie_to,
    )
    group = np.arange(SIZE) % 2
    truth = np.ones(SIZE, dtype=np.int8)
    found = Deceiver(two_groups).declare(5, ROWS, np.ones(SIZE, dtype=np.int64), STORY, group, truth)
    assert found.tolist() == (2 * group).tolist()
