"""A module describes itself, and where its words point to notes that nobody can open, a page says others."""

from synthetic.descriptions import as_told, replaced_descriptions
from synthetic.modules import released_modules

NOTES = ("handbook", "buku pegangan")


def test_what_a_page_says_of_a_module_points_to_no_notes() -> None:
    said = [as_told(module.module).description for module, _ in released_modules().values()]
    assert [one for one in said for word in NOTES if word in f"{one.en} {one.id}".lower()] == []


def test_a_description_is_replaced_only_where_the_modules_own_points_to_notes() -> None:
    own = {key: released_modules()[key][0].module.description.en for key in replaced_descriptions()}
    assert own
    assert [key for key, words in own.items() if "handbook" not in words] == []


def test_every_other_module_is_told_as_it_describes_itself() -> None:
    heads = [module.module for module, _ in released_modules().values()]
    assert [head.id for head in heads if as_told(head) is not head] == sorted(replaced_descriptions())
