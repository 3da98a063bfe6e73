"""Options that several commands share, each with its help; light, so that `--help` answers at once."""

from pathlib import Path
from typing import Annotated, Literal

import typer

RELEASED = "saring-2026"
"""Name of the released rulebook, cards and certificate."""

Scenario = Annotated[
    str, typer.Argument(help="A released scenario (see `saring show scenarios`) or a path to a .toml file.")
]
Size = Annotated[
    int | None,
    typer.Option("--n", min=1, help="Number of applicants; the scenario's own size when left out."),
]
Seed = Annotated[
    int,
    typer.Option(help="Any whole number. The same scenario, size and seed give the same cohort everywhere."),
]
OwnSeed = Annotated[
    int | None, typer.Option("--seed", help="Any whole number, 1 when left out; a finished run has its own.")
]
Workers = Annotated[
    int,
    typer.Option(min=1, max=64, help="Parts worked on at a time; changes no result."),
]
WorkersAs = Annotated[
    Literal["auto", "threads", "processes"],
    typer.Option(
        "--workers-as",
        help="Threads of one process, or processes beside it, which start slowly and do many parts faster; "
        "changes no result.",
    ),
]
Cluster = Annotated[
    str | None,
    typer.Option(
        metavar="tcp://HOST:PORT",
        help="A Dask scheduler whose workers do the parts; they must see --out under the same path or URL "
        "(see docs/cluster.md). Changes no result.",
    ),
]
Resume = Annotated[
    bool, typer.Option("--resume", help="Go on with unfinished work on this folder, if there is any.")
]
Rules = Annotated[
    str,
    typer.Option(
        "--rulebook",
        help="A released rulebook (saring-2026, paper-004, ilo-pre-departure, women-17-45) or a path to a "
        ".toml file. Where a rulebook decides by itself, no cards are used.",
    ),
]
Cards = Annotated[
    str,
    typer.Option(
        help="Released cards or a path to a .json file that `saring train` wrote; none lets the rules decide "
        "by themselves."
    ),
]
Certificate = Annotated[str, typer.Option(help="A released certificate or a path to one.")]
StageName = Annotated[
    str | None,
    typer.Option(
        "--stage",
        help="counter, interview, verification or checkpoint; when left out, the one the scenario names.",
    ),
]
Threshold = Annotated[
    float | None,
    typer.Option(
        help="Log-odds at or above which referral is recommended; the certificate's when left out. Where "
        "rules decide by themselves: how many evidence rules refer together."
    ),
]
Referral = Annotated[
    str,
    typer.Option(
        "--policy",
        help="What follows from a flag: saring-2026 refers and offers a lawful route, paper-004 ends "
        "applications as that paper writes; or a path to a .toml file. It changes nobody's risk.",
    ),
]
Out = Annotated[Path | None, typer.Option(help="Folder for the results.")]
OutPlace = Annotated[
    str | None,
    typer.Option(
        "--out", help="Folder for the results, or a URL that fsspec reaches, such as s3://bucket/name."
    ),
]
Modules = Annotated[
    Path | None,
    typer.Option(help="A folder of further module files that the scenario may name."),
]
Levers = Annotated[
    list[str] | None,
    typer.Option("--lever", help="A released lever (see `saring show levers`) or a path; may be repeated."),
]
Difficulty = Annotated[
    int,
    typer.Option(min=1, max=5, help="How well networks hide: 1 crude to 5 skilled; 3 as the modules say."),
]
BaseRate = Annotated[
    str | None,
    typer.Option(
        help="Share of victims the cohort stands for, such as 1:1000; victims stay exact in number, and "
        "weights give the workload at that rate."
    ),
]
Capacities = Annotated[
    list[str] | None,
    typer.Option(
        "--capacity",
        metavar="STAGE=SHARE",
        help="With --pathway: people a stage sees on a day, as a share of an ordinary day's applicants, or "
        "'unlimited'; may be repeated.",
    ),
]
Language = Annotated[str, typer.Option(help="en or id.")]
Force = Annotated[bool, typer.Option("--force", help="Replace the folder if it exists.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress, no sentences; results only.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
