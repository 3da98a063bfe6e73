"""Work in parts: what is kept, what is done again, what is refused; here and at a URL."""

import errno
import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pytest

from console.parts.halting import ended
from console.parts.parallel import Workers
from console.parts.part_records import record_part, records, work_digest
from console.parts.unfinished import (
    Begun,
    Halted,
    Interrupted,
    Work,
    begun,
    digests_of,
    finished_before,
    unfinished_of,
    worked,
)
from dossier.places import Folder, place_of
from dossier.problems import BadInput
from synthetic.sheets import ParquetSheet, give_up, take_up

IDENTITY = {"seed": 11, "n": 4, "threshold": 1.5}


class Parts:
    """Work of four parts that remembers which it did, and in one of which something may happen."""

    def __init__(self, stop: BaseException | None = None, at: int = 2) -> None:
        self.did: list[int] = []
        self._stop, self._at = stop, at

    def do(self, number: int, scratch: Path) -> None:
        """Write one file."""
        if self._stop and number == self._at:
            raise self._stop
        rows = pa.record_batch({"x": [number]}).replace_schema_metadata({"saring.synthetic": "true"})
        with ParquetSheet(scratch / "observed" / f"part-{number:05d}.parquet") as sheet:
            sheet.write(rows)
        self.did.append(number)

    def work(self, **changes: Any) -> Work[None]:
        return Work({**IDENTITY, **changes}, 4, self.do, type(None))


def do(
    out: str | Path, parts: Parts, *, resume: bool = False, force: bool = False, **changes: Any
) -> list[str]:
    """Do all the work and return what was said."""
    said: list[str] = []
    work = parts.work(**changes)
    with begun(out, resume=resume, force=force, identity=work.identity) as found:
        for _ in worked(work, found.place, Workers(), resume=resume, say=said.append):
            pass
        files = json.dumps(digests_of(found.place))
        (found.folder / "manifest.json").write_text(files, encoding="utf-8")
    return said


def stopped(out: str | Path, stop: BaseException, kind: type[BaseException]) -> BaseException:
    with pytest.raises(kind) as raised:
        do(out, Parts(stop))
    return raised.value


