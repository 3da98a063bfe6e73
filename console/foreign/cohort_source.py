"""From what somebody asks to have screened to the files in it, their parts, and the names of the results.

A cohort's folder, a folder of files, a glob, a single file, or a URL of any of these. Nothing is decoded
here. A path or a glob that reaches a sealed truth is refused, and so is a folder that is called as a file is,
a link that leads out of the folder, and a name that could steer a terminal. The order of files and parts
follows from their names and sizes alone.
"""

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from console.foreign.foreign_files import ENDINGS, Facts, ForeignFile
from console.foreign.foreign_limits import LONGEST_NAME, MOST_FILES
from console.kept_runs import check_keeps_people
from dossier.places import Folder, Place, place_of
from dossier.problems import BadInput, Problem, raise_if_any
from dossier.shown import shown

ROWS_OF_A_PART = 262_144
"""Rows after which a part ends, at the end of a row group; as many as a part of a cohort of ours has."""

MANIFEST, OBSERVED = "manifest.json", "observed"
_WILD = re.compile(r"[*?]")
_WILD_IN_URL = re.compile(r"[*]")
_SEALED = "truth"
_NOT_READ = {".csv": "CSV", ".jsonl": "JSON Lines"}
"""Forms of an export, by their endings, that hold dossiers and cannot be screened."""


@dataclass(frozen=True)
class Source:
    """The files that are to be screened.

    Attributes:
        title: How a folder of results is called where nobody says otherwise.
        files: In order.
        is_whole: Whether these are all files of one cohort.
    """

    title: str
    files: tuple[ForeignFile, ...]
    is_whole: bool = False


@dataclass(frozen=True)
class Part:
    """Some row groups of a file, screened by one worker into one file.

    Attributes:
        file: The file.
        groups: Which row groups or record batches.
        first_row: The row with which they begin.
        rows: How many rows they have, as the file says.
        result: Name of the file of results.
        scenario: Hash of the scenario whose people they are; None where the file does not say.
    """

    file: ForeignFile
    groups: range
    first_row: int
    rows: int
    result: str
    scenario: str | None


def found_at(what: str | Path) -> Source:
    """Return the files at a path, glob or URL.

    Raises:
        BadInput: If there are none, or one of them may not be opened.
    """
    text = str(what)
    wild = (_WILD_IN_URL if "://" in text else _WILD).search(text)
    if wild is None or ("://" not in text and os.path.lexists(text)):
        place, pattern = place_of(what), None
        found = _of_path(place)
    else:
        place, pattern = _glob_of(text, wild.start())
        found = _of_glob(place, pattern)
    if not found.files:
        raise _nothing_at(place, pattern, shown(text, 400))
    raise_if_any(_problems_of(found.files))
    return found


def parts_of(files: Sequence[ForeignFile], facts: Sequence[Facts]) -> list[Part]:
    """Return the parts of some files; where they begin and end follows from the row groups alone."""
    cut = [list(_cut(one.rows)) for one in facts]
    names = _result_names(files, [len(ranges) for ranges in cut])
    return [
        Part(file, groups, first, rows, name, one.scenario)
        for file, one, ranges, of_file in zip(files, facts, cut, names, strict=True)
        for (groups, first, rows), name in zip(ranges, of_file, strict=True)
    ]


# --- finding ----------------------------------------------------------------------------------------


def _of_path(place: Place) -> Source:
    _refuse_sealed(place)
    above, name = _split(place)
    if isinstance(place, Folder) and not place.path.is_dir():
        return Source(PurePosixPath(name).stem, _alone(place.path))
    if not isinstance(place, Folder) and name.endswith(ENDINGS) and name in above.names():
        return Source(PurePosixPath(name).stem, (ForeignFile(above, name),))
    for cohort in (place, place / "cohort"):
        if files := _listed(cohort / OBSERVED, "*"):
            return Source(name, files, is_whole=True)
    files = _listed(place, "*")
    return Source(name, files, is_whole=name == OBSERVED)


def _alone(path: Path) -> tuple[ForeignFile, ...]:
    """Return a file that somebody names himself or herself, be it by a link."""
    if not os.path.lexists(path):
        return ()
    path = path.resolve()
    return (ForeignFile(Folder(path.parent), path.name),)


def _glob_of(text: str, wild: int) -> tuple[Place, str]:
    """Return the folder of a glob, which is what stands before its first star, and the pattern within it."""
    fixed, slash, _ = text[:wild].rpartition("/")
    return place_of(fixed or (slash or ".")), text[len(fixed) + len(slash) :]


