"""How every browser test starts the browser."""

from typing import Any

import pytest

QUIET = (
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start a browser that asks nobody for anything by itself."""
    return {**browser_type_launch_args, "args": list(QUIET)}
