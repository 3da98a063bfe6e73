"""`saring demo`: a console with data in it, for whoever wants to see before deciding to use it."""

import os
import shutil
import sys
import time
import webbrowser
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from console.commands.run import RunOptions, run_scenario
from console.commands.serve import in_two_columns, password_in, require_console
from console.demonstration.plan import demonstration_plan
from console.options import RELEASED
from console.output import Output
from console.parts.parallel import Workers as RunWorkers
from console.worlds import WorldOptions
from dossier.problems import BadInput
from dossier.texts import Language

SCHEMA_VERSION = "1"
USUAL_DIFFICULTY = 3


@dataclass(frozen=True)
class DemoOptions:
    """The options of `saring demo`; see its help."""

    host: str
    port: int
    data: Path
    language: Language = "en"
    password_file: Path | None = None
    fresh: bool = False
    is_served: bool = True
    is_opened: bool = False


@dataclass(frozen=True)
class Silent(Output):
    """Output of a command that runs within another one: its result goes into files and nowhere else."""

    def result(self, content: Mapping[str, Any], text: Callable[[], None]) -> None:
        """Print nothing."""


def demonstrate(options: DemoOptions, output: Output) -> None:
    """Make what is missing of a demonstration, say how to reach it, and serve it.

    Raises:
        BadInput: If libraries are missing, the port is taken, or the folder holds something else.
    """
    started = time.perf_counter()
    require_console()
    password = "" if options.password_file is None else password_in(options.password_file)
    folder = options.data.resolve()
    _refuse_other_folder(folder)
    os.environ.pop("DATABASE_URL", None)
    from console.web.serving import Workers, addresses_of, alone_in, listening, serve

    # The port first: nobody should wait for a minute to be told that it is taken.
    listener = listening(options.host, options.port) if options.is_served else None
    with alone_in(folder):
        _claim(folder, fresh=options.fresh)
        content = _made(folder, options.language, password, output)
        content["wall_s"] = round(time.perf_counter() - started, 1)
        if listener is None:
            output.result(content, lambda: _say(content, options.language))
            return
        content["addresses"] = list(addresses_of(options.host, listener.getsockname()[1]))
        serve(listener, Workers(), lambda: _announce(content, output, options))


def _made(folder: Path, language: Language, password: str, output: Output) -> dict[str, Any]:
    """Make what is missing; return what there is, for JSON."""
    os.environ["SARING_RUNS"] = str(folder / "runs")
    with output.step("Preparing the console") as status:
        from console.web.serving import prepare

        prepare(folder)
        from console.casebook.checklist import checklist
        from console.casebook.drawing import cases_for
        from console.web.demonstration import populated
        from dossier.stages import Stage

        status("Letting simulated classes work")
        stages = {item.name: Stage.of(item.stage) for theme in checklist() for item in theme.items}
        found = populated(cases_for, stages, language, password)
        status("Screening simulated applicants for the workbench")
        runs = _runs(folder / "runs")
    return {
        "schema_version": SCHEMA_VERSION,
        "synthetic": True,
        "simulated_class": True,
        "data": str(folder),
        "sign_in": found.trainer.username,
        "password": found.password,
        "finished": {"id": str(found.finished.pk), "title": found.finished.title},
        "open": {"id": str(found.open.pk), "title": found.open.title, "code": found.open.code},
        "runs": runs,
        "addresses": [],
    }


def _refuse_other_folder(folder: Path) -> None:
    """Leave alone what is no demonstration; nothing is written there, and nothing deleted.

    Raises:
        BadInput: If something else lies there.
    """
    from console.web.serving.preparing import MARK

    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARK).is_file():
        raise BadInput.of(
            "the folder holds something that is no demonstration",
            where=str(folder),
            mend="Give a folder of its own: saring demo --data var/demo.",
        )


def _claim(folder: Path, *, fresh: bool) -> None:
    """Take a folder for a demonstration, empty if it is to begin anew; its lock stays, it is ours."""
    from console.web.serving.preparing import MARK, is_lock

    for path in folder.iterdir() if fresh else ():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif not is_lock(path):
            path.unlink()
    (folder / MARK).write_text(
        "Everything in this folder is simulated; saring demo --fresh deletes it.\n", "utf-8"
    )


def _runs(folder: Path) -> list[str]:
    """Screen the same simulated applicants by each rulebook that is compared; return the runs' names."""
    plan = demonstration_plan().runs
    for rulebook in plan.rulebooks:
        if not (folder / rulebook).is_dir():
            _run(plan.scenario, plan.applicants, rulebook, folder / rulebook)
    return list(plan.rulebooks)


def _run(scenario: str, applicants: int, rulebook: str, folder: Path) -> None:
    world = WorldOptions(scenario, applicants, demonstration_plan().seed, None, (), USUAL_DIFFICULTY, None)
    options = RunOptions(
        world,
        RunWorkers(1),
        rulebook,
        RELEASED,
        threshold=None,
        yardsticks=False,
        pathway=False,
        out=str(folder),
        force=False,
        resume=True,
    )
    run_scenario(options, Silent(as_json=False, quiet=True))


def _announce(content: Mapping[str, Any], output: Output, options: DemoOptions) -> None:
    """Say where the console is, once it answers; what is printed must be out before processes divide."""
    output.result(content, lambda: _say(content, options.language))
    sys.stdout.flush()
    if options.is_opened:
        webbrowser.open(content["addresses"][0])


def _say(content: Mapping[str, Any], language: Language) -> None:
    from console.web.speech import speaker

    say = speaker(language).say
    kept = say("terminal_demonstration.password_kept")
    password = say("terminal.shown_once", password=content["password"]) if content["password"] else kept
    here, elsewhere = content["addresses"][:1], content["addresses"][1:]
    print(say("terminal_demonstration.simulated"))
    print(
        in_two_columns(
            [
                *((say("terminal.here"), one) for one in here),
                *((say("terminal.elsewhere"), one) for one in elsewhere),
                (say("terminal.sign_in"), content["sign_in"]),
                (say("terminal.password"), password),
                (say("terminal_demonstration.finished"), content["finished"]["title"]),
                (say("terminal_demonstration.open"), content["open"]["code"]),
            ]
        )
    )
    print(say("terminal.data", folder=content["data"]))
    if content["addresses"]:
        print(say("terminal_demonstration.stops"))
