"""A work is named so that either reader knows what it is, and what cannot be named is an error that says how to mend it."""

import pytest

from console.materials.sources import origins, work_named, works_of
from dossier.problems import BadInput
from evidence import figure


def test_a_section_of_notes_gives_way_to_the_works_it_rests_on_each_once() -> None:
    works = works_of(["paper_002, Case Study", "handbook/evidence 3", "paper_002, Table 1"])
    assert [work.places for work in works] == [("Case Study", "Table 1"), (), ("Introduction",)]
    assert works[0].name.en.startswith("Marsya Safira; Made Fitri Maya Padmi: The Role of UNODC")


def test_our_own_description_is_said_in_both_languages() -> None:
    work = work_named("world_bank_2017")
    assert work.name.en == "Indonesia's workers abroad, 2016 to 2017. World Bank, 2017"
    assert work.name.id == "Pekerja Indonesia di luar negeri, 2016 sampai 2017. Bank Dunia, 2017"
    assert work.about is None


def test_a_name_stays_as_it_is_beside_a_line_for_readers_of_the_other_language() -> None:
    work = work_named("tempo_1887595")
    assert work.name.en == work.name.id
    assert work.named_in == "id"
    assert work.about is not None
    assert "3,703" in work.about.en


@pytest.mark.parametrize("reference", ["handbook/evidence 99", "nobody_2020, page 3"])
def test_a_reference_that_cannot_be_named_says_where_to_name_it(reference: str) -> None:
    with pytest.raises(BadInput, match=r"sources\.toml"):
        works_of([reference])


def test_a_computed_figure_comes_from_the_works_of_its_inputs() -> None:
    assert origins(figure("phnom_penh_2022_men")) == ("paper_002",)
    assert origins(figure("scam_victim_share")) == ("detik_8169803", "tempo_1887595")
