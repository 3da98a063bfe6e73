"""Beginning work on a folder or a URL, going on with it, and giving the result its name at the end.

See `unfinished` for what is promised. An unfinished folder that holds a finished part is not thrown away
unasked, and not gone on with where anything that decides the result differs.
"""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from console.parts.halting import Halted, ended, kept_sentence
from console.parts.locks import locked
from console.parts.part_records import records, work_digest
from dossier.places import Folder, Place, place_of
from dossier.problems import BadInput, Problem, raise_if_any
from synthetic.asides import (
    PARTS,
    SCRATCH,
    WORK,
    cannot_be_written,
    check_free,
    flush,
    folders_above,
    put_back,
    put_in_place,
    unexpected,
)
from synthetic.sheets import give_up, take_up

SEED = "seed"
"""What of an identity is kept only as a part of its digest: who holds the seed holds the answers."""

_LONGEST = 60
"""Letters of a value that are told."""


@dataclass(frozen=True)
class Begun:
    """Where work goes on.

    Attributes:
        place: Where finished parts go, for `worked`.
        folder: A folder of this machine for what is written at the end, such as manifests and a report, under
            the names that it shall have. Where `place` is a folder, it is the same one.
    """

    place: Place
    folder: Path


@dataclass(frozen=True)
class _Wanted:
    """What the user asked for."""

    identity: Mapping[str, Any]
    resume: bool
    force: bool
    replaces: bool

    @property
    def may_replace(self) -> bool:
        return self.force or self.replaces

    @property
    def again(self) -> str:
        """The options that go on with this work."""
        return "--resume --force" if self.force else "--resume"


@contextmanager
def begun(
    target: str | Path,
    *,
    resume: bool,
    force: bool,
    identity: Mapping[str, Any],
    replaces: bool = False,
) -> Iterator[Begun]:
    """Yield where to work; the result bears its name when all went well.

    Args:
        target: The folder or URL of the result.
        resume: Go on with unfinished work on it, if there is any.
        force: Replace a result that is there, and throw unfinished work away unless `resume` is given.
        identity: Everything that decides the result; see `console.parts.unfinished.Work`.
        replaces: A result that is there may be replaced unasked, because the folder is ours to choose.
            Unfinished work may not.

    Raises:
        BadInput: If the target is there already, or holds what is not ours; if somebody else is at work on
            it; if unfinished work is there, and neither is asked to go on with it nor to begin anew; or if it
            is of another identity.
        Halted: If the work cannot go on; says how many parts are kept.
        Interrupted: If somebody stopped it and finished parts are kept.
    """
    wanted, place = _Wanted(identity, resume, force, replaces), place_of(target)
    beginning = (
        _begun_here(place.path.resolve(), wanted)
        if isinstance(place, Folder)
        else _begun_there(place, wanted)
    )
    with beginning as found:
        yield found


def finished_before(target: str | Path, identity: Mapping[str, Any]) -> bool:
    """Tell whether the target is whole and of this very identity, so that there is nothing to do."""
    place = place_of(target)
    found = _work_at(place)
    whole = isinstance(place, Folder) or not place.names(f"{PARTS}/*")
    finished = found is not None and whole and found.get("work") == work_digest(identity)
    if finished and isinstance(place, Folder) and (place.path / PARTS).exists():
        with suppress(OSError, BadInput), locked(place.path.resolve()):  # it was killed after it had its name
            _tidy(place.path)
    return finished


def unfinished_of(folder: Path) -> Path:
    """Return the folder in which work on a folder goes on."""
    return folder.with_name(f".{folder.name}.unfinished")


# --- here ---------------------------------------------------------------------------------------------


