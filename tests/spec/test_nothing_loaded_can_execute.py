"""Nothing we load can execute code, take the place of other code, or bring the process down.

Cards, certificates, rulebooks and scenarios are given hostile strings wherever text may stand, tags and
pickles instead of text, numbers that are none, and depth without end. Each ends as plain data or as bad
input. An audit hook sees whether anything was executed, started or opened for writing on the way.
"""

import copy
import json
import os
import pickle
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from dossier.problems import BadInput
from dossier.stages import Stage
from models.card import RELEASED as CARDS
from models.card import load_cards
from screening.operating_point import RELEASED as CERTIFICATES
from screening.operating_point import load_operating_point
from screening.rulebook import _RELEASED as RULEBOOKS
from screening.rulebook import compile_rulebook, load_rulebook
from screening.screener import RELEASED, Screener, released_rules
from synthetic.compile import compile_world
from synthetic.scenarios import SCENARIOS, load_scenario

HOSTILE = [
    "__import__('os').system('true')",
    "{0.__class__.__mro__}",
    "{self.__init__.__globals__}",
    "%(x)s %n",
    "${HOME} $(id) `id`",
    "!!python/object/apply:os.system ['true']",
    "../../../etc/passwd",
    "<script>alert(1)</script>",
    "{{ 7 * 7 }}{% for x in ().__class__.__base__.__subclasses__() %}",
    "\u202e\u0000\u001b[31m",
    "eval(compile('1', '', 'exec'))",
    "'; DROP TABLE applicants; --",
]

Load = Callable[[Path], object]


def load_everything_of_cards(path: Path) -> object:
    cards = load_cards(path)
    return [cards.at(Stage.of(stage.stage)).tables for stage in cards.stages]


def load_everything_of_rules(path: Path) -> object:
    return compile_rulebook(load_rulebook(path)).columns_hash


def load_everything_of_a_scenario(path: Path) -> object:
    return compile_world(load_scenario(path))


LOADERS: dict[str, tuple[Load, Path]] = {
    "cards": (load_everything_of_cards, CARDS / f"{RELEASED}.json"),
    "certificate": (load_operating_point, CERTIFICATES / f"{RELEASED}.json"),
    "rulebook": (load_everything_of_rules, RULEBOOKS / f"{RELEASED}.toml"),
    "scenario": (load_everything_of_a_scenario, SCENARIOS / "phnom_penh_2022.toml"),
}
EACH = pytest.mark.parametrize(("load", "released"), LOADERS.values(), ids=LOADERS)

# --- the watch --------------------------------------------------------------------------------------

FORBIDDEN: tuple[str, ...] = (
    "exec",
    "import",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "subprocess.Popen",
)
FORBIDDEN += (
    "pickle.find_class",
    "marshal.loads",
    "socket.connect",
    "ctypes.dlopen",
    "shutil.rmtree",
    "os.remove",
)


class Watch:
    """Remembers what is executed, imported, started or written while it is awake."""

    def __init__(self) -> None:
        self.awake = False
        self.seen: list[str] = []

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self.awake:
            return
        writes = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
        if event in FORBIDDEN or writes:
            self.seen.append(f"{event} {arguments[:1]!r:.80}")


WATCH = Watch()
sys.addaudithook(WATCH)  # it cannot be taken away again, so it sleeps outside `nothing_executed`


@contextmanager
def nothing_executed() -> Iterator[None]:
    """Assert that nothing is executed, imported, started or written inside."""
    WATCH.seen, WATCH.awake = [], True
    try:
        yield
    finally:
        WATCH.awake = False
    assert WATCH.seen == []


def is_data_or_refused(load: Load, path: Path) -> bool:
    """Tell whether a file loads as data; anything but bad input is raised."""
    try:
        load(path)
    except BadInput as refused:
        if not all(problem.what for problem in refused.problems):
            raise
        return False
    return True


