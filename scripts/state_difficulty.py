"""Writes the expected difficulty into scenario files: what the best possible screener would still miss.

    python scripts/state_difficulty.py [SCENARIO ...]

Run it after a change to modules or scenarios; a test compares the sentences with what is measured.
"""

import sys
import tomllib
from pathlib import Path

from dossier.stages import Stage
from synthetic.audit import Difficulty, difficulty, pooled
from synthetic.compile import compile_world
from synthetic.scenarios import SCENARIOS, load_scenario, scenario_names

SEED = 2022
USUAL = Stage.VERIFICATION
TIERS = ("", "crude", "standard", "expert")
SENTENCES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def main(names: list[str]) -> None:
    """Measure and write the difficulty of each scenario."""
    for name in names:
        world = compile_world(load_scenario(name))
        found = {stage: difficulty(world, stage, SEED) for stage in (USUAL, Stage.CHECKPOINT)}
        line = sentence(found, Stage.of(world.scenario.scenario.stage or USUAL.label))
        path = SCENARIOS / f"{name}.toml"
        lines = path.read_text(encoding="utf-8").splitlines()
        (place,) = [number for number, own in enumerate(lines) if own.startswith("difficulty = ")]
        lines[place] = line
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(f"{name}: {line}")


def sentence(found: dict[Stage, list[Difficulty]], stage: Stage) -> str:
    """Return the line of the scenario file, from the oracle's misses at both stages."""
    at = {s: [f"{100 * pooled(groups, tier):.0f}" for tier in TIERS] for s, groups in found.items()}
    (everyone, crude, standard, expert), other = at[stage], at[_other(stage)][0]
    said = {"all": everyone, "crude": crude, "standard": standard, "expert": expert, "other": other}
    en, indonesian = (SENTENCES[stage.label][language].format(**said) for language in ("en", "id"))
    return f'difficulty = {{ en = "{en}", id = "{indonesian}" }}'


def _other(stage: Stage) -> Stage:
    return USUAL if stage is Stage.CHECKPOINT else Stage.CHECKPOINT


if __name__ == "__main__":
    main(sys.argv[1:] or scenario_names())
