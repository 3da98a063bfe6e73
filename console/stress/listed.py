"""The stress tests there are, in the order in which they are run, and which of them take their time."""

from collections.abc import Callable
from dataclasses import dataclass

from console.stress import (
    adversary,
    backlog,
    coached,
    label_noise,
    left_out,
    missing,
    offices,
    prevalence,
    remix,
    single_point,
    tornado,
)
from console.stress.frame import Setting, StressTest
from dossier.problems import BadInput

ALL = "all"
OPTION = "--tests"


@dataclass(frozen=True)
class Listed:
    """One stress test.

    Attributes:
        name: What it is called on the command line and in files.
        test: The test.
        steps: How often it tells of its progress in a setting.
        is_slow: Whether it learns or simulates anew, and so is left out unless somebody asks for it.
    """

    name: str
    test: StressTest
    steps: Callable[[Setting], int]
    is_slow: bool = False


LISTED = (
    Listed("remix", remix.remix, remix.steps),
    Listed("prevalence", prevalence.prevalence, prevalence.steps),
    Listed("missing", missing.missing, missing.steps),
    Listed("single_point", single_point.single_point, single_point.steps),
    Listed("coached", coached.coached, coached.steps),
    Listed("offices", offices.offices, offices.steps),
    Listed("backlog", backlog.backlog, backlog.steps),
    Listed("adversary", adversary.adversary, adversary.adversary_steps, is_slow=True),
    Listed("left_out", left_out.left_out, left_out.steps, is_slow=True),
    Listed("label_noise", label_noise.label_noise, label_noise.steps, is_slow=True),
    Listed("retrain_loop", adversary.retrain_loop, adversary.retrain_loop_steps, is_slow=True),
    Listed("tornado", tornado.tornado, tornado.steps, is_slow=True),
)


def chosen_tests(names: str | None) -> tuple[Listed, ...]:
    """Return the tests that an option names, in the order in which they are listed.

    Args:
        names: Separated by commas; `all` for every one; None for those that take little time.

    Raises:
        BadInput: If there is none of a name, or a name stands twice.
    """
    if names is None:
        return tuple(one for one in LISTED if not one.is_slow)
    asked = [name.strip() for name in names.split(",")]
    known = [one.name for one in LISTED]
    if asked == [ALL]:
        return LISTED
    for name in asked:
        if name not in known:
            mend = f"Choose from: {', '.join(known)}; or all."
            raise BadInput.of(f"there is no stress test '{name}'", where=OPTION, mend=mend)
        if asked.count(name) > 1:
            raise BadInput.of(
                f"the stress test '{name}' stands here twice", where=OPTION, mend="Name it once."
            )
    return tuple(one for one in LISTED if one.name in asked)
