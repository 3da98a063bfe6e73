"""What `saring tune` is asked, with the usual sizes where none were named."""

from dataclasses import dataclass
from pathlib import Path

from console.thresholds.tuning import Asked
from console.worlds import WorldOptions
from screening.evaluation.guarantee.tuning import defaults

TUNES = Path("var/tunes")


@dataclass(frozen=True)
class TuneOptions:
    """The options of `saring tune`; see its help."""

    scenario: str
    max_miss: float | None
    confidence: float | None
    groups: str | None
    stage: str | None
    victims: int | None
    others: int | None
    seed: int | None
    capacity: float | None
    base_rate: str | None
    rulebook: str
    cards: str
    levers: tuple[str, ...]
    modules: Path | None
    difficulty: int
    ledger: Path | None
    out: Path | None
    force: bool
    point: Path | None = None

    @property
    def asked(self) -> Asked:
        """Return what was asked for, with the usual sizes where none were named."""
        usual = defaults()
        return Asked(
            scenario=self.scenario,
            modules=None if self.modules is None else str(self.modules),
            levers=self.levers,
            difficulty=self.difficulty,
            rulebook=self.rulebook,
            cards=self.cards,
            stage=self.stage,
            groups=usual.groups if self.groups is None else _named(self.groups),
            max_miss=usual.max_miss if self.max_miss is None else self.max_miss,
            confidence=usual.confidence if self.confidence is None else self.confidence,
            victims=usual.victims if self.victims is None else self.victims,
            others=usual.others if self.others is None else self.others,
            most_rows=usual.most_rows,
            seed=self.seed,
            capacity=self.capacity,
            base_rate=self.base_rate,
        )

    @property
    def folder(self) -> Path:
        """Where the results go."""
        world = WorldOptions(self.scenario, levers=self.levers, difficulty=self.difficulty)
        return self.out or TUNES / f"{world.name}-miss{self.asked.max_miss:g}"


def _named(groups: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in groups.split(",") if name.strip())
