"""Folders of results: written aside, then renamed, so that nothing half-written ever bears its final name.

A folder that is replaced is first put beside, so that whoever kills us between two steps leaves one whole.
Nothing is removed that holds anything saring did not write.
"""

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dossier.problems import BadInput
from dossier.tables import MARK
from synthetic.sheets import give_up, take_up

OTHER_OUT = "Choose another --out."


@contextmanager
def written_aside(folder: Path, *, force: bool = False) -> Iterator[Path]:
    """Yield a temporary folder that becomes `folder` when all went well, and vanishes when not.

    Raises:
        BadInput: If `folder` exists and `force` is not given or it holds anything that is not ours, or if
            its parent cannot be written to.
    """
    folder = folder.resolve()
    check_free(folder, force=force)
    aside = folder.with_name(f".{folder.name}.unfinished-{os.getpid()}")
    with folders_above(folder):
        try:
            _clear_unfinished(folder)
            put_back(folder)
            take_up(aside)
            with cannot_be_written(folder):
                aside.mkdir(parents=True)
            yield aside
            check_free(folder, force=force)  # somebody may have put something there meanwhile
            put_in_place(aside, folder)
        finally:
            give_up(aside)
            shutil.rmtree(aside, ignore_errors=True)


def check_free(folder: Path, *, force: bool) -> None:
    """Refuse a folder that is there already, unless it may be replaced and holds nothing but our results.

    Raises:
        BadInput: If it is there, and `force` is not given or it holds anything that is not ours.
    """
    if not (folder.exists() or folder.is_symlink()):
        return
    if not force:
        what = "this folder exists already"
        raise BadInput.of(what, where=str(folder), mend="Choose another --out, or add --force.")
    if not is_ours(folder):
        what = "this is not a folder with results of saring alone, and --force replaces no other"
        raise BadInput.of(what, where=str(folder), mend=OTHER_OUT)


@contextmanager
def cannot_be_written(folder: Path) -> Iterator[None]:
    """Turn an error of the system into bad input that names `folder`.

    Raises:
        BadInput: If anything within raises an `OSError`.
    """
    try:
        yield
    except OSError as error:
        what = f"this folder cannot be written ({error.strerror})"
        raise BadInput.of(what, where=str(folder), mend=OTHER_OUT) from None


@contextmanager
def folders_above(folder: Path) -> Iterator[None]:
    """Remove afterwards those folders above `folder` that were missing before and are empty."""
    made = [parent for parent in folder.parents if not parent.exists()]
    try:
        yield
    finally:
        for parent in made:
            with suppress(OSError):  # it holds the result, or something of somebody else
                parent.rmdir()


def put_in_place(aside: Path, folder: Path) -> None:
    """Rename `aside` to `folder`; what was there is put beside first, and removed at the end."""
    replaced = _replaced(folder)
    try:
        if folder.exists():
            folder.rename(replaced)
        aside.rename(folder)
    except BaseException:
        put_back(folder)
        raise
    flush(folder.parent)
    shutil.rmtree(replaced, ignore_errors=True)


def put_back(folder: Path) -> None:
    """Mend what a kill in the midst of `put_in_place` left: one whole folder under its own name.

    Raises:
        BadInput: If what was put beside is not ours.
    """
    replaced = _replaced(folder)
    if not replaced.exists():
        return
    if not folder.exists():
        replaced.rename(folder)
    elif is_ours(replaced):
        shutil.rmtree(replaced)
    else:
        what = "this stands where a folder is put while it is replaced, and saring did not write it"
        raise BadInput.of(what, where=str(replaced), mend="Move it elsewhere.")