@pytest.fixture(params=["here", "url"])
def out(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return a target: a folder, and a store that fsspec reaches."""
    target = str(tmp_path / "out") if request.param == "here" else f"memory://{uuid4().hex}/out"
    yield target
    place_of(target).remove()


def names(out: str) -> list[str]:
    return place_of(out).names("**")


WHOLE = ["_work.json", "manifest.json", *(f"observed/part-0000{number}.parquet" for number in range(4))]


# --- going on -----------------------------------------------------------------------------------------


def test_all_parts_are_done_once_and_the_result_is_whole(out: str) -> None:
    parts = Parts()
    assert do(out, parts) == []
    assert parts.did == [0, 1, 2, 3]
    assert names(out) == WHOLE
    assert "seed" not in place_of(out).read_bytes("_work.json").decode()


def test_after_an_interruption_only_the_rest_is_done(out: str) -> None:
    said = stopped(out, KeyboardInterrupt(), Interrupted)
    assert str(said) == "2 finished parts are kept; call again with --resume to go on"
    rest = Parts()
    assert do(out, rest, resume=True) == []
    assert rest.did == [2, 3]
    assert names(out) == WHOLE


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
def test_an_error_of_the_system_keeps_what_is_finished(number: int, out: str) -> None:
    error = stopped(out, OSError(number, "No", "/a/file"), Halted)
    assert "/a/file: No; 2 finished parts are kept" in str(error)
    assert "Then call again with --resume to go on." in str(error)
    do(out, Parts(), resume=True)
    assert names(out) == WHOLE


def test_an_error_of_ours_keeps_what_is_finished_and_says_so(out: str) -> None:
    error = stopped(out, ZeroDivisionError("x"), ZeroDivisionError)
    assert error.__notes__ == ["2 finished parts are kept; call again with --resume to go on"]


def test_bad_input_leaves_nothing(out: str) -> None:
    stopped(out, BadInput.of("a value is wrong"), BadInput)
    assert names(out) == []
    if "://" not in out:
        assert list(Path(out).parent.iterdir()) == []


def test_workers_that_fail_are_no_bad_input(out: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaking(task: Any, numbers: Any, *_: Any, **__: Any) -> Iterator[Any]:
        yield task(0)
        raise BadInput.of("a worker process ended", mend="Give fewer --workers.")

    monkeypatch.setattr("console.parts.unfinished.each_part", breaking)
    with pytest.raises(Halted, match="ended; 1 finished part is kept") as raised:
        do(out, Parts())
    assert raised.value.problems[0].mend == "Give fewer --workers. Then call again with --resume to go on."


def test_the_parts_come_in_order_and_each_is_told(tmp_path: Path) -> None:
    told: list[int] = []
    work = Parts().work()
    with begun(tmp_path / "out", resume=False, force=False, identity=IDENTITY) as found:
        for number, _ in enumerate(worked(work, found.place, Workers(2), resume=False, done=told.append)):
            assert told == list(range(number + 1))


def test_what_was_written_at_the_end_is_written_again(tmp_path: Path) -> None:
    """A folder made at the end stood in the way of making it again."""

    def finish(*, whole: bool) -> None:
        with begun(tmp_path / "out", resume=True, force=False, identity=IDENTITY) as found:
            list(worked(Parts().work(), found.place, Workers(), resume=True))
            (found.folder / "_screener").mkdir()
            (found.folder / "_screener" / "cards.json").touch()
            if not whole:
                raise KeyboardInterrupt

    with pytest.raises(Interrupted, match="4 finished parts"):
        finish(whole=False)
    finish(whole=True)
    assert (tmp_path / "out" / "_screener" / "cards.json").is_file()


# --- what is refused ----------------------------------------------------------------------------------


def test_unfinished_work_is_kept_until_somebody_decides(out: str) -> None:
    stopped(out, KeyboardInterrupt(), Interrupted)
    with pytest.raises(BadInput, match="2 finished parts are kept"):
        do(out, Parts())
    anew = Parts()
    do(out, anew, force=True)
    assert anew.did == [0, 1, 2, 3]
    assert names(out) == WHOLE


def test_a_folder_of_our_own_choice_is_replaced_but_unfinished_work_is_not(tmp_path: Path) -> None:
    target = tmp_path / "out"
    options: dict[str, Any] = {"resume": False, "force": False, "identity": IDENTITY, "replaces": True}
    for _ in range(2):
        with begun(target, **options):
            pass
    with pytest.raises(Interrupted), begun(target, **options) as found:
        list(worked(Parts(KeyboardInterrupt()).work(), found.place, Workers(), resume=False))
    with pytest.raises(BadInput, match="unfinished work is there"), begun(target, **options):
        pytest.fail("nothing may be begun")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"seed": 12}, "differs in its seed"),
        ({"seed": 12, "n": 5}, "differs in its n: 4 there, 5 here"),
        ({"threshold": 1.25}, "differs in its threshold: 1.5 there, 1.25 here"),
        ({"code_version": "2"}, 'differs in its code version: null there, "2" here'),
    ],
)
def test_other_work_is_named_in_what_differs(changes: dict[str, Any], said: str, out: str) -> None:
    stopped(out, KeyboardInterrupt(), Interrupted)
    with pytest.raises(BadInput) as refused:
        do(out, Parts(), resume=True, **changes)
    assert said in str(refused.value)
    assert "11" not in str(refused.value).replace(out, "")
    assert len(refused.value.problems) == 1
    do(out, Parts(), resume=True)


def test_unfinished_work_that_says_no_longer_what_it_is_is_not_gone_on_with(tmp_path: Path) -> None:
    out = tmp_path / "out"
    stopped(out, KeyboardInterrupt(), Interrupted)
    (unfinished_of(out) / "_parts" / "_work.json").write_text("[]", encoding="utf-8")
    with pytest.raises(BadInput, match="can no longer be told"):
        do(out, Parts(), resume=True)
    do(out, Parts(), force=True)


def test_what_is_there_is_not_replaced_unasked(out: str) -> None:
    do(out, Parts())
    for resume in (False, True):
        with pytest.raises(BadInput, match="already"):
            do(out, Parts(), resume=resume)
    do(out, Parts(), force=True)
    assert names(out) == WHOLE


def test_nothing_of_somebody_else_is_ever_removed(out: str) -> None:
    do(out, Parts())
    place_of(out).write_bytes("observed/notes.txt", b"mine")
    with pytest.raises(BadInput, match="saring"):
        do(out, Parts(), force=True)
    assert place_of(out).read_bytes("observed/notes.txt") == b"mine"


def test_what_somebody_put_there_meanwhile_stops_the_end_and_loses_nothing(tmp_path: Path) -> None:
    out = tmp_path / "out"

    def crossed() -> None:
        with begun(out, resume=False, force=False, identity=IDENTITY) as found:
            list(worked(Parts().work(), found.place, Workers(), resume=False))
            out.mkdir()

    with pytest.raises(Halted, match="exists already; 4 finished parts are kept"):
        crossed()
    out.rmdir()
    rest = Parts()
    do(out, rest, resume=True)
    assert rest.did == []


@pytest.mark.parametrize("name", [".out.unfinished", ".out.replaced"])
def test_a_folder_of_somebody_else_where_we_work_is_left_alone(name: str, tmp_path: Path) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "mine.txt").touch()
    (tmp_path / "out").mkdir()
    with pytest.raises(BadInput, match="saring did not write it"):
        do(tmp_path / "out", Parts(), force=True)
    assert (tmp_path / name / "mine.txt").is_file()


def test_finished_work_is_known_again(out: str) -> None:
    assert not finished_before(out, IDENTITY)
    stopped(out, KeyboardInterrupt(), Interrupted)
    assert not finished_before(out, IDENTITY)
    do(out, Parts(), resume=True)
    assert finished_before(out, IDENTITY)
    assert not finished_before(out, {**IDENTITY, "seed": 12})


def test_going_on_with_what_is_finished_and_other_work_says_so(tmp_path: Path) -> None:
    do(tmp_path / "out", Parts())
    with pytest.raises(BadInput, match="finished already, and is not what was asked for"):
        do(tmp_path / "out", Parts(), resume=True, seed=12)
    do(tmp_path / "out", Parts(), resume=True, force=True, seed=12)


# --- parts that changed -------------------------------------------------------------------------------


def test_a_part_of_other_work_is_done_again(tmp_path: Path) -> None:
    """An orphan of an earlier run may have recorded it last."""
    out, rest = tmp_path / "out", Parts()
    stopped(out, KeyboardInterrupt(), Interrupted)
    (tmp_path / "scratch").mkdir()
    (tmp_path / "scratch" / "x.parquet").write_bytes(b"other")
    record_part(Folder(unfinished_of(out)), 1, work_digest({"seed": 1}), tmp_path / "scratch", None)
    said = do(out, rest, resume=True)
    assert said == ["Part 1 of the unfinished work was done again: its record is of other work."]
    assert rest.did == [1, 2, 3]


def test_a_record_that_leads_elsewhere_is_not_followed(tmp_path: Path) -> None:
    out, rest = tmp_path / "out", Parts()
    stopped(out, KeyboardInterrupt(), Interrupted)
    record = unfinished_of(out) / "_parts" / "part-00001.json"
    leading = record.read_text(encoding="utf-8").replace("observed/", "../../")
    record.write_text(leading, encoding="utf-8")
    (said,) = do(out, rest, resume=True)
    assert "Part 1" in said
    assert "no name of a file below this place" in said
    assert rest.did == [1, 2, 3]


def test_an_orphan_whose_room_is_gone_publishes_nothing(tmp_path: Path) -> None:
    """A part that goes on in a thread nobody waits for, while the next run has begun."""
    place, scratch = Folder(tmp_path / ".out.unfinished"), tmp_path / ".out.unfinished" / "_scratch" / "part"
    scratch.mkdir(parents=True)
    (scratch / "x.parquet").touch()
    give_up(place.path)
    with pytest.raises(InterruptedError):
        record_part(place, 0, "0" * 64, scratch, None)
    take_up(place.path)
    assert records(place) == {}
    assert not (place.path / "x.parquet").exists()


def test_a_part_whose_files_are_swept_away_before_they_are_published_has_no_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run is interrupted and its room cleared while a thread has read its files, but not yet moved them."""
    place, scratch = Folder(tmp_path / "place"), tmp_path / "scratch"
    scratch.mkdir()
    (scratch / "x.parquet").touch()
    publish = Folder.publish

    def sweep_first(self: Folder, folder: Path) -> None:
        shutil.rmtree(folder)
        publish(self, folder)

    monkeypatch.setattr(Folder, "publish", sweep_first)
    with pytest.raises(InterruptedError, match="swept away"):
        record_part(place, 0, "0" * 64, scratch, None)
    assert records(place) == {}


def test_a_part_that_made_its_room_again_publishes_nothing(tmp_path: Path) -> None:
    """The next run cleared it, while this part was being made by a process that nobody ended."""

    def do_part(_: int, scratch: Path) -> None:
        shutil.rmtree(scratch.parent)
        scratch.mkdir(parents=True)
        (scratch / "late.parquet").touch()

    place = Folder(tmp_path / "place")
    with pytest.raises(InterruptedError, match="the run that this part belongs to is over"):
        list(worked(Work(IDENTITY, 1, do_part, type(None)), place, Workers(), resume=False))
    assert place.names("**") == []


def test_threads_that_nobody_waits_for_leave_nothing_behind(tmp_path: Path) -> None:
    """The first part is interrupted while the second is being made; when that ends, all is over."""
    begun_second, over = threading.Event(), threading.Event()
    failed: list[BaseException] = []

    def do_part(number: int, scratch: Path) -> None:
        if number == 0:
            begun_second.wait(10)
            raise KeyboardInterrupt
        begun_second.set()
        over.wait(10)
        try:
            (scratch / "late").touch()
        except OSError as error:
            failed.append(error)
            raise

    def interrupted() -> None:
        with begun(tmp_path / "out", resume=False, force=False, identity=IDENTITY) as found:
            late = threading.Thread(target=lambda: _quietly(do_part, 1, found))
            late.start()
            try:
                list(worked(Work(IDENTITY, 1, do_part, type(None)), found.place, Workers(), resume=False))
            finally:
                threads.append(late)

    threads: list[threading.Thread] = []
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    over.set()
    threads[0].join()
    assert failed
    assert list(tmp_path.iterdir()) == []


def _quietly(do_part: Any, number: int, found: Begun) -> None:
    scratch = found.folder / "_scratch" / "late"
    try:
        scratch.mkdir(parents=True)
        do_part(number, scratch)
    except OSError:
        return


# --- sentences ----------------------------------------------------------------------------------------


def test_the_way_on_is_told_for_each_way_of_ending() -> None:
    again = "--resume --force"
    assert "--resume --force" in str(ended(KeyboardInterrupt(), 1, again))
    assert "1 finished part is kept" in str(ended(MemoryError(), 1, again))
    left = BrokenPipeError(errno.EPIPE, "gone")
    assert ended(left, 1, again) is left
    halted = ended(Halted(BadInput.of("a", where="b", mend="C.").problems), 1200, again)
    assert str(halted) == (
        "b: a; 1,200 finished parts are kept\n    To mend it: C. Then call again with --resume --force to go on."
    )
