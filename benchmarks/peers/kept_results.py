"""Results that are measured part by part: what was measured before on the same machine stays."""

import argparse
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.peers.measuring import machine, version_of

Part = Callable[[], Any]


def arguments(description: str, parts: Mapping[str, Any], results: Path) -> argparse.ArgumentParser:
    """Return a parser of what all these programs are asked: which parts, how small, and where it goes."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--only", nargs="+", choices=list(parts), metavar="PART", help=", ".join(parts))
    parser.add_argument("--quick", action="store_true", help="a small run, to see that it runs")
    parser.add_argument("--out", type=Path, default=results)
    return parser


def measured(
    parts: Mapping[str, Part], only: list[str] | None, path: Path, packages: tuple[str, ...], *, quick: bool
) -> dict[str, Any]:
    """Measure some parts, or all, and write them beside what was measured before.

    Earlier results are kept only if machine, versions and size of the run are the same.

    Args:
        parts: What is measured, by name.
        only: Which of them; all when None.
        path: The file of results.
        packages: Whose versions are told beside the usual ones.
        quick: Whether the run is a small one, whose figures are for nobody.
    """
    told = machine()
    told["versions"] |= {package: version_of(package) for package in packages}
    head: dict[str, Any] = {"simulated": True, "quick": quick, "machine": told}
    found = head | {name: part for name, part in _earlier(path, head).items() if name in parts}
    for name in only or list(parts):
        found[name] = parts[name]()
        print(name, json.dumps(found[name]), flush=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return found


def _earlier(path: Path, head: Mapping[str, Any]) -> dict[str, Any]:
    if not path.exists():
        return {}
    earlier: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return earlier if all(earlier.get(name) == value for name, value in head.items()) else {}