def _replaced(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.replaced")


def flush(path: Path) -> None:
    """Make a file's content, or a folder's list of names, outlast a loss of power; where the system can."""
    opened = os.open(path, os.O_RDONLY)
    try:
        with suppress(OSError):  # some file systems flush no folders
            os.fsync(opened)
    finally:
        os.close(opened)


def _clear_unfinished(folder: Path) -> None:
    """Remove what processes that are no more left of `folder` when they were killed.

    Numbers of processes come again, in a container nearly always: one that bears our own is an earlier one's.
    """
    prefix = f".{folder.name}.unfinished-"
    with suppress(OSError):  # whether the place can be written to, making the folder will tell
        for left in folder.parent.iterdir():
            number = left.name.removeprefix(prefix)
            if left.name.startswith(prefix) and number.isdecimal() and _has_ended(int(number)):
                shutil.rmtree(left, ignore_errors=True)


def _has_ended(process: int) -> bool:
    if process == os.getpid():
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return False


# --- what is ours -------------------------------------------------------------------------------------

PARTS, WORK, SCRATCH = "_parts", "_work.json", "_scratch"
"""What unfinished work keeps: records of its parts, what it is, and where parts are made."""

_FOLDERS = {
    "": {"cohort", "screened", "observed", "truth", "_screener", PARTS},
    "cohort": {"observed", "truth"},
    "cohort/truth": {"truth", "fields", "declared", "hidden", "mechanisms", "edges"},
    "truth": {"truth", "fields", "declared", "hidden", "mechanisms", "edges"},
    "screened": {"_screener"},
}
"""The folders that stand in a folder of ours; none stands in any other."""

_RECORD = re.compile(rf"part-\d{{5,}}\.(json|npz)|{re.escape(WORK)}")
_EXPORTED = re.compile(r"part-\d{5,}\.(csv|jsonl)")
"""Names of exported rows, which have no room for a mark; they stand in folders of layers only."""

_BEGINNING = 4096
"""Bytes of a JSON file in which it says what it is."""

_SCREENER = {"rulebook.toml", "cards.json", "certificate.json", "policy.toml"}

_FILES = {
    "": {
        "manifest.json",
        "evaluation.json",
        "comparison.json",
        "comparison.html",
        "certificate.json",
        "tuning.json",
        "tune.html",
        "stress.json",
        "stress.html",
        "sweep.json",
        "variants.csv",
        "results.csv",
        "workload.csv",
        "data-dictionary.json",
        "croissant.json",
        "datasheet.md",
        "model-card.md",
        "profiles.json",
        "_profiles.json",
        "report.html",
        "audit.json",
        "audit.html",
        WORK,
    },
    "cohort": {"manifest.json"},
    "cohort/truth": {"manifest.json"},
    "truth": {"manifest.json", "data-dictionary.json", "croissant.json"},
    "_screener": _SCREENER,
    "screened/_screener": _SCREENER,
}
"""The files that stand in each, beside those of rows, which say themselves whose they are."""


def is_ours(folder: Path) -> bool:
    """Tell whether nothing would be lost with a folder but what saring can write again.

    Every file below it must be one that saring writes there, and one of them must say so: other people call
    their files `results.csv`, too. A Parquet or Arrow file must carry our mark, or be empty.
    """
    if folder.is_symlink() or not folder.is_dir():
        return False
    try:
        return _has_a_sign(folder) and all(
            _are_ours(folder, Path(place), *inside) for place, *inside in os.walk(folder, onerror=_raise)
        )
    except OSError:  # what cannot be looked into is not known to be ours
        return False


def _has_a_sign(folder: Path) -> bool:
    """Tell whether a folder is empty, or holds something that nobody but saring writes."""
    names = {path.name for path in folder.iterdir()}
    if not names or names & {WORK, PARTS}:
        return True
    if any(_is_marked(path) for path in folder.rglob("part-*")):
        return True
    return any(_is_ours_by_its_keys(folder / name) for name in names if name.endswith(".json"))


def _is_ours_by_its_keys(file: Path) -> bool:
    """Tell whether a JSON file begins as one of ours does: with what it is and the version of its form."""
    try:
        with file.open("rb") as opened:
            start = opened.read(_BEGINNING)
    except OSError:
        return False
    return b'"schema_version"' in start or b'"synthetic"' in start


def _are_ours(folder: Path, place: Path, folders: list[str], files: list[str]) -> bool:
    """Tell whether all that stands directly in one folder below `folder` is ours."""
    within = place.relative_to(folder).as_posix().removeprefix(".")
    if any((place / name).is_symlink() for name in (*folders, *files)):
        return False
    known = set(folders) <= _FOLDERS.get(within, set())
    return known and all(_is_named_ours(within, name) or _is_marked(place / name) for name in files)


def _is_named_ours(within: str, name: str) -> bool:
    if within == PARTS:
        return _RECORD.fullmatch(name) is not None
    if within and not within.endswith("_screener") and _EXPORTED.fullmatch(name):
        return True
    return name in _FILES.get(within, ())


def _raise(error: OSError) -> None:
    raise error


def _is_marked(file: Path) -> bool:
    """Tell whether a file holds rows that we wrote."""
    if not file.is_file() or file.suffix not in {".parquet", ".arrow"}:
        return False
    if file.stat().st_size == 0:
        return True
    try:
        found = pq.read_schema(file) if file.suffix == ".parquet" else _arrow_schema(file)
    except (pa.ArrowException, OSError):
        return False
    return MARK in (found.metadata or {})


def _arrow_schema(file: Path) -> pa.Schema:
    with pa.ipc.open_file(str(file)) as opened:
        return opened.schema


def unexpected(names: Sequence[str]) -> list[str]:
    """Return those of some relative file names that are not such as saring writes; for remote places.

    Examples:
        >>> unexpected(["cohort/observed/part-00000.parquet", "cohort/notes.txt"])
        ['cohort/notes.txt']
    """
    return [name for name in names if not _may_be_ours(name)]


def _may_be_ours(name: str) -> bool:
    within, _, file = name.rpartition("/")
    return _is_named_ours(within, file) or file.endswith((".parquet", ".arrow"))
