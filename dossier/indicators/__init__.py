"""The one table of all indicators, gathered from the themed modules beside it.

Rules, cards, the data dictionary and the classroom all take their indicators from here, by name.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import ModuleType

from dossier.indicators import documents, interview, offer, people, travel
from dossier.indicators.registry import Indicator
from dossier.problems import BadInput
from dossier.texts import Text
from dossier.toml_files import Declared, read_toml, validated

_THEMES: tuple[ModuleType, ...] = (offer, documents, travel, people, interview)


class IndicatorText(Declared):
    """What users read about an indicator besides its English docstring."""

    title: Text
    explanation_id: str


@cache
def indicators() -> Mapping[str, Indicator]:
    """Return all indicators by name, in the order of their definition."""
    found = (value for theme in _THEMES for value in vars(theme).values() if isinstance(value, Indicator))
    return {indicator.name: indicator for indicator in found}


@cache
def indicator_texts() -> Mapping[str, IndicatorText]:
    """Return title and Indonesian explanation of every indicator, by name.

    Raises:
        BadInput: If `texts.toml` lacks an indicator or describes one that does not exist.
    """
    file = read_toml(Path(__file__).with_name("texts.toml"))
    texts = {name: validated(IndicatorText, file, entry, at=(name,)) for name, entry in file.data.items()}
    unmatched = sorted(set(texts) ^ set(indicators()))
    if unmatched:
        raise BadInput.of(f"indicators and texts do not match: {', '.join(unmatched)}", where=file.path.name)
    return texts
