"""The mixture of typologies that a scenario declares: known weights, whoever happened to be drawn."""

from synthetic.world import World


def declared_mixture(world: World) -> dict[str, float]:
    """Return the share of each typology family among the victims; empty where the scenario has none."""
    shares: dict[str, float] = {}
    for kind in world.kinds:
        if family := world.modules[kind.module].module.family:
            shares[family] = shares.get(family, 0.0) + kind.share
    whole = sum(shares.values())
    return {family: share / whole for family, share in shares.items() if share}
