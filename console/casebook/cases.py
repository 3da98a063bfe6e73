"""A case: a dossier's content as an officer sees it, and its key; both plain JSON, in both languages.

Every text stands as `{"en": …, "id": …}`. The content has `name`, `applicant`, `passport_number`, two lines
`machine_line`, a `data_page` (`label`, `value`) and `tabs`, whose entries all name their `stage`: `form` and
`documents` (`theme`, `field`, `label`, `value`), `interview` (`field`, `question`, `answer`) and `timeline`
(`when`, `what`). All dossiers have the same entries in the same order; a page sends those of the stages that
a seat has opened.

The key has `truth_class`, `needs_protection`, `kind` (`id`, `title`, `family`, `lookalike_of`: the family
that a lookalike resembles), `tier`, `story`, `advice`, `groups` (`sex`, `age_band`, `online_offer`),
`indicators` (`present`, `absent` or `unknown` by name, with everything seen that the place has) and
`screener`: by what lies on the desk, such as `counter+interview`, its `recommendation`, `risk` (null where a
rule decided) and `explanation`, as the head of `console.examples` has it; what would have changed it stands
in that of the whole evidence only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Case:
    """One synthetic applicant for a class.

    Attributes:
        content: What lies on the desk.
        key: What was so, and what the screener says.
    """

    content: Mapping[str, Any]
    key: Mapping[str, Any]


class CaseMaker(Protocol):
    """Draws the cases of a sitting."""

    def __call__(
        self, scenario: str, place: str, blocks: Sequence[tuple[int, int]], seed: int
    ) -> Sequence[Sequence[Case]]:
        """Return the cases of each block.

        Args:
            scenario: Its name.
            place: `office` or `checkpoint`.
            blocks: For each block the number of dossiers, and of victims among 100.
            seed: Secret.
        """
