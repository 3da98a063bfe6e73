"""How every browser test starts the browser, and who uses the console in tests."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, User

from console.web.access import RESEARCHERS, TRAINERS
from console.web.classroom.models import Sitting
from console.web.sittings.making import BlockPlan, SittingPlan, created
from tests.web.few_cases import few_cases

QUIET = (
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PASSWORD = "a long password"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start a browser that asks nobody for anything by itself."""
    return {**browser_type_launch_args, "args": list(QUIET)}


@pytest.fixture
def trainer(db: None) -> User:
    """A trainer who is a researcher, too."""
    return user_of("trainer", TRAINERS, RESEARCHERS)


@pytest.fixture
def researcher(db: None) -> User:
    return user_of("researcher", RESEARCHERS)


@pytest.fixture
def sitting(trainer: User) -> Sitting:
    """A sitting in its lobby: two blocks of four dossiers, half of them victims'; feedback after the class."""
    return created(SittingPlan("phnom_penh_2022", "Class A", [BlockPlan(4, 50)] * 2), trainer, few_cases)


def user_of(name: str, *groups: str) -> User:
    user = User.objects.create_user(name, password=PASSWORD)
    user.groups.set([Group.objects.get_or_create(name=group)[0] for group in groups])
    return user
