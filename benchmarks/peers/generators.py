"""Two ways in which synthetic people are commonly made: Faker row by row, and SDV's Gaussian copula.

Faker makes a record like ours: name, address, birth date, job, telephone and passport number, a choice for
every field with codes and a whole number for every other. SDV learns the columns of three thousand of our
rows and samples them; it has a virtual environment of its own, because it wants hundreds of packages. Where
one is not to be had, that is said and its row is left out.
"""

import json
import os
import statistics
import subprocess
import sys
import venv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.peers.measuring import median_seconds, version_of
from dossier.dossiers import Dossiers
from dossier.fields import fields

WORKER = Path(__file__).with_name("sdv_worker.py")
NEEDS = ("sdv>=2,<3",)


def faker_beside(rows: int, repeats: int) -> dict[str, Any] | None:
    """Return the seconds that Faker takes for `rows` records; None where it is not installed."""
    version = version_of("Faker")
    if version is None:
        return None
    from faker import Faker  # noqa: PLC0415

    fake = Faker("id_ID")
    Faker.seed(1)
    choices = {name: field.codes for name, field in fields().items() if not field.is_number}
    numbers = {name: (f.edges[0], f.upper) for name, f in fields().items() if f.is_number}

    def record() -> dict[str, Any]:
        told = {
            "name": fake.name(),
            "address": fake.address(),
            "birth_date": fake.date_of_birth(),
            "job": fake.job(),
            "phone": fake.phone_number(),
            "passport": fake.passport_number(),
        }
        told |= {name: fake.random_element(codes) for name, codes in choices.items()}
        return told | {name: fake.random_int(*ends) for name, ends in numbers.items()}

    record()
    seconds = median_seconds(lambda: [record() for _ in range(rows)], repeats)
    return {
        "version": version,
        "rows": rows,
        "entries": len(record()),
        "seconds": seconds,
        "us_per_row": 1e6 * seconds / rows,
    }


def sdv_beside(folder: Path, people: Dossiers, sample: int, repeats: int) -> dict[str, Any] | None:
    """Return what SDV takes for a row, after it learned from `people`; None where it is not to be had.

    Args:
        folder: Its virtual environment, which is made if it is not there.
        people: Rows of ours.
        sample: Rows that it samples.
        repeats: How often; the median counts.
    """
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *NEEDS], check=False)
    if not python.exists() or subprocess.run([python, "-c", "import sdv"], check=False).returncode:
        print("sdv is not there; its row is left out", file=sys.stderr)
        return None
    question = {"rows": _columns(people), "kinds": _kinds(), "sample": sample, "repeats": repeats}
    single = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    done = subprocess.run(
        [python, WORKER],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **single},
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    seconds = statistics.median(found["sample_s"])
    return {**found, "sample_s": seconds, "us_per_row": 1e6 * seconds / sample}


def _kinds() -> Mapping[str, str]:
    return {name: "numerical" if field.is_number else "categorical" for name, field in fields().items()}


def _columns(people: Dossiers) -> dict[str, list[Any]]:
    """Return the columns as one would read them from a file: labels, numbers, and nothing where empty."""
    told: dict[str, list[Any]] = {}
    for name, values in people.columns.items():
        labels = None if fields()[name].is_number else fields()[name].codes
        read = values.tolist()
        told[name] = [None if v < 0 else v if labels is None else labels[v] for v in read]
    return told
