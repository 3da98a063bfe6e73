"""Every address x everybody x reading and sending: one table says what each gets, and nothing else happens.

A new address without a line in the table fails. Whoever is refused changes nothing by what was sent.
"""

from typing import Any

import pytest
from django.db import transaction

from console.web.workbench.folders import points_folder
from console.workbench.saved import point_names
from tests.web.security.addresses import RUN, filled, form_for, patterns, places
from tests.web.security.roles import ROLES, Classroom, classroom, copied, rows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folders")]

# What each role gets, in the order of ROLES: `yes` is a page or a step that was taken, `sign-in` and `door` are
# the ways to the two doors of the console, and a number is the status of a refusal.
RULES = {
    "all": "yes yes yes yes yes yes yes yes",
    "never": "405 405 405 405 405 405 405 405",
    "accounts": "sign-in sign-in sign-in sign-in yes yes yes yes",
    "groups": "sign-in sign-in sign-in sign-in yes yes yes 403",
    "trainers": "sign-in sign-in sign-in sign-in yes yes 403 403",
    "its_trainer": "sign-in sign-in sign-in sign-in yes 404 403 403",
    "researchers": "sign-in sign-in sign-in sign-in 403 403 yes 403",
    "seats": "door yes yes door door door door door",
    "its_seat": "door yes 404 door door door door door",
    "to_the_door": "door door door door door door door door",
}
TABLE = """
address                                                    read         send
/                                                          all          never
/home/                                                     groups       never
/sign-in/                                                  all          all
/sign-out/                                                 never        all
/password/                                                 accounts     accounts
/language/                                                 never        all
/seat/                                                     seats        never
/seat/waiting                                              seats        never
/seat/join                                                 all          all
/seat/join/<str:code>                                      all          all
/seat/return                                               all          all
/seat/leave                                                seats        to_the_door
/seat/desk                                                 seats        never
/seat/desk/<uuid:dossier_id>/ask                           its_seat     its_seat
/seat/desk/<uuid:dossier_id>/decide                        its_seat     its_seat
/seat/desk/<uuid:dossier_id>/language                      its_seat     its_seat
/seat/desk/<uuid:dossier_id>/recorded                      its_seat     never
/seat/looking-back                                         seats        never
/scenarios/                                                trainers     never
/scenarios/<slug:scenario_id>/                             trainers     never
/scenarios/<slug:scenario_id>/new-sitting/                 trainers     trainers
/sittings/<uuid:sitting_id>/                               its_trainer  never
/sittings/<uuid:sitting_id>/grid/                          its_trainer  never
/sittings/<uuid:sitting_id>/projector/                     its_trainer  never
/sittings/<uuid:sitting_id>/roster/                        its_trainer  never
/sittings/<uuid:sitting_id>/open/                          never        its_trainer
/sittings/<uuid:sitting_id>/lock/                          never        its_trainer
/sittings/<uuid:sitting_id>/extend/                        never        its_trainer
/sittings/<uuid:sitting_id>/close/                         its_trainer  its_trainer
/sittings/<uuid:sitting_id>/reveal/                        its_trainer  its_trainer
/sittings/<uuid:sitting_id>/new-code/                      never        its_trainer
/sittings/<uuid:sitting_id>/seats/<uuid:seat_id>/remove/   its_trainer  its_trainer
/sittings/<uuid:sitting_id>/delete/                        its_trainer  its_trainer
/debrief/profile/                                          seats        never
/debrief/<uuid:sitting_id>/                                its_trainer  never
/debrief/<uuid:sitting_id>/for-the-class/                  its_trainer  never
/debrief/<uuid:sitting_id>/dossier/<uuid:dossier_id>/      its_trainer  never
/materials/guide/<slug:scenario>/                          trainers     never
/materials/<uuid:sitting_id>/pack/                         its_trainer  never
/materials/<uuid:sitting_id>/pack-with-key/                its_trainer  never
/materials/<uuid:sitting_id>/exports/                      its_trainer  never
/materials/<uuid:sitting_id>/decisions.csv                 its_trainer  never
/materials/<uuid:sitting_id>/dossiers.csv                  its_trainer  never
/materials/<uuid:sitting_id>/sitting.json                  its_trainer  never
/materials/<uuid:sitting_id>/xapi.json                     its_trainer  never
/materials/<uuid:sitting_id>/moodle.xml                    its_trainer  never
/workbench/                                                researchers  never
/workbench/compare/                                        researchers  never
/workbench/points/<str:name>                               researchers  never
/workbench/runs/<str:run>/                                 researchers  never
/workbench/runs/<str:run>/chart.json                       researchers  never
/workbench/runs/<str:run>/points.json                      researchers  never
/workbench/runs/<str:run>/save/                            never        researchers
"""
MOODLE = "/materials/<uuid:sitting_id>/moodle.xml"
EXPORTS = {
    *(f"/materials/<uuid:sitting_id>/{name}" for name in ("decisions.csv", "dossiers.csv")),
    *(f"/materials/<uuid:sitting_id>/{name}" for name in ("sitting.json", "xapi.json")),
}
TOO_EARLY = {
    "lobby": {*EXPORTS, MOODLE},
    "open": {*EXPORTS, MOODLE},
    "closed": {MOODLE},
    "revealed": set[str](),
}
"""What even the trainer of a sitting is refused (403) as long as it stands in a state."""


