"""A cohort drawn on a cluster is the cohort drawn on one machine, byte by byte, whoever dies meanwhile.

A real scheduler and real worker processes. What a cluster cannot do, it says at once: other versions, a place
that it does not see, nobody there. Parts are small here, which changes where files begin and nothing else.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from console.parts.parallel import Workers, each_part
from console.parts.unfinished import Work, begun, digests_of, worked
from dossier.places import place_of
from dossier.problems import BadInput
from synthetic import cohort_files, load_scenario
from synthetic.cohort import plan_for
from synthetic.compile import compile_world
from synthetic.draw import Plan
from tests.spec.clusters import (
    HOME,
    PATIENCE_S,
    Cluster,
    fail_once,
    fall_at_the_third,
    refuse_the_third,
    unhurried,
    write,
    write_below,
)

ROWS = 100
PARTS = range(8)
LAYERS = 7

Digests = list[dict[str, str]]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A scheduler with two workers."""
    with Cluster(tmp_path_factory.mktemp("cluster")) as found:
        found.join()
        found.join()
        yield found


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_for(compile_world(load_scenario("phnom_penh_2022")), ROWS * len(PARTS), seed=5)


@pytest.fixture(scope="module")
def alone(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Digests:
    """What one thread of one machine writes."""
    folder = tmp_path_factory.mktemp("alone")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(cohort_files, "ROWS_PER_PART", ROWS)
        found = written(plan, folder, Workers())
    assert [len(part) for part in found] == [LAYERS] * len(PARTS)
    assert len({digest for part in found for digest in part.values()}) > len(PARTS)
    return found


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The task sets the size of parts wherever it runs; here it is set back afterwards."""
    monkeypatch.setattr(cohort_files, "ROWS_PER_PART", ROWS)


def on(cluster: Cluster) -> Workers:
    return Workers(kind="cluster", cluster=cluster.address)


def written(plan: Plan, out: Path | str, workers: Workers) -> Digests:
    place = place_of(out)
    return list(each_part(partial(write, plan, place, ROWS), PARTS, workers, place=place))


# --- the same bytes ---------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [2, 3])
def test_threads_write_the_same_bytes(count: int, plan: Plan, alone: Digests, tmp_path: Path) -> None:
    assert written(plan, tmp_path, Workers(count)) == alone


def test_processes_write_the_same_bytes(plan: Plan, alone: Digests, tmp_path: Path) -> None:
    assert written(plan, tmp_path, Workers(2, "processes")) == alone


def test_a_cluster_writes_the_same_bytes(
    cluster: Cluster, plan: Plan, alone: Digests, tmp_path: Path
) -> None:
    assert written(plan, tmp_path, on(cluster)) == alone
    assert len(place_of(tmp_path).names("**")) == LAYERS * len(PARTS)


def test_a_place_given_as_a_url_gets_the_same_bytes(
    cluster: Cluster, plan: Plan, alone: Digests, tmp_path: Path
) -> None:
    assert written(plan, f"file://{tmp_path}/out", on(cluster)) == alone
    assert written(plan, "memory://the-same-bytes", Workers(2)) == alone


def test_a_worker_killed_midway_changes_no_byte(plan: Plan, alone: Digests, tmp_path: Path) -> None:
    place = place_of(tmp_path / "out")
    with Cluster(tmp_path) as cluster:
        first, _ = cluster.join(), cluster.join()
        found = each_part(partial(write, plan, place, ROWS), PARTS, on(cluster), place=place)
        begun = [next(found)]
        os.kill(first.pid, signal.SIGKILL)
        assert begun + list(found) == alone


def drawn_into(
    out: Path, plan: Plan, workers: Workers, *, resume: bool = False, stop_at: int = -1
) -> Digests:
    """Draw a cohort as commands do, and be interrupted when a part is there."""
    identity = cohort_files.identity_of(plan)
    work = Work(identity, len(PARTS), partial(write_below, plan, ROWS), type(None))

    def done(number: int) -> None:
        if number == stop_at:
            raise KeyboardInterrupt

    with begun(out, resume=resume, force=False, identity=identity) as found:
        for _ in worked(work, found.place, workers, resume=resume, done=done):
            pass
        digests = digests_of(found.place)
    names = [cohort_files.part_name(number) for number in PARTS]
    return [{name: digests[name] for name in sorted(digests) if name.endswith(end)} for end in names]


def test_work_interrupted_on_a_cluster_is_finished_on_one_machine(
    cluster: Cluster, plan: Plan, alone: Digests, tmp_path: Path
) -> None:
    with pytest.raises(KeyboardInterrupt):
        drawn_into(tmp_path / "out", plan, on(cluster), stop_at=3)
    assert not (tmp_path / "out").exists()
    assert drawn_into(tmp_path / "out", plan, Workers(2), resume=True) == alone


def test_work_begun_on_one_machine_is_finished_on_a_cluster(
    cluster: Cluster, plan: Plan, alone: Digests, tmp_path: Path
) -> None:
    with pytest.raises(KeyboardInterrupt):
        drawn_into(tmp_path / "out", plan, Workers(2), stop_at=3)
    assert drawn_into(tmp_path / "out", plan, on(cluster), resume=True) == alone
    assert not (tmp_path / "out" / "_parts").exists()


@pytest.mark.slow
def test_a_worker_that_comes_when_another_is_gone_takes_over(tmp_path: Path) -> None:
    with Cluster(tmp_path) as cluster:
        first = cluster.join()
        found = each_part(unhurried, range(20), on(cluster))
        begun = [next(found)]
        os.kill(first.pid, signal.SIGKILL)
        cluster.join()
        assert begun + list(found) == list(range(20))


def test_a_part_that_a_worker_could_not_do_is_tried_again(cluster: Cluster, tmp_path: Path) -> None:
    assert list(each_part(partial(fail_once, tmp_path), 4, on(cluster))) == [0, 1, 2, 3]


# --- what is said -----------------------------------------------------------------------------------


def test_what_a_part_refuses_is_said_as_on_one_machine(cluster: Cluster) -> None:
    seen: list[int] = []
    with pytest.raises(BadInput) as alone:
        list(each_part(refuse_the_third, 8, Workers()))
    with pytest.raises(BadInput) as far:
        seen.extend(each_part(refuse_the_third, 8, on(cluster)))
    assert far.value.problems == alone.value.problems


def test_a_place_that_workers_do_not_see_is_refused_before_any_work(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.parts.clusters.SEEN_S", 1)
    place = place_of("memory://seen-by-nobody")
    with pytest.raises(BadInput, match="does not see memory://seen-by-nobody"):
        list(each_part(unhurried, 8, on(cluster), place=place))
    assert place.names("**") == []


@pytest.fixture
def older(tmp_path: Path) -> dict[str, str]:
    """The environment of a worker that believes in an older numpy."""
    folder = tmp_path / "numpy-1.0.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: numpy\nVersion: 1.0.0\n", encoding="utf-8")
    return {"PYTHONPATH": f"{tmp_path}{os.pathsep}{HOME}"}


def test_workers_with_other_versions_are_refused(older: dict[str, str], tmp_path: Path) -> None:
    with Cluster(tmp_path) as cluster:
        cluster.join(older)
        with pytest.raises(BadInput, match="numpy is 1.0.0 on this machine and 2") as refused:
            list(each_part(unhurried, 8, on(cluster)))
        assert [problem.what[:5] for problem in refused.value.problems] == ["numpy"]
        assert refused.value.problems[0].where.startswith("tcp://127.0.0.1:")


@pytest.fixture
def without_saring(tmp_path: Path) -> dict[str, str]:
    """The environment of a process for which `console` is something else."""
    (tmp_path / "other" / "console").mkdir(parents=True)
    (tmp_path / "other" / "console" / "__init__.py").touch()
    return {"PYTHONPATH": str(tmp_path / "other")}


@pytest.mark.slow
def test_a_worker_without_saring_is_named(without_saring: dict[str, str], tmp_path: Path) -> None:
    with Cluster(tmp_path) as cluster:
        cluster.join()
        cluster.join(without_saring)
        with pytest.raises(BadInput, match="tcp://127.0.0.1:[0-9]*: this machine cannot run saring"):
            list(each_part(unhurried, 8, on(cluster)))


@pytest.mark.slow
def test_a_scheduler_without_saring_is_named(without_saring: dict[str, str], tmp_path: Path) -> None:
    with Cluster(tmp_path, without_saring) as cluster:
        cluster.join()
        with pytest.raises(BadInput, match="the scheduler: this machine cannot run saring"):
            list(each_part(unhurried, 8, on(cluster)))


@pytest.mark.slow
def test_a_worker_with_other_versions_that_joins_later_is_refused_too(
    older: dict[str, str], tmp_path: Path
) -> None:
    with Cluster(tmp_path) as cluster:
        cluster.join()
        found = each_part(unhurried, range(400), on(cluster))
        next(found)
        cluster.join(older)
        with pytest.raises(BadInput, match="numpy is 1.0.0 on this machine"):
            list(found)


@pytest.mark.slow
def test_a_scheduler_without_workers_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.parts.clusters.CONNECT_S", 1)
    with Cluster(tmp_path) as cluster, pytest.raises(BadInput, match="the scheduler has no worker"):
        list(each_part(unhurried, 8, on(cluster)))


@pytest.mark.parametrize(
    ("address", "what"),
    [
        ("tcp://127.0.0.1:9", "no scheduler answers"),
        ("tls://127.0.0.1:9", "no scheduler answers"),
        ("tcp://nobody.invalid:8786", "no scheduler answers"),
        ("127.0.0.1:8786", "an address is tcp://HOST:PORT or tls://HOST:PORT"),
        ("tcp://127.0.0.1", "an address is tcp://HOST:PORT or tls://HOST:PORT"),
        ("tcp://127.0.0.1:99999", "no scheduler answers"),
        ("inproc://127.0.0.1:1", "an address is tcp://HOST:PORT or tls://HOST:PORT"),
    ],
)
def test_an_address_at_which_nobody_answers_is_said_within_seconds(address: str, what: str) -> None:
    begun = time.monotonic()
    with pytest.raises(BadInput, match=what) as refused:
        list(each_part(unhurried, 8, Workers(kind="cluster", cluster=address)))
    assert refused.value.problems[0].where == address
    assert time.monotonic() - begun < 10


@pytest.mark.slow
def test_a_part_that_ends_every_worker_is_named(tmp_path: Path) -> None:
    with Cluster(tmp_path, {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}) as cluster:
        for _ in range(3):
            cluster.join()
        with pytest.raises(BadInput, match="2 workers ended one after the other at part [0-9] or beside it"):
            list(each_part(fall_at_the_third, 8, on(cluster)))


@pytest.mark.slow
def test_a_scheduler_that_goes_away_is_said(tmp_path: Path) -> None:
    with Cluster(tmp_path) as cluster:
        cluster.join()
        found = each_part(unhurried, range(400), on(cluster))
        next(found)
        cluster.scheduler.kill()
        with pytest.raises(BadInput, match="the connection to the scheduler was lost"):
            list(found)


ENDLESS = """
import sys
from console.parts.parallel import Workers, each_part
from console.parts.unfinished import Work, begun, digests_of, worked
from tests.spec.clusters import unhurried

for number in each_part(unhurried, range(100_000), Workers(kind="cluster", cluster=sys.argv[1])):
    print(number, flush=True)
"""


@pytest.mark.slow
def test_ctrl_c_ends_the_work_on_a_cluster_too(cluster: Cluster) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", ENDLESS, cluster.address],
        env={**os.environ, "PYTHONPATH": str(HOME)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "0\n"
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=PATIENCE_S)
    assert stderr.splitlines()[-1].startswith("KeyboardInterrupt")
    assert list(each_part(unhurried, 4, on(cluster))) == [0, 1, 2, 3]
    assert tasks_left(cluster) == 0


def test_never_more_parts_lie_with_the_scheduler_than_its_workers_need(cluster: Cluster) -> None:
    found = each_part(unhurried, range(1000), on(cluster))
    for _ in range(5):
        next(found)
    assert 0 < tasks_left(cluster) <= 2 * 2 + 1
    found.close()  # type: ignore[attr-defined]
    assert tasks_left(cluster) == 0


def tasks_left(cluster: Cluster) -> int:
    """Return how many tasks a scheduler knows."""
    from distributed import Client

    with Client(cluster.address, set_as_default=False) as client:  # type: ignore[no-untyped-call]
        time.sleep(0.3)  # it forgets them a moment after they are given up
        left: int = client.run_on_scheduler(_count)
    return left


def _count(dask_scheduler: object) -> int:
    return len(dask_scheduler.tasks)  # type: ignore[attr-defined]


# --- with certificates ------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificates")
def test_a_cluster_with_certificates_is_reached_by_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    words = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=saring"]
    where = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(["openssl", *words, *where], check=True, capture_output=True)
    files = {"ca-file": certificate, "key": key, "cert": certificate}
    options = tuple(word for name, path in files.items() for word in (f"--tls-{name}", str(path)))
    import dask

    with Cluster(tmp_path, tls=("--protocol", "tls", *options)) as cluster:
        cluster.join()
        assert cluster.address.startswith("tls://")
        with pytest.raises(BadInput, match="no scheduler answers"):
            list(each_part(unhurried, 4, on(cluster)))
        ours = {
            "distributed.comm.tls.ca-file": str(certificate),
            "distributed.comm.tls.client.key": str(key),
            "distributed.comm.tls.client.cert": str(certificate),
        }
        with dask.config.set(ours):
            assert list(each_part(unhurried, 4, on(cluster))) == [0, 1, 2, 3]
