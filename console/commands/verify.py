"""`saring verify`: draws, computes and compares a certificate again, and answers yes or no."""

import time
from dataclasses import dataclass
from typing import Any

import typer

from console.errors import GATE_FAILED
from console.output import Output
from console.verifying import Instead, Verification, verify

MOST_TOLD = 20
"""Differences that are printed; one changed number at the root changes hundreds below."""

LONGEST = 60
"""Letters of a value that are printed."""


@dataclass(frozen=True)
class VerifyOptions:
    """The options of `saring verify`; see its help."""

    certificate: str
    instead: Instead


def verify_certificate(options: VerifyOptions, output: Output) -> None:
    """Verify a certificate and print the answer.

    Raises:
        typer.Exit: With code 1 where it does not hold.
    """
    started = time.perf_counter()
    with output.step("Reading the certificate") as status:
        found = verify(options.certificate, options.instead, status)
    content = {
        "schema_version": "1",
        "certificate": options.certificate,
        "kind": found.kind,
        "holds": found.holds,
        "fields": found.fields,
        "differences": [one.to_json() for one in found.differences],
        "wall_s": round(time.perf_counter() - started, 2),
    }
    output.result(content, lambda: _print(options.certificate, found, output))
    if not found.holds:
        raise typer.Exit(GATE_FAILED)


def _print(certificate: str, found: Verification, output: Output) -> None:
    if found.holds:
        print(
            f"Yes: {certificate} holds. Drawn and computed again, all {found.fields:,} fields came out "
            "the same."
        )
        return
    print(f"No: {certificate} does not hold; {len(found.differences):,} of its fields came out otherwise.")
    for one in found.differences:
        if one.words:
            print(f"{one.words[0].upper()}{one.words[1:]}.")
    told = found.differences[:MOST_TOLD]
    rows = [(one.field, _short(one.certified), _short(one.recomputed)) for one in told]
    output.table("What differs", ("field", "in the certificate", "computed again"), rows)
    if len(found.differences) > len(told):
        print(f"and {len(found.differences) - len(told):,} more; --json lists all.")


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