def rules() -> dict[str, tuple[str, str]]:
    rows = [line.split() for line in TABLE.strip().splitlines()[1:]]
    return {address: (read, send) for address, read, send in rows}


def test_every_address_has_a_line_in_the_table_and_every_line_an_address() -> None:
    assert set(rules()) == set(patterns())


@pytest.mark.parametrize(
    "state",
    ["open", "revealed", *(pytest.param(state, marks=pytest.mark.slow) for state in ("lobby", "closed"))],
)
@pytest.mark.parametrize("is_sent", [False, True], ids=["reading", "sending"])
def test_everybody_gets_what_the_table_says_and_no_refusal_changes_anything(
    state: str, is_sent: bool
) -> None:
    room = classroom(state)
    values = {**places(room.sitting, room.seat), "<str:name>": saved_point(room)}
    found: dict[tuple[str, str], str] = {}
    wanted: dict[tuple[str, str], str] = {}
    for pattern, rule in rules().items():
        for role, expected in zip(ROLES, RULES[rule[is_sent]].split(), strict=True):
            is_early = pattern in TOO_EARLY[state] and not is_sent and expected == "yes"
            wanted[pattern, role] = "403" if is_early else expected
            found[pattern, role] = outcome_of(room, role, pattern, values, is_sent=is_sent)
    assert {key: value for key, value in found.items() if value != wanted[key]} == {}


def saved_point(room: Classroom) -> str:
    """Return the name of an operating point that the researcher has saved."""
    room.browsers["researcher"].post(f"/workbench/runs/{RUN}/save/", {"note": "kept"})
    return str(point_names(points_folder())[0])


def outcome_of(room: Classroom, role: str, pattern: str, values: dict[str, str], *, is_sent: bool) -> str:
    """Return what a role gets, as the rules call it; what it changed is undone, and a refusal has changed nothing."""
    browser, address = copied(room.browsers[role]), filled(pattern, values)
    with transaction.atomic():
        before = rows()
        response = browser.post(address, form_for(pattern, room.sitting)) if is_sent else browser.get(address)
        outcome = word_for(response)
        if outcome != "yes":
            assert rows() == before, (role, pattern)
            assert not response.content.strip() or outcome.isdigit(), "a redirection says nothing"
        if response.streaming:
            response.getvalue()
        transaction.set_rollback(True)
    return outcome


def word_for(response: Any) -> str:
    if response.status_code == 200:
        return "yes"
    if response.status_code != 302:
        return str(response.status_code)
    assert response.url.startswith("/")
    assert not response.url.startswith("//")
    return {"/sign-in/": "sign-in", "/seat/join": "door"}.get(response.url.partition("?")[0], "yes")


def test_a_refusal_says_nothing_of_what_is_behind_it() -> None:
    room = classroom("open")
    own = filled("/sittings/<uuid:sitting_id>/", places(room.sitting, room.seat))
    nowhere = own.replace(str(room.sitting.pk), "00000000-0000-4000-8000-000000000000")
    for role in ("other_trainer", "researcher", "nobody", "anonymous", "seat"):
        there, not_there = (room.browsers[role].get(address) for address in (own, nowhere))
        assert there.status_code == not_there.status_code, role
        assert plain(there, own) == plain(not_there, nowhere), role


def plain(response: Any, address: str) -> str:
    """Return an answer without the address that was asked for and the token of its forms."""
    lines = (response.content.decode() + str(response.headers.get("Location"))).splitlines()
    return "\n".join(line for line in lines if "csrfmiddlewaretoken" not in line).replace(address, "")
