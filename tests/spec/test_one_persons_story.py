"""One person's story can be told: what is so, what was said, what is on file, and why they differ.

A trainer shows a class what it could not have seen. The story is the files' own: it agrees, cell by cell, with what
was drawn, and it can be told only by who holds the sealed truth.
"""

import json
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from console.screened import PATTERNS, POLICY, ROUTES, THRESHOLDS
from console.words import words
from dossier.dossiers import Dossiers
from dossier.fields import MISSING, NOT_APPLICABLE, fields
from dossier.recommendations import Recommendation
from dossier.stages import STAGE_LABELS
from dossier.tables import MARK
from dossier.truth import Truth
from synthetic.cohort import dossiers_of, plan_for, truth_of
from synthetic.compile import compile_world, labels_of
from synthetic.draw import Drawn
from synthetic.entities import LINKS
from synthetic.modules import released_modules
from synthetic.scenarios import load_scenario
from synthetic.world import STORY, STORY_LABELS, World
from tests.unit.console.terminal import OK, SCENARIO, json_of, refusal, saring

SIZE, SEED = 1500, 4
PART = "part-00000.parquet"
MEND = "\n    To mend it: "


@dataclass(frozen=True)
class Told:
    """A cohort on disk as a run would keep it, and the same rows drawn in memory."""

    run: Path
    world: World
    drawn: Drawn

    @property
    def cohort(self) -> Path:
        return self.run / "cohort"

    @property
    def dossiers(self) -> Dossiers:
        return dossiers_of(self.drawn)

    @property
    def truth(self) -> Truth:
        return truth_of(self.world, self.drawn)

    def applicant(self, row: int) -> int:
        return int(self.drawn.applicants[row])

    def rows(self, truth_class: str) -> list[int]:
        labels = [kind.truth_class.label for kind in self.world.kinds]
        return [row for row, kind in enumerate(self.drawn.kinds) if labels[kind] == truth_class]

    def story(self, row: int, *words: object) -> dict[str, Any]:
        return json_of("show", "applicant", self.run, "--applicant", self.applicant(row), *words)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    run = tmp_path_factory.mktemp("stories") / "run"
    json_of("draw", SCENARIO, "--n", SIZE, "--seed", SEED, "--out", run / "cohort")
    world = compile_world(load_scenario(SCENARIO))
    drawn = plan_for(world, SIZE, SEED).draw(range(SIZE))
    made = Told(run, world, drawn)
    write_screened(made)
    return made


def write_screened(told: Told) -> None:
    """Write what a screener would: every third dossier is flagged, from the interview on."""
    flagged = np.arange(SIZE) % 3 == 0
    risk = {stage: np.where(flagged & (stage != "counter"), 1.0, -1.0) for stage in STAGE_LABELS}
    columns = {
        "applicant": pa.array(told.drawn.applicants),
        **{f"risk_{stage}": pa.array(values) for stage, values in risk.items()},
        "recommendation": pa.array(np.where(flagged, "refer", "proceed")).dictionary_encode(),
        "resembles": pa.array(["online_scam"] * SIZE).dictionary_encode(),
        "agency": pa.array(["police" if flag else None for flag in flagged]).dictionary_encode(),
        "grounds": pa.array(["by_rule" if flag else None for flag in flagged]).dictionary_encode(),
        "rules": pa.array([""] * SIZE),
    }
    marks = {MARK: b"true", THRESHOLDS: json.dumps(dict.fromkeys(STAGE_LABELS, 0)).encode()}
    marks |= {PATTERNS: b'["online_scam"]', ROUTES: b'["by_rule"]', POLICY: b"saring-2026"}
    table = pa.table(columns).replace_schema_metadata(marks)
    (told.run / "screened").mkdir()
    pq.write_table(table, told.run / "screened" / PART)


def some_rows(told: Told) -> list[int]:
    """Return rows of every truth class, and of every story that somebody tells."""
    rows = [row for label in ("victim", "irregular", "lawful", "facilitator") for row in told.rows(label)[:6]]
    for code in range(len(STORY_LABELS)):
        rows += np.flatnonzero(told.drawn.hidden[STORY] == code)[:4].tolist()
    return rows


