"""The checklist: about thirty things to see, each said in both languages, and a reason for all that is left out."""

from console.casebook.checklist import checklist, checklist_names
from dossier.indicators import indicators
from dossier.stages import STAGE_LABELS
from screening.screener import released_rules


def test_about_thirty_indicators_can_be_ticked_and_each_once() -> None:
    names = checklist_names()
    assert 20 <= len(names) <= 30
    assert len(set(names)) == len(names)
    assert set(names) <= set(released_rules().indicators)


def test_every_item_is_said_in_both_languages_and_knows_its_stage() -> None:
    for theme in checklist():
        assert theme.title.en
        assert theme.title.id
        for item in theme.items:
            assert min(map(len, (item.title.en, item.title.id, item.explanation.en, item.explanation.id))) > 3
            assert "\n" not in item.explanation.en
            assert item.stage in STAGE_LABELS
            assert item.stage == indicators()[item.name].stage.label


def test_an_indicator_with_a_limit_says_from_which_number_on_it_holds() -> None:
    (item,) = [item for theme in checklist() for item in theme.items if item.name == "promised_pay_high"]
    assert item.explanation.en.endswith("Here that means from USD 1,000 per month.")
    assert item.explanation.id.endswith("Di sini artinya mulai dari US$1.000 per bulan.")
