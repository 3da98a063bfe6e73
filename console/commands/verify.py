"""`saring verify`: draws, computes and compares a run or a certificate again, and answers yes or no."""

import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from console.errors import GATE_FAILED
from console.kept_runs import is_run
from console.output import Output, number_of
from console.thresholds.verifying import Difference, Instead, Verification, verify
from console.verifying_runs import KIND, Asked, verify_run

MOST_TOLD = 20
"""Differences that are printed; one changed number at the root changes hundreds below."""

LONGEST = 60
"""Letters of a value that are printed."""

LOTS = 2**32
"""Numbers among which chance chooses when nobody says which rows are to be drawn again."""


@dataclass(frozen=True)
class VerifyOptions:
    """The options of `saring verify`; see its help."""

    what: str
    instead: Instead
    modules: Path | None = None
    ranges: int = 16
    lot: int | None = None


def verify_anything(options: VerifyOptions, output: Output) -> None:
    """Verify a run or a certificate and print the answer.

    Raises:
        BadInput: If it is neither.
        typer.Exit: With code 1 where it does not hold.
    """
    started = time.perf_counter()
    lot = secrets.randbelow(LOTS) if options.lot is None else options.lot
    folder = Path(options.what)
    with output.step("Reading") as status:
        if is_run(folder):
            asked = Asked(folder, options.instead, options.ranges, lot, options.modules)
            found = verify_run(asked, status)
        else:
            found = verify(options.what, options.instead, status)
    content = {
        "schema_version": "1",
        "certificate" if found.kind != KIND else "run": options.what,
        "kind": found.kind,
        "holds": found.holds,
        "fields": found.fields,
        **({"lot": lot, "ranges": options.ranges} if found.kind == KIND else {}),
        "differences": [_json(one) if found.kind == KIND else one.to_json() for one in found.differences],
        "wall_s": round(time.perf_counter() - started, 2),
    }
    output.result(content, lambda: _print(options.what, found, lot, output))
    if not found.holds:
        raise typer.Exit(GATE_FAILED)


def _print(what: str, found: Verification, lot: int, output: Output) -> None:
    of_run = found.kind == KIND
    if found.holds:
        print(_yes(what, found, lot) if of_run else _yes_certificate(what, found))
        return
    print(f"No: {what} does not hold; {number_of(len(found.differences), 'difference')} found.")
    for one in found.differences:
        if one.words:
            print(f"{one.words[0].upper()}{one.words[1:]}.")
    told = found.differences[:MOST_TOLD]
    rows = [(one.field, _short(one.certified), _short(one.recomputed)) for one in told]
    titles = (
        ("where", "in the folder", "should be")
        if of_run
        else ("field", "in the certificate", "computed again")
    )
    output.table("What differs", titles, rows)
    if len(found.differences) > len(told):
        print(f"and {len(found.differences) - len(told):,} more; --json lists all.")
    if of_run:
        print(f"The same rows are drawn again with --lot {lot}.")


def _json(one: Difference) -> dict[str, Any]:
    """Return a difference of a run for JSON: what stands in the folder, and what should."""
    return {"where": one.field, "found": one.certified, "expected": one.recomputed}


def _yes(what: str, found: Verification, lot: int) -> str:
    return (
        f"Yes: {what} holds. Hashes, bytes, values drawn again and counts agree ({found.fields:,} compared). "
        f"Not every row was drawn again: --lot {lot} chose which; another number chooses others."
    )


def _yes_certificate(what: str, found: Verification) -> str:
    return f"Yes: {what} holds. Drawn and computed again, all {found.fields:,} fields came out the same."


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
