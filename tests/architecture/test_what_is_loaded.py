"""Nobody waits for what he does not use: which packages the commands load, and when.

Each command runs in a process of its own, on a small cohort.
"""

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = (
    "numpy",
    "pandas",
    "pyarrow",
    "sklearn",
    "scipy",
    "altair",
    "jinja2",
    "vl_convert",
    "distributed",
    "fsspec",
)

CALLED = """
import sys, time
started = time.process_time()
from console.cli import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
took = time.process_time() - started
loaded = [name for name in {heavy!r} if name in sys.modules]
print("loaded:", *loaded, "in", took, file=sys.stderr)
"""


def loaded_by(*words: str) -> tuple[set[str], float]:
    """Return which heavy packages a command has loaded by its end, and its processor time in seconds."""
    code = CALLED.format(heavy=HEAVY)
    result = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    said = next(line for line in result.stderr.splitlines() if line.startswith("loaded:"))
    names, _, took = said.removeprefix("loaded:").rpartition(" in ")
    return set(names.split()), float(took)


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("loaded") / "cohort"


def test_help_loads_nothing_heavy_and_takes_less_than_three_tenths_of_a_second() -> None:
    runs = [loaded_by("--help") for _ in range(3)]
    assert runs[0][0] == set()
    assert min(took for _, took in runs) < 0.3


def test_drawing_loads_numpy_and_arrow_and_no_more(cohort: Path) -> None:
    assert loaded_by("draw", "phnom_penh_2022", "--n", "300", "--out", str(cohort))[0] == {"numpy", "pyarrow"}


def test_screening_loads_no_estimators_and_draws_no_charts(cohort: Path) -> None:
    if not cohort.exists():
        loaded_by("draw", "phnom_penh_2022", "--n", "300", "--out", str(cohort))
    loaded, _ = loaded_by("screen", str(cohort), "--out", str(cohort.with_name("screened")))
    assert not loaded & {"sklearn", "altair", "vl_convert", "jinja2", "distributed"}


@pytest.mark.parametrize("module", ["console.rivals", "console.training", "console.pipeline"])
def test_the_yardsticks_bring_scikit_learn_along_only_when_they_are_trained(module: str) -> None:
    code = f"import sys, {module}; print([n for n in ('sklearn', 'altair', 'pandas') if n in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
