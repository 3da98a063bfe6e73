"""Example dossiers of the report: sentences, honest explanations and what would have changed it, as they stand."""

import json
import re
from functools import cache
from typing import Any

import numpy as np
import pytest

from console.examples import explained_json
from dossier.fields import fields
from dossier.recommendations import Recommendation
from dossier.stages import Stage
from screening.evaluation.pages.html_examples import examples, field_labels
from screening.evaluation.pages.html_report import page
from screening.evaluation.texts import Said
from tests.unit.screening.desks import assessment, cohort, screener
from tests.web.report_sample import sample, without_sentences


@cache
def explained() -> str:
    row = int(np.flatnonzero(assessment(Stage.VERIFICATION).recommendation == Recommendation.INTERVIEW)[3])
    return json.dumps(explained_json(screener(), cohort().dossiers, row, Stage.VERIFICATION))


def content() -> dict[str, Any]:
    """Return the sample of a report with one dossier that was explained by the released screener."""
    whole = sample()
    whole["examples"] = [{**whole["examples"][0], "explanation": json.loads(explained())}]
    return whole


def test_each_step_is_the_sentence_of_its_reason_with_its_honest_explanation() -> None:
    (example,) = examples(content())
    found = json.loads(explained())
    assert example.adds_up
    for step, reason in zip(example.steps[1:-1], found["reasons"], strict=True):
        assert step.what == Said(**reason["sentence"])
        assert list(step.innocent) == [Said(**one) for one in reason["innocent"]]
        assert bool(step.detail) == (reason["kind"] in ("indicator", "rule"))


@pytest.mark.parametrize("language", ["en", "id"])
def test_the_page_says_all_of_it_in_both_languages(language: str) -> None:
    found = json.loads(explained())
    said = re.sub(r"\s+", " ", page(content()))
    sentences = [one["sentence"] for one in (*found["reasons"], *found["what_if"])]
    sentences += [change["how"] for one in found["what_if"] for change in one["nearest"][0]["changes"]]
    for sentence in sentences:
        assert sentence[language].replace("'", "&#39;") in said
    assert "people decide" in said
    assert "manusia memutuskan" in said


def test_fields_are_called_by_their_label_also_in_an_older_evaluation() -> None:
    label = fields()["debt"].label
    assert (
        field_labels(["debt", {"field": "debt", "label": label.model_dump()}])
        == [Said(label.en, label.id)] * 2
    )


def test_an_evaluation_from_before_there_were_sentences_can_still_be_read() -> None:
    older = without_sentences(sample())
    assert page(older)
    for example in examples(older):
        assert all(step.what.en for step in example.steps)
        assert all(not step.innocent for step in example.steps)
