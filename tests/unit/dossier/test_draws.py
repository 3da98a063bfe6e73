"""Draws: an evaluation asks for fresh applicants by a protocol, and knows no simulator."""

import inspect

from dossier.draws import Draw
from synthetic import FreshDraws


def test_the_generator_offers_what_the_protocol_asks() -> None:
    asked = inspect.signature(Draw.__call__).parameters
    offered = inspect.signature(FreshDraws.__call__).parameters
    assert list(offered) == list(asked)
    assert [p.kind for p in offered.values()] == [p.kind for p in asked.values()]
    assert [p.default for p in offered.values()] == [p.default for p in asked.values()]
