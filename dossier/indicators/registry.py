"""How a plain function becomes an indicator.

An indicator is a pure three-valued reading of a dossier. Its arguments say what it reads: an argument named
after a field receives that field's column, and a keyword-only argument is a parameter whose value the
rulebook supplies, dated and sourced. Its docstring is what a trainee reads, in English; the title and the
Indonesian text stand in `texts.toml`.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from dossier.dossiers import Dossiers
from dossier.fields import fields
from dossier.findings import Findings
from dossier.stages import Stage

Reading: TypeAlias = Callable[..., Findings]


@dataclass(frozen=True)
class Indicator:
    """A named reading, with what it needs.

    Attributes:
        name: The function's name, which names the observation.
        theme: The module it stands in.
        reads: Names of the fields it reads.
        parameters: Names of the rulebook parameters it takes.
        explanation: The docstring: what a trainee reads.
        reading: The function.
    """

    name: str
    theme: str
    reads: tuple[str, ...]
    parameters: tuple[str, ...]
    explanation: str
    reading: Reading

    @property
    def stage(self) -> Stage:
        """The first stage at which all that it reads is visible."""
        return max(fields()[name].visible_from for name in self.reads)

    def read(self, dossiers: Dossiers, parameters: Mapping[str, float]) -> Findings:
        """Return the finding for each dossier.

        Args:
            dossiers: Must hold every field in `reads`.
            parameters: Must hold every name in `parameters`.

        Returns:
            Shape (n,), int8: absent, unknown or present.
        """
        columns = [dossiers[name] for name in self.reads]
        return self.reading(*columns, **{name: parameters[name] for name in self.parameters})


def indicator(reading: Reading) -> Indicator:
    """Declare `reading` as an indicator; for use as a decorator.

    Raises:
        TypeError: If an argument is neither a field nor keyword-only, or the docstring is missing.
    """
    arguments = inspect.signature(reading).parameters.values()
    reads = tuple(a.name for a in arguments if a.kind is not inspect.Parameter.KEYWORD_ONLY)
    strangers = [name for name in reads if name not in fields()]
    if strangers or not reading.__doc__:
        raise TypeError(f"indicator '{reading.__name__}': unknown fields {strangers} or no docstring")
    return Indicator(
        name=reading.__name__,
        theme=reading.__module__.rpartition(".")[2],
        reads=reads,
        parameters=tuple(a.name for a in arguments if a.kind is inspect.Parameter.KEYWORD_ONLY),
        explanation=inspect.cleandoc(reading.__doc__),
        reading=reading,
    )
