"""The people on whom rules are measured: freshly drawn, or those of a finished run, part by part.

A corpus has a hash of all that decides who its people are: scenario, evidence, seed and size. Figures that
carry the same hash are of the same people; whoever reads the hash alone does not learn the seed.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from console.commands.screen import observed_files, read_dossiers
from console.comparisons.comparing import stage_named
from console.comparisons.comparing_runs import read_run
from console.output import Output
from console.parts.parallel import each_part
from console.worlds import WorldOptions
from dossier.dossiers import Dossiers, joined
from dossier.problems import BadInput
from dossier.stages import Stage
from evidence import evidence_hash
from synthetic.changes import scenario_hash
from synthetic.cohort import chunks_of, dossiers_of, truth_of
from synthetic.draw import Plan
from synthetic.sealed import sealed_folder, truths_of

Result = TypeVar("Result")


@dataclass(frozen=True)
class Corpus:
    """Synthetic people whose truth is known.

    Attributes:
        scenario: Id of the scenario.
        stage: The stage at which they are met.
        size: How many people.
        hash: Of scenario, levers, evidence, seed and size.
        world_hash: Of scenario, levers, evidence and base rate: what people there are at all.
        draw_hash: Of the scenario's id and the seed: corpora that share it share people.
        parts: Each returns some of the people and what they truly are, in the same order.
    """

    scenario: str
    stage: Stage
    size: int
    hash: str
    world_hash: str
    draw_hash: str
    parts: tuple[Callable[[], tuple[Dossiers, Any]], ...]

    def each(
        self, measured: Callable[[Dossiers, Any], Result], what: str, workers: int, output: Output
    ) -> list[Result]:
        """Return what `measured` makes of every part, in order; shows progress."""

        def of_part(number: int) -> tuple[Result, int]:
            dossiers, truth = self.parts[number]()
            return measured(dossiers, truth), len(dossiers)

        found = []
        with output.progress(what, self.size) as advance:
            for result, people in each_part(of_part, len(self.parts), workers):
                found.append(result)
                advance(people)
        return found

    def to_json(self) -> dict[str, Any]:
        """Return what every table says of its people."""
        return {"scenario": self.scenario, "stage": self.stage.label, "n": self.size, "corpus": self.hash}


def drawn_corpus(options: WorldOptions, stage: str | None) -> Corpus:
    """Return freshly drawn people.

    Args:
        options: Whom to draw.
        stage: At which stage they are met; the scenario's own when left out.

    Raises:
        BadInput: If the options describe no people.
    """
    world = options.world()
    plan = options.plan(world)
    made_of = {"scenario": scenario_hash(world.scenario), "evidence": evidence_hash()}
    return Corpus(
        world.scenario.id,
        stage_named(stage, world.scenario),
        plan.size,
        _hashed({**made_of, "seed": plan.seed, "n": plan.size}),
        _hashed(made_of),
        _hashed({"scenario": world.scenario.id, "seed": plan.seed}),
        tuple(partial(_drawn, plan, rows) for rows in chunks_of(range(plan.size))),
    )


def corpus_of_run(folder: Path, stage: str | None) -> Corpus:
    """Return the people of a finished run.

    Args:
        folder: The folder of a `saring run`.
        stage: At which stage they are met; the run's own when left out.

    Raises:
        BadInput: If this is not the folder of a finished run.
    """
    run = read_run(folder)
    files = observed_files(folder)
    if tuple(file.name for file in files) != run.origin.parts:
        what = "the observed files and the sealed truth of this run do not belong together"
        raise BadInput.of(what, where=str(folder), mend="Run the scenario again.")
    sealed = json.loads((sealed_folder(folder) / "manifest.json").read_text(encoding="utf-8"))
    size = json.loads((folder / "cohort" / "manifest.json").read_text(encoding="utf-8")).get("rows")
    if not isinstance(size, int) or "seed" not in sealed or "evidence_hash" not in sealed:
        raise BadInput.of("the manifests of this run lack a key", where=str(folder), mend="Run it again.")
    seed = sealed["seed"]
    made_of: dict[str, Any] = {"scenario": run.origin.scenario_hash, "evidence": sealed["evidence_hash"]}
    if run.base_rate is not None:  # then the people are chosen otherwise, with as many victims as planned
        made_of["base_rate"] = run.base_rate
    return Corpus(
        run.origin.scenario,
        stage_named(stage or run.stage),
        size,
        _hashed({**made_of, "seed": seed, "n": size}),
        _hashed(made_of),
        _hashed({"scenario": run.origin.scenario, "seed": seed}),
        tuple(partial(_read, folder, file) for file in files),
    )


def _hashed(made_of: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(made_of, sort_keys=True).encode("ascii")).hexdigest()


def _drawn(plan: Plan, rows: range) -> tuple[Dossiers, Any]:
    drawn = plan.draw(rows)
    return dossiers_of(drawn), truth_of(plan.world, drawn)


def _read(folder: Path, file: Path) -> tuple[Dossiers, Any]:
    dossiers = joined(read_dossiers(file))
    (truth,) = truths_of(folder, [file.name])
    if dossiers.applicants.tolist() != truth.applicants.tolist():
        what = "the people of this file are not those of the sealed truth"
        raise BadInput.of(what, where=str(file), mend="Run the scenario again.")
    return dossiers, truth
