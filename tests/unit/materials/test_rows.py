"""Rows say what was decided, and what was right only where that may be told."""

from dataclasses import replace

from console.materials.columns import columns_of, columns_shown
from console.materials.records import full_evidence
from console.materials.rows import decision_row, dossier_row, field_values
from tests.unit.materials.samples import SITTING, decision, dossiers, with_truth


def test_a_row_has_a_value_for_every_declared_column_and_no_other() -> None:
    victim = dossiers()[0]
    assert list(decision_row(SITTING, decision(victim))) == list(columns_of("decisions"))
    row = dossier_row(SITTING, victim, [decision(victim)])
    assert [name for name in row if not name.startswith("field.")] == list(columns_of("dossiers"))


def test_without_an_answer_no_row_has_a_column_that_tells_one() -> None:
    hidden = dossiers(revealed=False)[0]
    rows = {
        "decisions": decision_row(SITTING, decision(hidden)),
        "dossiers": dossier_row(SITTING, hidden, []),
    }
    for table in ("decisions", "dossiers"):
        telling = {name for name, column in columns_of(table).items() if column.revealed}
        assert telling
        assert not telling & rows[table].keys()
        assert not telling & set(columns_shown(table, revealed=False, named=True))


def test_a_nickname_has_a_column_only_if_it_is_asked_for() -> None:
    assert "nickname" not in columns_shown("decisions", revealed=True, named=False)
    assert "nickname" in columns_shown("decisions", revealed=True, named=True)


def test_a_flag_is_right_on_a_victim_and_wrong_on_anybody_else() -> None:
    victim, _, lawful, _ = dossiers()
    said = [
        decision_row(SITTING, decision(one, action))["flag_was_right"]
        for one in (victim, lawful)
        for action in range(4)
    ]
    assert said == ["no", "no", "yes", "yes", "yes", "yes", "no", "no"]


def test_a_code_stands_beside_what_the_action_is_called() -> None:
    indonesian = replace(SITTING, language="id")
    row = decision_row(indonesian, decision(dossiers()[0], 1))
    assert (row["action"], row["action_title"]) == ("documents", "Lakukan documents")
    assert decision_row(SITTING, decision(dossiers()[0], 1))["action_title"] == "Do documents"
    told = dossier_row(indonesian, dossiers()[0], [])
    assert told["screener_title"] == f"Lakukan {told['screener_recommendation']}"


def test_an_irregular_traveller_who_is_interviewed_is_flagged_and_well_served() -> None:
    irregular = with_truth(dossiers()[0], "irregular")
    rows = [decision_row(SITTING, decision(irregular, action)) for action in range(4)]
    assert [row["verdict"] for row in rows] == ["outside", "right", "right", "wrong"]
    assert [row["flag"] for row in rows] == ["no", "no", "yes", "yes"]


def test_counts_are_of_the_first_round() -> None:
    victim = dossiers()[0]
    made = [decision(victim, 3), decision(victim, 0, seconds=10.0), decision(victim, 0, round=2)]
    row = dossier_row(SITTING, victim, made)
    assert (row["decisions"], row["proceed"], row["refer"], row["median_seconds"]) == (2, 1, 1, 42.6)


def test_fields_stand_in_the_language_that_is_asked_for_each_under_a_name_of_its_own() -> None:
    content = dossiers()[0].content
    assert field_values(content, "id")["field.f"] == "value 0 (id)"
    assert list(field_values(content, "en").values()) == [
        "value 0",
        "value 0",
        "from the registry",
        "My aunt.",
    ]


def test_all_evidence_at_the_office_leaves_out_the_day_of_departure() -> None:
    assert full_evidence("checkpoint") == "counter+interview+verification+checkpoint"
