"""Cards that are trained in a moment, with their certificate beside them: for tests that draw and screen."""

from pathlib import Path

import pytest
from threadpoolctl import threadpool_limits

from console import training
from console.certifying import certificate_for, released_terms
from console.files import write_json
from console.training import train_cards
from models import train
from models.card import save_cards
from models.train import settings
from screening.screener import released_rules
from tests.unit.synthetic.worlds import world

FEW = {"victims_per_family": 1500, "others": 8000, "rounds": 40}


def small_cards(folder: Path, scenario: str) -> Path:
    """Train cards on few people of a scenario and return their file."""
    chosen = settings().model_copy(update=FEW)
    terms = released_terms().model_copy(update={"victims": 400, "others": 2000})
    with pytest.MonkeyPatch.context() as patch, threadpool_limits(1):
        for module in (training, train):
            patch.setattr(module, "settings", lambda: chosen)
        cards = train_cards(world(scenario), released_rules(), 1, "small")
        certificate = certificate_for(world(scenario), released_rules(), cards, terms)
    save_cards(cards, folder / "small.json")
    write_json(folder / "small.certificate.json", certificate)
    return folder / "small.json"
