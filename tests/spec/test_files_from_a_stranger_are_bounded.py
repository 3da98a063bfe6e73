"""Rulebooks, cards, certificates and scenarios from a stranger cost at most a second and 200 MiB to refuse.

Each bomb is as large as a file may be and is loaded in a process of its own, whose processor time and memory
are measured from outside. What is refused is refused in words; nothing of it is half believed.
"""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from dossier.problems import BadInput
from dossier.text_files import LARGEST_FILE, MOST_ITEMS
from tests.spec.strangers import JSON_BOMBS, RULE_BOMBS, TOML_BOMBS

SECONDS, MEBIBYTES = 1.0, 200
GIVEN_UP = 30
"""Seconds after which a load is stopped, so that a fault does not hold up the suite."""

BOMBS: Mapping[str, Mapping[str, Callable[[], str]]] = {
    "cards": JSON_BOMBS,
    "certificate": JSON_BOMBS,
    "paper card": JSON_BOMBS,
    "rulebook": {**TOML_BOMBS, **RULE_BOMBS},
    "scenario": TOML_BOMBS,
    "module": TOML_BOMBS,
}
QUICK = ("cards", "rulebook")
"""The kinds that strangers send most; the others have the same readers, and their bombs take as long."""


def loaders() -> Mapping[str, Callable[[Path], object]]:
    """Return how each kind of file is loaded; imported here, because a measured process wants it imported before."""
    from models.card import load_cards
    from models.paper_card import load_paper_card
    from screening.operating_point import load_operating_point
    from screening.rulebook import load_rulebook
    from synthetic.modules import load_module
    from synthetic.scenarios import load_scenario

    return {
        "cards": load_cards,
        "certificate": load_operating_point,
        "paper card": load_paper_card,
        "rulebook": load_rulebook,
        "scenario": load_scenario,
        "module": load_module,
    }


def measured(kind: str, path: Path) -> dict[str, Any]:
    """Load a file in a child of this process; return what it cost and how it ended."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        before, started = peak(), time.process_time()
        try:
            loaders()[kind](path)
            ended = "loaded"
        except BadInput as refused:
            ended = (
                "refused" if all(problem.what for problem in refused.problems) else "refused without a word"
            )
        except BaseException as error:  # noqa: BLE001  (whatever it is, the parent is told)
            ended = f"{type(error).__name__}: {error!s:.60}"
        cost = {"seconds": time.process_time() - started, "mebibytes": peak() - before, "ended": ended}
        os.write(writer, json.dumps(cost).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        found = answer.read()
    os.waitpid(child, 0)
    return json.loads(found) if found else {"ended": "died"}


def peak() -> float:
    """Return the largest memory of this process in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure_all(kind: str, folder: Path) -> None:
    """Print what each bomb of a kind cost; run in a process with a single thread, where forking is safe."""
    ending = ".json" if BOMBS[kind] is JSON_BOMBS else ".toml"
    import_all = folder / f"nothing{ending}"
    import_all.write_text("", encoding="utf-8")
    measured(kind, import_all)
    loaders()
    for name, make in BOMBS[kind].items():
        path = folder / f"bomb{ending}"
        path.write_bytes(make().encode("utf-8", "surrogatepass"))
        print(json.dumps({"name": name, "size": path.stat().st_size, **measured(kind, path)}), flush=True)


@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted in other units elsewhere")
@pytest.mark.parametrize(
    "kind", [*QUICK, *(pytest.param(kind, marks=pytest.mark.slow) for kind in BOMBS if kind not in QUICK)]
)
def test_a_bomb_is_refused_within_a_second_and_bounded_memory(kind: str, tmp_path: Path) -> None:
    code = f"from {__name__} import measure_all; from pathlib import Path; measure_all({kind!r}, Path({str(tmp_path)!r}))"
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    limit = GIVEN_UP * len(BOMBS[kind])
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=environment,
        timeout=limit,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    costs = {cost["name"]: cost for cost in map(json.loads, done.stdout.splitlines())}
    assert set(costs) == set(BOMBS[kind])
    assert {name: cost for name, cost in costs.items() if cost["ended"] != "refused"} == {}
    assert {name: cost for name, cost in costs.items() if cost["seconds"] > SECONDS} == {}
    assert {name: cost for name, cost in costs.items() if cost["mebibytes"] > MEBIBYTES} == {}


@pytest.mark.parametrize("make", [*TOML_BOMBS.values(), *RULE_BOMBS.values(), *JSON_BOMBS.values()])
def test_a_bomb_is_as_large_as_a_file_may_be(make: Callable[[], str]) -> None:
    assert LARGEST_FILE / 2 < len(make().encode("utf-8", "surrogatepass")) <= LARGEST_FILE


@pytest.mark.parametrize("kind", BOMBS)
def test_a_file_that_is_larger_is_refused_before_it_is_read(kind: str, tmp_path: Path) -> None:
    path = tmp_path / ("huge.json" if BOMBS[kind] is JSON_BOMBS else "huge.toml")
    with path.open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    with pytest.raises(BadInput, match=f"more than {LARGEST_FILE:,} are not read"):
        loaders()[kind](path)


@pytest.mark.parametrize("kind", ["cards", "rulebook"])
def test_a_list_of_too_many_items_is_named_with_its_length(kind: str, tmp_path: Path) -> None:
    path = tmp_path / ("long.json" if BOMBS[kind] is JSON_BOMBS else "long.toml")
    items = ",".join(["1"] * (MOST_ITEMS + 1))
    path.write_text(
        f'{{"stages":[{items}]}}' if path.suffix == ".json" else f"rules = [{items}]", encoding="utf-8"
    )
    with pytest.raises(BadInput, match=f"a list has {MOST_ITEMS + 1:,} items"):
        loaders()[kind](path)


def test_all_that_is_released_is_far_smaller_than_the_largest_file() -> None:
    root = Path(__file__).parents[2]
    released = [*root.glob("models/*/*.json"), *root.glob("screening/*/*.json"), *root.glob("*/**/*.toml")]
    assert max(path.stat().st_size for path in released if ".venv" not in path.parts) < LARGEST_FILE / 2
