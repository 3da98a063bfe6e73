"""Print the factors with which each detection channel shows its published sums, to be put into channels.toml.

Run it again whenever the mix of a scenario named under [*.calibration] changes. What it prints is
calibration: factors are solved so that the sums come out, and nothing is learned from their coming out.
"""

from synthetic.channels import GROUP, Channel, released_channels, shown, solved_factors
from synthetic.compile import compile_world
from synthetic.scenarios import load_scenario


def main() -> None:
    """Print, for each calibrated channel, what it shows, what was published, and the factors that meet it."""
    for channel in released_channels().values():
        if channel.calibration is not None:
            for line in _lines(channel):
                print(line)


def _lines(channel: Channel) -> list[str]:
    assert channel.calibration is not None
    world = compile_world(load_scenario(channel.calibration.scenario))
    published = channel.calibration.published
    found = shown(world, channel)
    said = found.pooled(published)
    sums = "; ".join(f"{name} {said[name]:.4%} (published {share:.4%})" for name, share in published.items())
    factors = [f"{group} = {factor}" for group, factor in solved_factors(world, channel).items()]
    return [
        f"# {channel.id} on {world.scenario.id} now knows {found.known:.2%} of the victims: {sums}",
        f"[{channel.id}.factors.{GROUP}]",
        *factors,
        "",
    ]


if __name__ == "__main__":
    main()