def _of_glob(place: Place, pattern: str) -> Source:
    """Return the files of a folder that match."""
    _refuse_sealed(place)
    return Source(_split(place)[1], _listed(place, pattern))


def _nothing_at(place: Place, pattern: str | None, where: str) -> BadInput:
    """Return what to say where nothing was found; raises it itself for a run that kept nobody.

    Args:
        place: The folder that was looked into.
        pattern: Of a glob; None where somebody named a folder.
        where: What somebody named, for the message.
    """
    if isinstance(place, Folder):
        check_keeps_people(place.path)
    folders = (place, place / OBSERVED, place / "cohort" / OBSERVED) if pattern is None else (place,)
    names = [name for folder in folders if folder.exists() for name in folder.names(pattern or "*")]
    for ending, form in _NOT_READ.items():
        if any(name.endswith(ending) for name in names):
            mend = "Export as parquet or arrow: `saring export FOLDER --format parquet`."
            return BadInput.of(f"{form} is not read", where=where, mend=mend)
    if pattern is not None:
        mend = "Look at the folder and the pattern; of what matches, only .parquet and .arrow files are read."
        return BadInput.of("the glob matches nothing", where=where, mend=mend)
    mend = "Draw a cohort with `saring draw`."
    return BadInput.of("there are no observed files here", where=where, mend=mend)


def _listed(place: Place, pattern: str) -> tuple[ForeignFile, ...]:
    if not place.exists():
        return ()
    names = [name for name in place.names(pattern) if name.endswith(ENDINGS)]
    if isinstance(place, Folder):
        raise_if_any(_false_files(place, pattern))
    if len(names) > MOST_FILES:
        what = f"there are {len(names):,} files here; more than {MOST_FILES:,} are not read at once"
        raise BadInput.of(what, where=place.shown, mend="Screen them in several folders.")
    return tuple(ForeignFile(place, name) for name in names)


def _false_files(folder: Folder, pattern: str) -> Iterator[Problem]:
    """Yield the folders that would be passed over in silence: called as files are, or only linked."""
    *above, last = pattern.split("/")
    for place, names, _ in os.walk(folder.path):
        here = Path(place).relative_to(folder.path).parts
        for path in (Path(place, name) for name in sorted(names)):
            if path.is_symlink() and _leads_on((*here, path.name), above):
                mend = "Name the folder in which the files lie; links to folders are not followed."
                yield Problem("this folder is a link", shown(path, 400), mend)
            elif path.name.endswith(ENDINGS) and _is_reached(here, above) and fnmatchcase(path.name, last):
                mend = "Give a glob of the files in it, in quotes, or take it away from there."
                yield Problem("this is a folder, although it is called as a file is", shown(path, 400), mend)
        if "**" not in above and len(here) >= len(above):
            names.clear()


def _leads_on(folders: Sequence[str], pattern: Sequence[str]) -> bool:
    """Tell whether files that match may lie below such folders."""
    for name, part in zip(folders, pattern, strict=False):
        if part == "**":
            return True
        if not fnmatchcase(name, part):
            return False
    return len(folders) <= len(pattern)


def _is_reached(folders: Sequence[str], pattern: Sequence[str]) -> bool:
    """Tell whether files that match may lie in such folders themselves."""
    return "**" in pattern or (len(folders) == len(pattern) and _leads_on(folders, pattern))


def cohort_of(file: ForeignFile) -> Place | None:
    """Return the cohort among whose observed files one lies; None if it lies elsewhere."""
    above, _, _ = file.name.rpartition("/")
    cohort, name = _split(file.place / above if above else file.place)
    return cohort if name == OBSERVED else None


def _split(place: Place) -> tuple[Place, str]:
    """Return the place above, and the name of this one there."""
    if isinstance(place, Folder):
        path = place.path.resolve()
        return Folder(path.parent), path.name
    above, _, name = place.shown.rstrip("/").rpartition("/")
    return place_of(_real(place).rpartition("/")[0]) if above else place, name


def _real(place: Place) -> str:
    """Return the URL of a place, credentials and all; for opening it and never for messages."""
    return "/".join(part for part in (place.url.rstrip("/"), place.below) if part)  # type: ignore[attr-defined]


# --- what may not be opened ---------------------------------------------------------------------------


def _refuse_sealed(place: Place) -> None:
    if is_sealed(place):
        mend = "A screener may open observed/ only."
        raise BadInput.of("this is the sealed truth", where=place.shown, mend=mend)


