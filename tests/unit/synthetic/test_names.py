"""Names: pinned, the same for the same applicant, and telling nothing."""

import numpy as np
import pytest

from synthetic.draw import ID_BITS
from synthetic.names import given_name, name_pools
from synthetic.streams import permuted

NUMBERS = permuted(5, "row", "applicant", rows=range(2_000), bits=ID_BITS).tolist()


@pytest.mark.parametrize("sex", ["male", "female"])
@pytest.mark.parametrize(("pool", "fewest"), [("first", 50), ("last", 30)])
def test_a_pool_holds_many_names_once_each(pool: str, fewest: int, sex: str) -> None:
    names = getattr(name_pools(), pool)(sex)
    assert len(set(names)) == len(names) >= fewest
    assert all(name.strip() == name and name for name in names)


def test_an_applicant_always_has_the_same_name() -> None:
    assert given_name(123, "female") == given_name(123, "female")
    assert len({given_name(number, "male") for number in NUMBERS}) > 500


@pytest.mark.parametrize("sex", ["male", "female"])
def test_a_name_comes_from_the_pools_of_the_sex_in_the_papers(sex: str) -> None:
    pools = name_pools()
    for number in NUMBERS[:200]:
        first, last = given_name(number, sex).rsplit(" ", 1)
        assert first in pools.first(sex)
        assert last in pools.last(sex)


def test_no_last_name_is_of_one_sex_and_of_the_other() -> None:
    pools = name_pools()
    kinds = [set(names) for names in (pools.last_male, pools.last_female, pools.last_either)]
    assert len(set.union(*kinds)) == sum(map(len, kinds))


def test_first_and_last_names_are_drawn_apart() -> None:
    """Knowing one does not give the other: most last names go with several first names."""
    pairs = {tuple(given_name(number, "male").rsplit(" ", 1)) for number in NUMBERS}
    lasts = [last for _, last in pairs]
    assert np.mean([lasts.count(last) for last in set(lasts)]) > 3
