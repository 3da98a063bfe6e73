"""Run by SDV's own interpreter: fits a Gaussian copula to rows from stdin, samples, and says how long.

It imports nothing of saring. Time is the processor's.
"""

import json
import sys
import time
import warnings
from typing import Any

import pandas as pd
import sdv
from sdv.metadata import Metadata
from sdv.single_table import GaussianCopulaSynthesizer


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """Return version and seconds; `rows` holds columns by name, `sample` and `repeats` are numbers."""
    table = pd.DataFrame(question["rows"])
    kinds = {name: {"sdtype": kind} for name, kind in question["kinds"].items()}
    metadata = Metadata.load_from_dict({"tables": {"applicants": {"columns": kinds}}})
    synthesizer = GaussianCopulaSynthesizer(metadata)
    begin = time.process_time()
    synthesizer.fit({"applicants": table})
    fitting, sampling = time.process_time() - begin, []
    for _ in range(question["repeats"]):
        begin = time.process_time()
        sampled = synthesizer.sample(question["sample"])
        sampling.append(time.process_time() - begin)
    assert len(sampled["applicants"]) == question["sample"]
    return {
        "version": sdv.__version__,
        "pandas": pd.__version__,
        "columns": len(table.columns),
        "fitted_on": len(table),
        "fit_s": fitting,
        "sampled": question["sample"],
        "sample_s": sampling,
    }


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    json.dump(answer(json.load(sys.stdin)), sys.stdout)