def label(field: str, code: int) -> str:
    return "not applicable" if code == NOT_APPLICABLE else fields()[field].bin_labels[code]


def on_file(field: str, value: int) -> str:
    match value:
        case -1:
            return "missing"
        case -2:
            return "not applicable"
        case _:
            return f"{value:,}" if fields()[field].is_number else fields()[field].codes[value]


# --- it is the files' own ---------------------------------------------------------------------------


def test_the_three_layers_are_those_that_were_drawn(told: Told) -> None:
    assert (MISSING, NOT_APPLICABLE) == (-1, -2)
    for row in some_rows(told):
        for answer in told.story(row)["answers"]:
            name = answer["field"]
            assert answer["truth"] == label(name, told.drawn.truth[name][row])
            assert answer["declared"] == label(name, told.drawn.declared[name][row])
            assert answer["observed"] == on_file(name, int(told.dossiers.columns[name][row]))


def test_every_difference_has_a_cause_and_nothing_else_has(told: Told) -> None:
    drawn = told.drawn
    for row in some_rows(told):
        for answer in told.story(row)["answers"]:
            name = answer["field"]
            layers = [int(layer[name][row]) for layer in (drawn.truth, drawn.declared, drawn.observed)]
            differences = (layers[0] != layers[1]) + (layers[1] != layers[2])
            assert len(answer["mechanisms"]) == differences, (name, layers)


def test_the_truth_is_told_with_tier_and_hidden_variables(told: Told) -> None:
    for row in some_rows(told):
        story, truth = told.story(row), told.truth
        tier = int(truth.tier[row])
        assert story["module"] == truth.modules[truth.module[row]]
        assert story["tier"] == (truth.tiers[tier] if tier >= 0 else None)
        assert story["hidden"]["story"] == STORY_LABELS[told.drawn.hidden[STORY][row]]
        assert set(story["hidden"]) == {"means", "preparation", "story"}


def test_a_cover_story_explains_changes_only_of_those_who_tell_one(told: Told) -> None:
    for row in some_rows(told):
        story = told.story(row)
        causes = {cause for answer in story["answers"] for cause in answer["mechanisms"]}
        assert "cover_story" not in causes or story["hidden"]["story"] == "cover"
        assert "coached_lie" not in causes or story["hidden"]["story"] != "unaware"


def test_network_mates_are_counted(told: Told) -> None:
    sizes = Counter(told.drawn.network.tolist())
    for row in some_rows(told):
        network = int(told.drawn.network[row])
        assert told.story(row)["mates"] == (sizes[network] - 1 if network >= 0 else None)


def test_whoever_shares_is_counted_by_what_they_truly_are(told: Told) -> None:
    labels = [kind.truth_class.label for kind in told.world.kinds]
    shared_by_somebody = 0
    for row in some_rows(told):
        found = {one["kind"]: one for one in told.story(row)["shared"]}
        for field, kind in LINKS.items():
            actors = told.drawn.actors[field]
            if actors[row] < 0:
                assert kind not in found
                continue
            others = [o for o in np.flatnonzero(actors == actors[row]) if o != row]
            assert found[kind]["others"] == Counter(labels[told.drawn.kinds[o]] for o in others)
            assert found[kind]["n_others"] == len(others)
            shared_by_somebody += len(others) > 0
    assert shared_by_somebody


def test_days_are_dates_of_the_scenarios_year(told: Told) -> None:
    columns = told.dossiers.columns
    year = load_scenario(SCENARIO).scenario.year
    for row in some_rows(told):
        story = told.story(row)
        applied = date(year, 1, 1) + timedelta(days=int(columns["application_day"][row]) - 1)
        days = int(columns["days_to_departure"][row])
        assert story["application_date"] == applied.isoformat()
        departs = (applied + timedelta(days=days)).isoformat() if days >= 0 else None
        assert story["departure_date"] == departs


# --- what the screener made of it ---------------------------------------------------------------------