@contextmanager
def _begun_here(folder: Path, wanted: _Wanted) -> Iterator[Begun]:
    if wanted.resume and not wanted.may_replace and (folder / WORK).is_file():
        what = "this is finished already, and is not what was asked for; its seed, size or an option differs"
        mend = "Ask for the same again, choose another --out, or add --force."
        raise BadInput.of(what, where=str(folder), mend=mend)
    check_free(folder, force=wanted.may_replace)
    with folders_above(folder), ExitStack() as held:
        with cannot_be_written(folder):
            folder.parent.mkdir(parents=True, exist_ok=True)
            held.enter_context(locked(folder))
            put_back(folder)
            _tidy(folder)
        check_free(folder, force=wanted.may_replace)
        aside = unfinished_of(folder)
        with cannot_be_written(folder):
            _prepare(aside, wanted)
        try:
            yield Begun(Folder(aside), aside)
            _finish(aside, folder, wanted)
        except BaseException as error:
            if told := _left(aside, error, wanted):
                raise told from None
            raise


def _prepare(aside: Path, wanted: _Wanted) -> None:
    """Make the unfinished folder, or clear what belongs to no finished part."""
    take_up(aside)
    if aside.is_symlink() or (aside.exists() and not _is_unfinished(aside)):
        what = "this stands where unfinished work goes, and saring did not write it"
        raise BadInput.of(what, where=str(aside), mend="Move it elsewhere.")
    if aside.exists() and not _goes_on(Folder(aside), wanted):
        shutil.rmtree(aside)
    if aside.exists():
        _clear(aside)
    else:
        aside.mkdir()
        try:
            _say_what_it_is(Folder(aside), wanted)
        except BaseException:
            shutil.rmtree(aside, ignore_errors=True)
            raise


def _is_unfinished(aside: Path) -> bool:
    """Tell whether a folder is one that we began; what it is for is the first that stands in it."""
    if not aside.is_dir():
        return False
    first = all(path.name == PARTS or path.name.startswith(WORK) for path in aside.iterdir())
    return first or (aside / WORK).is_file()


def _clear(aside: Path) -> None:
    """Remove what belongs to no finished part: half-made parts, and what was written at the end."""
    shutil.rmtree(aside / SCRATCH, ignore_errors=True)
    for stray in Folder(aside).strays():  # nothing of ours leads outside
        (aside / stray).unlink()
    kept = {WORK, *(name for record in records(Folder(aside)).values() for name in record.files)}
    for place, _, files in os.walk(aside, topdown=False):
        within = Path(place).relative_to(aside)
        for name in files:
            if within.as_posix() != PARTS and (within / name).as_posix() not in kept:
                Path(place, name).unlink()
        if within.parts and not any(Path(place).iterdir()):
            Path(place).rmdir()


def _finish(aside: Path, folder: Path, wanted: _Wanted) -> None:
    """Bring everything to the disk and give it its name; the records go once it has it."""
    try:
        check_free(folder, force=wanted.may_replace)  # somebody may have put something there meanwhile
    except BadInput as error:
        raise Halted(error.problems) from None
    shutil.rmtree(aside / SCRATCH, ignore_errors=True)
    for path in (*aside.rglob("*"), aside):
        flush(path)
    put_in_place(aside, folder)
    _tidy(folder)


def _tidy(folder: Path) -> None:
    """Remove the records of parts from a folder that is whole, where a kill left them."""
    if (folder / WORK).is_file():
        shutil.rmtree(folder / PARTS, ignore_errors=True)


def _left(aside: Path, error: BaseException, wanted: _Wanted) -> BaseException | None:
    """Leave what is finished, or nothing; return what is to be said of it, None where nothing is left."""
    give_up(aside)
    shutil.rmtree(aside / SCRATCH, ignore_errors=True)
    kept = len(records(Folder(aside)))
    if kept and _keeps(error):
        return ended(error, kept, wanted.again)
    shutil.rmtree(aside, ignore_errors=True)
    return None


def _keeps(error: BaseException) -> bool:
    """Tell whether finished parts are worth keeping after an error; those of bad input are not."""
    return isinstance(error, Halted) or not isinstance(error, BadInput)


# --- at a URL -----------------------------------------------------------------------------------------


