"""Processes tell each other how many connections they hold, and no more is made of it than it is worth."""

import pytest

from console.web.serving import shares
from console.web.serving.shares import MARGIN, Share, Shares, alone


@pytest.fixture
def two() -> tuple[Share, Share]:
    page = Shares(2)
    first = page.share(taken=())
    return first, page.share(taken={first.place})


def test_whoever_holds_clearly_more_than_another_is_told_so(two: tuple[Share, Share]) -> None:
    first, second = two
    second.tell(10)
    assert not first.is_clearly_larger(10 + MARGIN - 1)
    assert first.is_clearly_larger(10 + MARGIN)
    first.tell(10 + MARGIN)
    assert not second.is_clearly_larger(10)


def test_of_several_the_one_that_holds_least_counts() -> None:
    page = Shares(3)
    first, second, third = (page.share(taken=range(place)) for place in range(3))
    second.tell(100)
    third.tell(0)
    assert first.is_clearly_larger(MARGIN)


def test_nobody_waits_for_one_that_has_not_begun_or_has_left(two: tuple[Share, Share]) -> None:
    first, second = two
    assert not first.is_clearly_larger(100)
    second.tell(0)
    assert first.is_clearly_larger(100)
    second.leave()
    assert not first.is_clearly_larger(100)


def test_nobody_waits_for_one_that_has_not_looked_for_a_while(
    two: tuple[Share, Share], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = two
    second.tell(0)
    monkeypatch.setattr(shares, "SEEN_WITHIN_NS", 0)
    assert not first.is_clearly_larger(100)


def test_a_place_is_given_again_with_nothing_told() -> None:
    page = Shares(2)
    gone, stays = page.share(taken=()), page.share(taken={0})
    gone.tell(0)
    assert stays.is_clearly_larger(100)
    assert page.share(taken={stays.place}).place == gone.place
    assert not stays.is_clearly_larger(100)


def test_who_gets_no_place_takes_whatever_comes() -> None:
    page = Shares(1)
    page.share(taken=()).tell(0)
    without = page.share(taken={0})
    for share in (without, alone()):
        share.tell(5)
        share.leave()
        assert share.place is None
        assert not share.is_clearly_larger(1_000)