def test_a_run_tells_what_its_screener_recommended(told: Told) -> None:
    flagged, unflagged = told.story(0)["recommended"], told.story(1)["recommended"]
    assert flagged["recommendation"] == Recommendation.REFER.label
    assert flagged["agency"] == "police"
    assert list(flagged["flagged_at"]) == ["interview", "verification", "checkpoint"]
    assert unflagged["recommendation"] == "proceed"
    assert (unflagged["agency"], list(unflagged["flagged_at"])) == (None, [])


def test_a_cohort_of_a_run_can_be_named_itself(told: Told) -> None:
    by_cohort = json_of("show", "applicant", told.cohort, "--applicant", told.applicant(0))
    assert by_cohort == told.story(0)


def test_a_cohort_without_a_run_has_no_recommendation(told: Told, tmp_path: Path) -> None:
    shutil.copytree(told.cohort, tmp_path / "alone")
    story = json_of("show", "applicant", tmp_path / "alone", "--applicant", told.applicant(0))
    assert story["recommended"] is None


# --- people read it ------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "id"])
def test_the_page_tells_who_is_so_and_what_differs(
    language: str, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    for row in some_rows(told)[:12]:
        result = saring(
            "show", "applicant", told.run, "--applicant", told.applicant(row), "--language", language
        )
        assert result.exit_code == OK
        story, page = told.story(row), result.stdout
        title = released_modules()[story["module"]][0].module.title.in_language(language)  # type: ignore[arg-type]
        say = {key: text.in_language(language) for key, text in words()["class"].items()}  # type: ignore[arg-type]
        assert f"{told.applicant(row):016d}" in page
        assert ("Simulated" if language == "en" else "Simulasi") in page
        assert title in page
        assert say[story["truth_class"]] in page
        labels = {f.name: f.label.in_language(language) for f in fields().values()}  # type: ignore[arg-type]
        for answer in story["answers"]:
            told_of = any(line.startswith(labels[answer["field"]]) for line in page.splitlines())
            assert told_of or not answer["mechanisms"]


@pytest.mark.parametrize("columns", [80, 120])
def test_the_page_fits_the_screen(columns: int, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    for row in some_rows(told)[:12]:
        page = saring("show", "applicant", told.run, "--applicant", told.applicant(row)).stdout
        body = page.split("\n", 2)[2]
        assert max(len(line) for line in body.splitlines()) <= columns


def test_the_page_says_that_it_holds_the_answer_unless_it_is_to_be_quiet(told: Told) -> None:
    who = ("show", "applicant", told.run, "--applicant", told.applicant(0))
    assert "Let the class decide first" in saring(*who).stdout
    assert "Let the class decide first" not in saring(*who, "--quiet").stdout


def test_both_languages_have_the_same_places() -> None:
    for part in words().values():
        for text in part.values():
            assert text.en.count("{") == text.id.count("{")
            places = [{p.split("}")[0] for p in side.split("{")[1:]} for side in (text.en, text.id)]
            assert places[0] == places[1], text


# --- only by who holds the truth -----------------------------------------------------------------------


def test_observed_dossiers_alone_have_no_story(told: Told, tmp_path: Path) -> None:
    shutil.copytree(told.cohort / "observed", tmp_path / "handed_out" / "observed")
    for folder in (tmp_path / "handed_out", tmp_path / "handed_out" / "observed"):
        said = refusal("show", "applicant", folder, "--applicant", told.applicant(0))
        assert "there is no sealed truth here" in said
        assert MEND in said


def test_the_truth_alone_has_no_story_either(told: Told, tmp_path: Path) -> None:
    shutil.copytree(told.cohort / "truth", tmp_path / "apart" / "truth")
    said = refusal("show", "applicant", tmp_path / "apart", "--applicant", told.applicant(0))
    assert "do not stand beside the sealed truth" in said
    assert MEND in said


@pytest.mark.parametrize("number", [1, 0, -5, 10**15, 2**70])
def test_an_unknown_number_is_answered_with_where_numbers_stand(number: int, told: Told) -> None:
    said = refusal("show", "applicant", told.run, "--applicant", number)
    assert f"there is no applicant {number} in this cohort" in said
    assert "column 'applicant'" in said
    assert "typology." in said


def test_a_missing_number_is_answered_with_some(told: Told) -> None:
    said = refusal("show", "applicant", told.run)
    assert said.startswith("saring: --applicant: which applicant?")
    example = next(word for word in said.split() if word.isdigit() and len(word) == 16)
    assert json_of("show", "applicant", told.run, "--applicant", example)["truth_class"] == "victim"


# --- and only as long as the files are those that were drawn ---------------------------------------------

LAYERS = (
    "observed",
    *(f"truth/{name}" for name in ("truth", "fields", "declared", "hidden", "mechanisms", "edges")),
)
Change = Callable[[pa.Table], pa.Table]


@pytest.fixture
def copied(told: Told, tmp_path: Path) -> Path:
    """Return a copy of the cohort that may be harmed."""
    shutil.copytree(told.cohort, tmp_path / "copied")
    return tmp_path / "copied"


def vouch_again(cohort: Path) -> None:
    """Let the manifests vouch for whatever stands there now, as somebody who meant harm would."""
    for folder, name in ((cohort, "observed"), (cohort / "truth", "truth")):
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        files = sorted((cohort / name).rglob("*.parquet"))
        manifest["files"] = {str(f.relative_to(cohort)): sha256(f.read_bytes()).hexdigest() for f in files}
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def rewrite(file: Path, change: Change) -> None:
    table = pq.read_table(file)
    pq.write_table(change(table).replace_schema_metadata(table.schema.metadata), file)


def refused(cohort: Path, told: Told) -> str:
    """Return what is said of a harmed cohort: a mend, and none of the words of Python or its libraries."""
    said = refusal("show", "applicant", cohort, "--applicant", told.applicant(0))
    assert MEND in said
    for word in (
        "Error",
        "NoneType",
        "Input should",
        "FieldRef",
        "Expecting",
        "Invalid",
        "'int'",
        "space that is",
    ):
        assert word not in said
    return said


@pytest.mark.parametrize("layer", LAYERS)
def test_a_file_that_the_manifest_does_not_vouch_for_is_refused(layer: str, copied: Path, told: Told) -> None:
    """Even one that says the same, in other bytes."""
    rewrite(copied / layer / PART, lambda table: table)
    said = refused(copied, told)
    assert said.startswith(f"saring: {copied / layer / PART}: this is not the file that the manifest names")


@pytest.mark.parametrize("layer", LAYERS)
def test_a_file_that_the_manifest_names_must_be_there(layer: str, copied: Path, told: Told) -> None:
    (copied / layer / PART).unlink()
    said = refused(copied, told)
    assert said.startswith(f"saring: {copied / layer / PART}: this file is not there")


def test_a_part_that_nobody_vouches_for_holds_nobody(copied: Path, told: Told, tmp_path: Path) -> None:
    """The people of a file that was laid beside the others are not of this cohort."""
    json_of("draw", SCENARIO, "--n", 200, "--seed", SEED + 1, "--out", tmp_path / "other")
    for layer in LAYERS:
        shutil.copy(tmp_path / "other" / layer / PART, copied / layer / "part-00001.parquet")
    stranger = pq.read_table(tmp_path / "other" / "observed" / PART)["applicant"][0].as_py()
    assert f"no applicant {stranger}" in refusal("show", "applicant", copied, "--applicant", stranger)
    assert (
        json_of("show", "applicant", copied, "--applicant", told.applicant(0))["shared"]
        == told.story(0)["shared"]
    )


def test_a_layer_of_another_cohort_is_refused(copied: Path, told: Told, tmp_path: Path) -> None:
    json_of("draw", SCENARIO, "--n", SIZE, "--seed", SEED + 1, "--out", tmp_path / "other")
    for layer in ("observed", "truth/fields", "truth/declared", "truth/hidden", "truth/mechanisms"):
        before = (copied / layer / PART).read_bytes()
        shutil.copy(tmp_path / "other" / layer / PART, copied / layer / PART)
        vouch_again(copied)
        said = refused(copied, told)
        assert "of another cohort than" in said
        assert str(copied / layer / PART) in said
        (copied / layer / PART).write_bytes(before)


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("harm", ["cut", "junk", "unmarked", "without people", "empty"])
def test_a_damaged_file_is_named(layer: str, harm: str, copied: Path, told: Told) -> None:
    file = copied / layer / PART
    match harm:
        case "cut":
            file.write_bytes(file.read_bytes()[:400])
        case "junk":
            file.write_bytes(b"\x00\xff" * 500)
        case "empty":
            file.write_bytes(b"")
        case "without people":
            rewrite(file, lambda table: table.drop_columns(["applicant"]))
        case _:
            pq.write_table(pq.read_table(file).replace_schema_metadata(None), file)
    vouch_again(copied)
    assert str(file) in refused(copied, told)


COLUMNS = {
    "truth/truth": ["truth_class", "module", "tier", "network"],
    "truth/fields": ["sex"],
    "truth/declared": ["sex"],
    "truth/mechanisms": ["mechanism"],
    "truth/edges": ["kind", "actor"],
    "observed": ["sex"],
}


@pytest.mark.parametrize(
    ("layer", "column"), [(layer, one) for layer, all_ in COLUMNS.items() for one in all_]
)
def test_a_column_that_is_gone_is_named(layer: str, column: str, copied: Path, told: Told) -> None:
    rewrite(copied / layer / PART, lambda table: table.drop_columns([column]))
    vouch_again(copied)
    said = refused(copied, told)
    assert f"{copied / layer / PART}: the column '{column}' is missing" in said


def with_word(column: str, word: str | None) -> Change:
    """Return a change that writes one word into a whole column."""

    def change(table: pa.Table) -> pa.Table:
        at = table.column_names.index(column)
        return table.set_column(at, column, pa.array([word] * len(table), pa.string()).dictionary_encode())

    return change


UNKNOWN = [
    *(("truth/truth", column) for column in ("truth_class", "module", "tier")),
    *(("truth/hidden", column) for column in ("means", "preparation", "story")),
    ("truth/fields", "sex"),
    ("truth/declared", "sex"),
    ("truth/mechanisms", "mechanism"),
]


@pytest.mark.parametrize(("layer", "column"), UNKNOWN)
def test_a_word_that_nobody_knows_is_refused_before_anything_is_told(
    layer: str, column: str, copied: Path, told: Told
) -> None:
    rewrite(copied / layer / PART, with_word(column, "moonstruck"))
    vouch_again(copied)
    row = next(r for r in told.rows("victim") if any(a["mechanisms"] for a in told.story(r)["answers"]))
    said = refusal("show", "applicant", copied, "--applicant", told.applicant(row))
    assert f"{copied / layer / PART}: unknown word 'moonstruck' in the column '{column}'" in said


@pytest.mark.parametrize("column", ["truth_class", "module"])
def test_everybody_is_somebody(column: str, copied: Path, told: Told) -> None:
    rewrite(copied / "truth/truth" / PART, with_word(column, None))
    vouch_again(copied)
    assert f"the column '{column}' is empty" in refused(copied, told)


def test_what_others_truly_are_is_checked_too(copied: Path, told: Told) -> None:
    row = next(r for r in told.rows("victim") if any(one["others"] for one in told.story(r)["shared"]))

    def only_others(table: pa.Table) -> pa.Table:
        known = table["truth_class"].to_pylist()
        words = [word if at == row else "moonstruck" for at, word in enumerate(known)]
        at = table.column_names.index("truth_class")
        return table.set_column(at, "truth_class", pa.array(words).dictionary_encode())

    rewrite(copied / "truth/truth" / PART, only_others)
    vouch_again(copied)
    said = refusal("show", "applicant", copied, "--applicant", told.applicant(row))
    assert "unknown word 'moonstruck'" in said


@pytest.mark.parametrize(("language", "said"), [("en", "not recorded"), ("id", "tidak tercatat")])
def test_hidden_variables_that_a_cohort_does_not_keep_are_said_to_be_lacking(
    language: str, said: str, copied: Path, told: Told
) -> None:
    """Older cohorts keep none."""
    shutil.rmtree(copied / "truth" / "hidden")
    vouch_again(copied)
    who = ("show", "applicant", copied, "--applicant", told.applicant(0))
    assert json_of(*who)["hidden"] == {"means": None, "preparation": None, "story": None}
    lines = [line.split() for line in saring(*who, "--language", language).stdout.splitlines()]
    names = [words()["so"][name].in_language(language) for name in ("means", "preparation", "story")]  # type: ignore[arg-type]
    for name in names:
        assert [name, *said.split()] in lines


def test_one_hidden_variable_may_be_lacking(copied: Path, told: Told) -> None:
    rewrite(copied / "truth/hidden" / PART, lambda table: table.drop_columns(["means"]))
    vouch_again(copied)
    found = json_of("show", "applicant", copied, "--applicant", told.applicant(0))["hidden"]
    assert found == {**told.story(0)["hidden"], "means": None}


def test_every_hidden_label_has_words() -> None:
    for name in ("means", "preparation", "story"):
        assert set(words()[name]) == set(labels_of(name))


MANIFESTS: dict[str, Any] = {
    "a year that no calendar has": {"year": 99999},
    "a year before all calendars": {"year": -5},
    "the last year there is": {"year": 9999},
    "a year in words": {"year": "soon"},
    "a step of difficulty that is none": {"difficulty": 77},
    "levers that are none": {"levers": 5},
    "modules that are none": {"modules": ["x"]},
    "a scenario that is none": {"scenario": None},
    "a base rate that cannot be": {"base_rate": 7},
    "a stage that is none": {"stage": "moon"},
    "files that are none": {"files": [1]},
    "files elsewhere": {"files": {"../truth/truth/x.parquet": "00"}},
    "no file": {"files": {}},
}


@pytest.mark.parametrize("change", MANIFESTS.values(), ids=MANIFESTS)
def test_a_manifest_that_cannot_be_is_refused(change: dict[str, Any], copied: Path, told: Told) -> None:
    path = copied / "truth" / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **change}), encoding="utf-8")
    said = refused(copied, told)
    assert str(path) in said
    assert next(iter(change)) in said


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "\x00", "[" * 100_000], ids=range(6))
@pytest.mark.parametrize("folder", [".", "truth"])
def test_a_manifest_that_is_no_manifest_is_refused(text: str, folder: str, copied: Path, told: Told) -> None:
    (copied / folder / "manifest.json").write_text(text, encoding="utf-8")
    assert str(copied / folder / "manifest.json") in refused(copied, told)


def test_a_manifest_that_is_not_text_is_refused(copied: Path, told: Told) -> None:
    (copied / "truth" / "manifest.json").write_bytes(b"\xff\xfe{")
    assert str(copied / "truth" / "manifest.json") in refused(copied, told)


def test_a_cohort_without_its_public_manifest_is_refused(copied: Path, told: Told) -> None:
    (copied / "manifest.json").unlink()
    assert f"{copied / 'manifest.json'}: this file is not there" in refused(copied, told)


@pytest.mark.parametrize("column", ["recommendation", "agency", "grounds", "resembles"])
def test_a_screening_that_says_nothing_about_somebody_is_refused(
    column: str, told: Told, tmp_path: Path
) -> None:
    shutil.copytree(told.run, tmp_path / "run")
    file = tmp_path / "run" / "screened" / PART
    rewrite(file, with_word(column, None))
    assert str(file) in refused(tmp_path / "run", told)


def test_a_screening_of_other_people_is_refused(told: Told, tmp_path: Path) -> None:
    shutil.copytree(told.run, tmp_path / "run")
    file = tmp_path / "run" / "screened" / PART
    rewrite(file, lambda table: table.slice(1))
    assert f"{file}: this screening is of another cohort" in refused(tmp_path / "run", told)