@contextmanager
def _begun_there(place: Place, wanted: _Wanted) -> Iterator[Begun]:
    names = place.names("**")
    is_unfinished = any(name.startswith(f"{PARTS}/") for name in names)
    if names and not is_unfinished and not wanted.may_replace:
        mend = "Choose another --out, or add --force."
        raise BadInput.of("there is something at this place already", where=place.shown, mend=mend)
    if names and not (is_unfinished and _goes_on(place, wanted)):
        _remove(place, names)
    _say_what_it_is(place, wanted)
    try:
        with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            yield Begun(place, Path(folder))
            _publish(Path(folder), place)
        (place / PARTS).remove()
    except BaseException as error:
        kept = len(records(place))
        if kept and _keeps(error):
            raise ended(error, kept, wanted.again) from None
        with suppress(BadInput):  # what went wrong first is what is told
            _remove(place, place.names("**"))
        raise


def _publish(folder: Path, place: Place) -> None:
    """Put what was written at the end; manifests last, and of these the outermost."""
    files = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    for name in sorted(files, key=lambda one: (one.endswith("manifest.json"), -one.count("/"), one)):
        place.write_bytes(name, (folder / name).read_bytes())


def _remove(place: Place, names: list[str]) -> None:
    """Remove what we wrote at a place, unless anything else is there, too."""
    if strange := unexpected(names):
        what = f"there is something that saring did not write, such as {strange[0]}"
        raise BadInput.of(what, where=place.shown, mend="Choose another --out.")
    place.remove()


# --- what unfinished work is --------------------------------------------------------------------------


def _goes_on(place: Place, wanted: _Wanted) -> bool:
    """Tell whether to go on with what is at a place; False to begin anew, where nothing is lost by that.

    Raises:
        BadInput: If finished parts are there, and the user has to decide; or they are of other work.
    """
    kept = len(records(place))
    if not kept:
        return False
    if wanted.resume:
        raise_if_any(_differences(_work_at(place / PARTS), wanted, place))
        return True
    if not wanted.force:
        what = f"unfinished work is there: {kept_sentence(kept)}"
        mend = "Add --resume to go on with it, or --force to begin anew."
        raise BadInput.of(what, where=place.shown, mend=mend)
    return False


def _differences(found: Mapping[str, Any] | None, wanted: _Wanted, place: Place) -> Iterator[Problem]:
    """Yield in what unfinished work is not the work that is asked for; the seed itself is never told."""
    mend = "Ask for the same again, or add --force without --resume to begin anew."
    if found is None or not isinstance(found.get("identity"), dict):
        yield Problem("it can no longer be told what this unfinished work is", place.shown, mend)
        return
    there, asked = found["identity"], _public(wanted.identity)
    differing = [name for name in {**asked, **there} if there.get(name) != asked.get(name)]
    for name in differing:
        told = f"{_short(there.get(name))} there, {_short(asked.get(name))} here"
        what = f"the unfinished work differs in its {name.replace('_', ' ')}: {told}"
        yield Problem(what, place.shown, mend)
    if not differing and found.get("work") != work_digest(wanted.identity):
        yield Problem("the unfinished work differs in its seed", place.shown, mend)


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _say_what_it_is(place: Place, wanted: _Wanted) -> None:
    """Write what work this is: in full where it goes with the records, and for good as a digest only.

    What a cohort was drawn from (shares, numbers of victims) belongs to the sealed truth once it is whole.
    """
    digest = {"schema_version": "1", "synthetic": True, "work": work_digest(wanted.identity)}
    in_full = {**digest, "identity": _public(wanted.identity)}
    for name, content in ((f"{PARTS}/{WORK}", in_full), (WORK, digest)):
        place.write_bytes(name, (json.dumps(content, indent=1) + "\n").encode("ascii"))


def _work_at(place: Place) -> dict[str, Any] | None:
    """Return what stands in the file that says what work this is; None where none can be read."""
    try:
        found = json.loads(place.read_bytes(WORK))
    except (BadInput, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _public(identity: Mapping[str, Any]) -> dict[str, Any]:
    """Return an identity without its seed, as JSON gives it back."""
    shown = {name: value for name, value in identity.items() if name != SEED}
    content: dict[str, Any] = json.loads(json.dumps(shown, allow_nan=False))
    return content
