"""`saring report`: the HTML report of a run, written again from its evaluation."""

import json
from pathlib import Path

from console.output import Output
from dossier.problems import BadInput
from screening.evaluation.pages.html_report import write_html


def write_report(folder: Path, out: Path | None, output: Output) -> None:
    """Write the report and print where it is."""
    source = folder / "evaluation.json" if folder.is_dir() else folder
    try:
        content = json.loads(source.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadInput.of(
            "there is no evaluation here", where=str(source), mend="Give the folder of a `saring run`."
        ) from None
    except (ValueError, RecursionError) as error:
        raise BadInput.of(
            f"this is not valid JSON ({error})", where=str(source), mend="Run the scenario again."
        ) from None
    if not isinstance(content, dict) or "miss_rate" not in content or "about" not in content:
        raise BadInput.of(
            "this is not the evaluation of a run",
            where=str(source),
            mend="Give the folder of a `saring run`.",
        )
    target = out or source.with_name("report.html")
    if target.is_dir():
        raise BadInput.of("this is a folder", where=str(target), mend="Give the name of a file.")
    write_html(content, target)
    output.result(
        {"schema_version": "1", "artifacts": {"report": str(target)}}, lambda: print(f"Report: {target}")
    )
