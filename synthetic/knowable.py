"""What can become known about a network: records and lists, never who somebody is.

The population says which fields those are; a scenario or a lever that names another is refused.
"""

import difflib
from collections.abc import Iterator, Mapping

from dossier.fields import fields
from dossier.problems import Problem
from dossier.toml_files import TomlFile
from synthetic.population import Known, load_population


def known_problems(known: Mapping[str, Known], file: TomlFile) -> Iterator[Problem]:
    """Yield fields that are no record or list, and codes that the field does not have.

    Args:
        known: How answers spread, by field, as the [known] of `file` says.
        file: The file, for the places.
    """
    allowed = load_population()[0].population.may_be_known
    for name, spread in known.items():
        if name not in allowed:
            near = difflib.get_close_matches(name, allowed, n=1)
            mend = f"Did you mean '{near[0]}'?" if near else f"Choose from: {', '.join(allowed)}."
            what = f"'{name}' is no record or list in which a network could become known"
            yield file.problem(what, ("known", name), mend)
        elif spread.code not in fields()[name].codes:
            codes = fields()[name].codes
            near = difflib.get_close_matches(spread.code, codes, n=1)
            mend = f"Did you mean '{near[0]}'?" if near else f"It has: {', '.join(codes)}."
            yield file.problem(f"'{name}' has no code '{spread.code}'", ("known", name, "code"), mend)
