"""What was asked of a run, completed by what the run itself says where nothing was.

A number that cannot be means that the page shows what is usual, with the field's own message; a page is never
empty because of a typing error.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from console.web.workbench.forms import MOST_POINTS, SettingForm
from console.web.workbench.showing import stage_name
from console.workbench.costs import Setting
from console.workbench.points import Opened, opened
from console.workbench.runs import FinishedRun
from screening.evaluation.guarantee.tuning import defaults
from screening.evaluation.rates import PER
from screening.pathway_policy import pathway_policy

FOLLOWS: Final = "interview"
"""The stage whose officer-minutes a flag takes where nobody says otherwise: somebody talks with the
person at length."""


@dataclass(frozen=True)
class Asked:
    """What was asked of a run.

    Attributes:
        form: The setting, bound.
        kept: The operating points.
        step: Which of them.
        setting: What is taken for granted.
    """

    form: SettingForm
    kept: Opened
    step: int
    setting: Setting

    @property
    def values(self) -> dict[str, str]:
        """The same question, by the names of the fields."""
        return {name: str(self.form[name].value() or "") for name in self.form.fields}

    @property
    def query(self) -> str:
        """The same question, as the end of an address."""
        return urlencode(self.values)


def asked_of(run: FinishedRun, given: Mapping[str, str]) -> Asked:
    """Return what was asked.

    Args:
        run: The run.
        given: Values by the names of the fields; any may be missing.

    Raises:
        BadInput: If the run says nothing of any threshold.
    """
    wanted = hundredths(given.get("threshold"))
    kept = opened(run, given.get("stage"), *([] if wanted is None else [wanted]))
    own = own_threshold(run, kept)
    middle = kept.points.thresholds[len(kept.points.thresholds) // 2]
    usual = _usual(run, kept, middle if own is None else own)
    stages = [(stage, stage_name(stage)) for stage in kept.stages]
    form = SettingForm({name: given.get(name, value) for name, value in usual.items()}, stages=stages)
    valid = form if form.is_valid() else SettingForm(usual, stages=stages)
    valid.full_clean()
    threshold = round(100 * valid.cleaned_data["threshold"])
    return Asked(form, kept, kept.points.step(threshold), valid.setting())


def own_threshold(run: FinishedRun, kept: Opened) -> int | None:
    """Return the run's own threshold in hundredths; None at another stage than its headline stage."""
    return round(100 * run.facts.threshold) if kept.points.stage == run.facts.stage else None


def hundredths(text: str | float | None) -> int | None:
    """Return log-odds as whole hundredths; None for what is none."""
    try:
        found = float(text if text is not None else "")
    except ValueError:
        return None
    return round(100 * found) if abs(found) <= MOST_POINTS else None


def _usual(run: FinishedRun, kept: Opened, threshold: int) -> dict[str, str]:
    """Return what is asked where nobody asked: the run's own promise and base rate, and no capacity."""
    facts = run.facts
    max_miss = facts.certificate.terms.max_miss or defaults().max_miss
    return {
        "stage": kept.points.stage,
        "threshold": f"{threshold / 100:.2f}",
        "max_miss": f"{100 * max_miss:g}",
        "victims": f"{PER * facts.share_of_victims:.4g}",
        "minutes": str(pathway_policy().stage[FOLLOWS].minutes),
        "hours": "",
        "applicants": "",
    }
