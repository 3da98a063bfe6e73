"""The fidelity report: how good a simulated cohort is, without any real data to compare it with.

Targets met, the best that any screener could do, shortcuts, networks, drift, the mechanism log, the
parameters that matter and the grades of all numbers. It examines the generator only. It says nothing about
real people, and a target that is met is calibration, never validation.
"""

from synthetic.fidelity.page import write
from synthetic.fidelity.report import Fidelity, examine, steps

__all__ = ["Fidelity", "examine", "steps", "write"]
