"""What all tests share: quiet randomness and one browser."""

import os
import shutil
from typing import Any

import pytest
from hypothesis import settings

BROWSERS = ("chromium", "chromium-browser", "google-chrome")

# The same cases in every run, and no verdict that depends on how busy the machine is.
settings.register_profile("saring", derandomize=True, deadline=None)
settings.load_profile("saring")


def chromium_path() -> str | None:
    """Return the browser that `CHROMIUM_PATH` names, else the first one on the path, else None."""
    return os.environ.get("CHROMIUM_PATH") or next(filter(None, map(shutil.which, BROWSERS)), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip browser tests where there is no browser."""
    if chromium_path():
        return
    no_browser = pytest.mark.skip(reason="no Chromium; `make browser` installs it or says how")
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(no_browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Make pytest-playwright start the installed Chromium and download none."""
    return {**browser_type_launch_args, "executable_path": chromium_path()}