def is_sealed(place: Place) -> bool:
    """Tell whether a place is the sealed side of a cohort, or lies below one."""
    if isinstance(place, Folder):
        path = place.path.resolve()
        return any(
            folder.name == _SEALED and (folder / MANIFEST).is_file() for folder in (path, *path.parents)
        )
    parts = _real(place).split("/")
    sides = ("/".join(parts[: at + 1]) for at, part in enumerate(parts) if at > 2 and part == _SEALED)  # noqa: PLR2004  (scheme, nothing, host)
    return any(MANIFEST in place_of(side).names() for side in sides)


def _problems_of(files: Iterable[ForeignFile]) -> Iterator[Problem]:
    seen: dict[object, ForeignFile] = {}
    sealed: dict[str, bool] = {}
    for file in files:
        yield from _problems_of_name(file)
        above = file.name.rpartition("/")[0]
        where = f"{file.place.shown}/{above}"
        if where not in sealed:
            sealed[where] = is_sealed(file.place / above if above else file.place)
        if sealed[where]:
            yield Problem("this is the sealed truth", file.shown, "A screener may open observed/ only.")
        elif isinstance(file.place, Folder):
            yield from _problems_of_path(file, file.place.path, seen)


def _problems_of_name(file: ForeignFile) -> Iterator[Problem]:
    name = PurePosixPath(file.name).name
    if not file.name.isprintable() or len(name) > LONGEST_NAME:
        what = f"the name of this file holds marks that nobody can see, or more than {LONGEST_NAME} of them"
        yield Problem(what, file.shown, "Rename it.")


def _problems_of_path(file: ForeignFile, home: Path, seen: dict[object, ForeignFile]) -> Iterator[Problem]:
    """Yield what is wrong with where a file leads to; `seen` is filled with what was seen already."""
    try:
        real = (home / file.name).resolve()
    except (OSError, RuntimeError):  # links that lead to each other
        yield Problem("this link leads nowhere", file.shown, "Take it away from there, or mend the link.")
        return
    if not real.is_relative_to(home.resolve()):
        mend = "Put the file itself there, or name the folder in which it lies."
        yield Problem("a symbolic link leads out of the folder", file.shown, mend)
        return
    if is_sealed(Folder(real)):
        yield Problem("this leads to the sealed truth", file.shown, "A screener may open observed/ only.")
    try:
        found = real.stat()
    except (OSError, ValueError) as error:
        mend = "Take it away from there, or mend the link."
        yield Problem(f"this cannot be opened ({getattr(error, 'strerror', error)})", file.shown, mend)
        return
    first = seen.setdefault((found.st_dev, found.st_ino), file)
    if first is not file:
        what = f"this is the same file as {first.shown}; nobody is screened twice"
        yield Problem(what, file.shown, "Take one of them away.")


# --- parts ------------------------------------------------------------------------------------------


def _cut(rows: Sequence[int]) -> Iterator[tuple[range, int, int]]:
    """Yield row groups that make a part, the row with which they begin, and how many rows they have."""
    first = start = size = 0
    for group, count in enumerate(rows):
        if size and size + count > ROWS_OF_A_PART:
            yield range(start, group), first, size
            first, start, size = first + size, group, 0
        size += count
    yield range(start, len(rows)), first, size


def _result_names(files: Sequence[ForeignFile], parts: Sequence[int]) -> list[list[str]]:
    """Return the names of the results of each file's parts, all different on any file system.

    A file keeps its name. Where two would have the same, each is called with its folders; where a file has
    several parts, each has a number.
    """
    plain = [PurePosixPath(file.name).stem for file in files]
    often = Counter(name.casefold() for name in plain)
    stems = [
        name if often[name.casefold()] == 1 else "-".join(PurePosixPath(file.name).with_suffix("").parts)
        for file, name in zip(files, plain, strict=True)
    ]
    given: set[str] = set()
    return [
        [_free(stem if count == 1 else f"{stem}-{number:05d}", given) for number in range(count)]
        for stem, count in zip(stems, parts, strict=True)
    ]


def _free(stem: str, given: set[str]) -> str:
    """Return a name that none has yet; `given` is filled with it."""
    stem = stem.lstrip("._") or "part"
    name, number = stem[-LONGEST_NAME:], 1
    while name.casefold() in given:
        number += 1
        name = f"{stem[-LONGEST_NAME:]}-{number}"
    given.add(name.casefold())
    return f"{name}.parquet"
