"""Names: pinned, the same for the same applicant, and telling nothing."""

import numpy as np
import pytest

from synthetic.draw import ID_BITS
from synthetic.names import given_name, name_pools
from synthetic.streams import permuted

NUMBERS = permuted(5, "row", "applicant", rows=range(2_000), bits=ID_BITS).tolist()


@pytest.mark.parametrize("pool", ["male", "female", "last"])
def test_a_pool_holds_many_names_once_each(pool: str) -> None:
    names = getattr(name_pools(), pool)
    assert len(set(names)) == len(names) >= 50
    assert all(name.strip() == name and name for name in names)


def test_an_applicant_always_has_the_same_name() -> None:
    assert given_name(123, "female") == given_name(123, "female")
    assert len({given_name(number, "male") for number in NUMBERS}) > 500


@pytest.mark.parametrize("sex", ["male", "female"])
def test_a_name_comes_from_the_pools_of_the_sex_in_the_papers(sex: str) -> None:
    pools = name_pools()
    for number in NUMBERS[:200]:
        first, last = given_name(number, sex).rsplit(" ", 1)
        assert first in getattr(pools, sex)
        assert last in pools.last


def test_first_and_last_names_are_drawn_apart() -> None:
    """Knowing one does not give the other: most last names go with several first names."""
    pairs = {tuple(given_name(number, "male").rsplit(" ", 1)) for number in NUMBERS}
    lasts = [last for _, last in pairs]
    assert np.mean([lasts.count(last) for last in set(lasts)]) > 3
