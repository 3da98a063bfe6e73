"""Makes a sitting for a load test, and says what stands in its database; run as a program of its own.

The server under test has its own data folder and database, named by the environment, as `saring serve` reads
it. Django can be set up once in a process, so this is another one than the tests'.

    python -m benchmarks.peers.class_sittings make --dossiers 3
    python -m benchmarks.peers.class_sittings kept
"""

import argparse
import json
import os
from typing import Any

NAME, PASSWORD = "trainer", "a long password"
SCENARIO = "phnom_penh_2022"
VICTIMS_IN_100 = 34


def main() -> None:
    """Make a sitting, or print what was decided in all of them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("make", "kept"))
    parser.add_argument("--dossiers", type=int, default=3)
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.web.settings")
    import django  # noqa: PLC0415 - it has to be told of the settings first

    django.setup()
    print(json.dumps(made(asked.dossiers) if asked.what == "make" else kept()))


def made(dossiers: int) -> dict[str, str]:
    """Make an open sitting in a database that may be empty; return how to reach it."""
    from django.contrib.auth.models import Group, User  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415

    from console.casebook.drawing import cases_for  # noqa: PLC0415
    from console.web.access import TRAINERS  # noqa: PLC0415
    from console.web.classroom.sittings import open_sitting  # noqa: PLC0415
    from console.web.sittings.making import BlockPlan, SittingPlan, created  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    trainer = User.objects.filter(username=NAME).first() or User.objects.create_user(NAME, password=PASSWORD)
    trainer.groups.add(Group.objects.get_or_create(name=TRAINERS)[0])
    plan = SittingPlan(SCENARIO, "Load test", [BlockPlan(dossiers, VICTIMS_IN_100)])
    sitting = created(plan, trainer, cases_for)
    open_sitting(sitting)
    return {"sitting": str(sitting.pk), "code": str(sitting.code), "name": NAME, "password": PASSWORD}


def kept() -> list[dict[str, Any]]:
    """Return `reason` and `action` of every decision."""
    from console.web.classroom.models import Decision  # noqa: PLC0415

    return [dict(one) for one in Decision.objects.values("reason", "action")]


if __name__ == "__main__":
    main()