@pytest.fixture(autouse=True, scope="module")
def everything_imported(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Load each kind once, and once in vain, so that only what a file brings along is left to be seen."""
    folder = tmp_path_factory.mktemp("imported")
    for load, released in LOADERS.values():
        load(released)
        is_data_or_refused(load, written({"unknown_key": 1}, released, folder))


def test_the_watch_sees_what_it_looks_for(tmp_path: Path) -> None:
    for act in (
        lambda: exec("1"),
        lambda: pickle.loads(pickle.dumps(Path)),
        lambda: (tmp_path / "x").write_text("x", encoding="utf-8"),
    ):
        with pytest.raises(AssertionError), nothing_executed():
            act()


@EACH
def test_a_released_file_is_loaded_without_executing_anything(load: Load, released: Path) -> None:
    with nothing_executed():
        assert is_data_or_refused(load, released)


# --- hostile text -----------------------------------------------------------------------------------


def toml_of(content: Any) -> str:
    """Return TOML in the plainest form: inline tables and lists throughout."""
    return "".join(f"{json.dumps(key)} = {_inline(value)}\n" for key, value in content.items())


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {_inline(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_inline(inner) for inner in value) + "]"
    if isinstance(value, str):
        return json.dumps(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def places_of(content: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the place of every value that is text or a number."""
    if isinstance(content, dict | list):
        pairs = content.items() if isinstance(content, dict) else enumerate(content)
        for key, inner in pairs:
            yield from places_of(inner, (*at, key))
    elif not isinstance(content, bool):
        yield at


def with_value(content: Any, place: tuple[Any, ...], value: Any) -> Any:
    changed = copy.deepcopy(content)
    holder = changed
    for key in place[:-1]:
        holder = holder[key]
    holder[place[-1]] = value
    return changed


def parsed(released: Path) -> Any:
    text = released.read_text(encoding="utf-8")
    return tomllib.loads(text) if released.suffix == ".toml" else json.loads(text)


def written(content: Any, released: Path, folder: Path) -> Path:
    path = folder / f"hostile{released.suffix}"
    path.write_text(toml_of(content) if released.suffix == ".toml" else json.dumps(content), encoding="utf-8")
    return path


def some(places: list[tuple[Any, ...]], count: int) -> list[tuple[Any, ...]]:
    """Return places spread over the whole file, and one of each kind at least."""
    kinds = {tuple("#" if isinstance(key, int) else key for key in place[-2:]): place for place in places}
    return [*places[:: max(len(places) // count, 1)], *list(kinds.values())[: 3 * count]]


@EACH
def test_the_files_are_spoiled_from_a_whole_one(load: Load, released: Path, tmp_path: Path) -> None:
    assert is_data_or_refused(load, written(parsed(released), released, tmp_path))


@EACH
def test_hostile_text_anywhere_is_data_or_bad_input(load: Load, released: Path, tmp_path: Path) -> None:
    content = parsed(released)
    for number, place in enumerate(some(list(places_of(content)), 12)):
        path = written(with_value(content, place, HOSTILE[number % len(HOSTILE)]), released, tmp_path)
        with nothing_executed():
            is_data_or_refused(load, path)


@EACH
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_keys_are_bad_input(load: Load, released: Path, text: str, tmp_path: Path) -> None:
    content = {**parsed(released), text: text}
    path = written(content, released, tmp_path)
    with nothing_executed():
        loaded = is_data_or_refused(load, path)
    assert not loaded or load is load_operating_point  # a certificate may say more than we know


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_condition_of_a_rule_is_bad_input(text: str, tmp_path: Path) -> None:
    load, released = LOADERS["rulebook"]
    content = with_value(parsed(released), ("rules", 0, "when"), text)
    path = written(content, released, tmp_path)
    with nothing_executed():
        assert not is_data_or_refused(load, path)


CONDITIONS = [
    "().__class__",
    "one_way_journey.__class__",
    "one_way_journey()",
    "exec('1')",
    "lambda: 1",
    "[x for x in (1,)]",
    "one_way_journey if 1 else 2",
    "(x := 1)",
    "f'{1}'",
    "one_way_journey[0]",
    "await x",
    "9**9**9 == 1",
    "not " * 5000 + "one_way_journey",
    "(" * 5000 + "one_way_journey" + ")" * 5000,
    " and ".join(["one_way_journey"] * 20_000),
]


@pytest.mark.parametrize("text", CONDITIONS, ids=lambda text: text[:20])
def test_a_condition_that_is_a_program_is_bad_input(text: str, tmp_path: Path) -> None:
    load, released = LOADERS["rulebook"]
    path = written(with_value(parsed(released), ("rules", 0, "when"), text), released, tmp_path)
    with nothing_executed():
        loaded = is_data_or_refused(load, path)
    assert not loaded or text.startswith("one_way_journey and")


# --- numbers that are none --------------------------------------------------------------------------

NUMBERS = [
    "NaN",
    "nan",
    "inf",
    "1e999",
    "-1e999",
    "1" + "0" * 5000,
    "0x7fffffffffffffff",
    "1e-999",
    "-0.0",
    "true",
    "null",
]


@EACH
@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: number[:8])
def test_a_number_that_is_none_is_data_or_bad_input(
    load: Load, released: Path, number: str, tmp_path: Path
) -> None:
    content = parsed(released)
    numbers = [place for place in places_of(content) if isinstance(_at(content, place), int | float)]
    for place in some(numbers, 3):
        path = written(with_value(content, place, "HERE"), released, tmp_path)
        path.write_text(path.read_text(encoding="utf-8").replace('"HERE"', number), encoding="utf-8")
        with nothing_executed():
            is_data_or_refused(load, path)


@pytest.mark.parametrize("number", ["nan", "inf", "-inf", "1e999", "-1.0"])
def test_a_share_that_is_no_share_is_bad_input(number: str, tmp_path: Path) -> None:
    load, released = LOADERS["scenario"]
    content = parsed(released)
    shares = [place for place in places_of(content) if _is_share(content, place)]
    assert len(shares) > 30
    for place in shares[::3]:
        path = written(with_value(content, place, "HERE"), released, tmp_path)
        path.write_text(path.read_text(encoding="utf-8").replace('"HERE"', number), encoding="utf-8")
        assert not is_data_or_refused(load, path), place


def _is_share(content: Any, place: tuple[Any, ...]) -> bool:
    """Tell whether a share of people, of answers or of networks stands here."""
    wanted = place[-1] in ("share", "weight") or (place[0] == "overlay" and "table" in place)
    return wanted and isinstance(_at(content, place), float)


def _at(content: Any, place: tuple[Any, ...]) -> Any:
    for key in place:
        content = content[key]
    return content


# --- what is no text at all -------------------------------------------------------------------------


class Exploit:
    """What a pickle can do to those who load it."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return exec, ("raise SystemExit('a pickle was loaded')",)


FILES = {
    "a pickle": pickle.dumps(Exploit()),
    "a pickle in text": pickle.dumps(Exploit(), protocol=0),
    "YAML with a tag": b"!!python/object/apply:os.system ['true']\n",
    "a numpy file": b"\x93NUMPY\x01\x00v\x00{'descr': '|O'}",
    "Python": b"import os\nos.system('true')\n",
    "nothing": b"",
    "zeros": bytes(4096),
    "half a character": b'id = "\xc3',
    "deep lists": b"[" * 200_000 + b"]" * 200_000,
    "deep lists in a key": b"x = " + b"[" * 100_000 + b"]" * 100_000,
    "deep tables": b"x = " + b"{x = " * 50_000 + b"1" + b"}" * 50_000,
    "deep objects": b'{"x":' * 100_000 + b"1" + b"}" * 100_000,
    "a very deep key": b".".join([b"x"] * 3_000) + b" = 1\n",
    "the same key again": b'id = "a"\nid = "b"\n',
}


@EACH
@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_what_is_no_text_of_ours_is_bad_input(
    load: Load, released: Path, content: bytes, tmp_path: Path
) -> None:
    path = tmp_path / f"hostile{released.suffix}"
    path.write_bytes(content)
    with nothing_executed():
        assert not is_data_or_refused(load, path)


@EACH
def test_a_folder_is_no_file(load: Load, released: Path, tmp_path: Path) -> None:
    folder = tmp_path / f"folder{released.suffix}"
    folder.mkdir()
    with pytest.raises((BadInput, OSError)):
        load(folder)


@pytest.mark.parametrize("kind", ["rulebook", "scenario"])
def test_a_pipe_a_device_and_a_huge_file_are_bad_input_and_nobody_waits(kind: str, tmp_path: Path) -> None:
    load, _ = LOADERS[kind]
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "device.toml").symlink_to("/dev/zero")
    (tmp_path / "loop.toml").symlink_to(tmp_path / "loop.toml")
    with (tmp_path / "huge.toml").open("wb") as file:
        file.truncate(2**40)
    for name in ("pipe", "device", "loop", "huge"):
        with nothing_executed():
            assert not is_data_or_refused(load, tmp_path / f"{name}.toml")


@EACH
def test_a_file_cut_short_is_bad_input(load: Load, released: Path, tmp_path: Path) -> None:
    whole = released.read_bytes().rstrip()
    path = tmp_path / f"cut{released.suffix}"
    for tenth in range(1, 10):
        path.write_bytes(whole[: tenth * len(whole) // 10])
        with nothing_executed():
            is_data_or_refused(load, path)
        if released.suffix == ".json":
            assert not is_data_or_refused(load, path)


# --- a name is a name -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["../../pyproject", "/etc/passwd", "saring-2026/../x", "", ".", "~"])
@pytest.mark.parametrize(
    "load",
    [load_cards, load_operating_point, load_rulebook, load_scenario, released_rules],
    ids=lambda f: f.__name__,
)
def test_a_name_that_leads_elsewhere_finds_nothing(load: Callable[[str], object], name: str) -> None:
    with nothing_executed(), pytest.raises((BadInput, OSError)):
        load(name)


def test_a_released_screener_is_made_of_data_alone() -> None:
    with nothing_executed():
        Screener.default()
