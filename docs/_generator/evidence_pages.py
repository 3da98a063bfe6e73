"""The pages of evidence: every figure with its source, place and grade, every work, and the instruments."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import evidence
from docs._generator.markdown import Markdown, bullets, contents, facts, heading, link, page, prose, table
from docs._generator.sources import figure_links
from dossier.toml_files import read_toml
from evidence import Dimension, Figure, Instrument, Source

INTRODUCTION = """\
Every published figure that saring knows, once. The grade says how far it can be trusted: **A** primary
data opened, **B** paper or official page read in full, **C** excerpt, press or second hand, **D**
doubtful. Where sources disagree, both figures stand and say so."""

FOLDER = Path(evidence.__file__).with_name("figures")


def evidence_pages() -> dict[str, str]:
    """Return a page for each file of figures, one of sources, one of instruments, and one that lists them."""
    themes = _themes()
    listing = page(
        heading(1, "Evidence"),
        INTRODUCTION,
        facts([(_title(theme), f"{len(found)} figures") for theme, found in themes.items()]),
        contents([*themes, "sources", "instruments"]),
    )
    pages = {f"reference/evidence/{theme}": _figures(theme, found) for theme, found in themes.items()}
    return {
        "reference/evidence/index": listing,
        **pages,
        "reference/evidence/sources": _sources(evidence.sources()),
        "reference/evidence/instruments": _instruments(evidence.instruments()),
    }


def _themes() -> dict[str, list[Figure]]:
    """Return all figures by the file that states them; members of a family stand with it."""
    themes = {path.stem: set(read_toml(path).data) for path in sorted(FOLDER.glob("*.toml"))}
    figures = evidence.figures().values()
    return {
        theme: [one for one in figures if one.key.partition(".")[0] in keys] for theme, keys in themes.items()
    }


def _title(theme: str) -> str:
    return theme.replace("_", " ").capitalize()


def _figures(theme: str, figures: Sequence[Figure]) -> str:
    return page(heading(1, f"Evidence: {_title(theme)}"), *(_figure(one) for one in figures))


def _figure(figure: Figure) -> str:
    low, high = figure.spread
    unit = evidence.units()[figure.unit].name.en
    spread = f", between {low:,.6g} and {high:,.6g}" if low != high else ""
    about = "" if figure.qualifier == "exact" else f"{figure.qualifier.replace('_', ' ')} "
    work = _source_link(figure)
    return page(
        heading(2, f"`{figure.key}`", "figure", figure.key),
        f"**{about}{figure.estimate:,.6g} {prose(unit)}{spread}** · grade {figure.grade}",
        prose(figure.what),
        facts(
            [
                ("concerns", f"{figure.population}; {figure.geography}; {_period(figure)}"),
                ("source", work),
                ("also in", Markdown(", ".join(link(key, "source", key) for key in figure.also_in))),
                ("follows from", _formula(figure)),
                ("things counted", "; ".join(figure.items)),
                ("read", f"{figure.provenance}; last checked {figure.last_checked}"),
                ("conflicts with", figure_links(figure.conflicts_with)),
                ("how they differ", figure.conflict_note),
                ("before use", "Open the primary source." if figure.verify_primary else ""),
                ("notes", figure.notes),
            ]
        ),
    ).rstrip()


def _period(figure: Figure) -> str:
    return f"{figure.period}" if figure.period.stated else f"{figure.period} (our reading)"


def _source_link(figure: Figure) -> Markdown:
    if figure.formula is not None:
        return Markdown("")
    return Markdown(f"{link(figure.source, 'source', figure.source)}, {prose(figure.locator)}")


def _formula(figure: Figure) -> Markdown:
    if figure.operation is None:
        return Markdown("")
    return Markdown(f"{figure.operation.replace('_', ' ')} of {figure_links(figure.inputs)}")


def _sources(sources: Mapping[str, Source]) -> str:
    return page(
        heading(1, "Sources"),
        "Every work that a figure is taken from, once.",
        *(_source(key, one) for key, one in sources.items()),
    )


def _source(key: str, source: Source) -> str:
    address = Markdown(f"<{source.address}>") if source.address.startswith("http") else source.address
    return page(
        heading(2, f"`{key}`", "source", key),
        Markdown(f"**{prose(source.title)}**"),
        facts(
            [
                ("authors", "; ".join(source.authors)),
                ("published", ", ".join(part for part in (source.published, f"{source.year or ''}") if part)),
                ("kind", source.kind),
                ("address", address),
                ("reference", source.reference),
                ("read", source.provenance),
                ("notes", source.notes),
            ]
        ),
    ).rstrip()


def _instruments(instruments: Mapping[str, Instrument]) -> str:
    return page(
        heading(1, "Instruments"),
        "Published lists of indicators, as data.",
        *(_instrument(key, one) for key, one in instruments.items()),
    )


def _instrument(key: str, instrument: Instrument) -> str:
    enough = [
        " and ".join(f"{count} {weight}" for weight, count in one.model_dump().items() if count)
        for one in instrument.dimension_met_if
    ]
    return page(
        heading(2, instrument.what, "instrument", key),
        facts(
            [
                ("concerns", f"{instrument.population}; {instrument.geography}; {instrument.period}"),
                ("source", link(instrument.source, "source", instrument.source)),
                ("place", instrument.locator),
                ("grade", f"{instrument.grade}; last checked {instrument.last_checked}"),
                ("a dimension is met by", "; or ".join(enough)),
                ("notes", instrument.notes),
            ]
        ),
        *(_dimension(name, one) for name, one in instrument.dimensions.items()),
    )


def _dimension(name: str, dimension: Dimension) -> str:
    when = "before departure" if dimension.before_departure else "after departure"
    weights = {"strong": dimension.strong, "medium": dimension.medium, "weak": dimension.weak}
    rows = [
        (f"`{key}`", weight, text)
        for weight, indicators in weights.items()
        for key, text in indicators.items()
    ]
    listed = f"{len(rows)} of {dimension.published_count} published indicators are listed."
    return page(
        heading(3, f"{name.replace('_', ' ').capitalize()}, {when}"),
        table(("indicator", "weight", "meaning"), rows),
        bullets([listed]),
    ).rstrip()
