"""The mixture of typologies that a scenario declares, as levers leave it: known weights."""

from synthetic.world import World


def declared_mixture(world: World) -> dict[str, float]:
    """Return the share of each typology family among the victims; empty where the scenario has none."""
    shares: dict[str, float] = {}
    for module, share in zip(world.modules, world.shares_left.tolist(), strict=True):
        if family := module.module.family:
            shares[family] = shares.get(family, 0.0) + share
    whole = sum(shares.values())
    return {family: share / whole for family, share in shares.items() if share}
