"""Accounts are made by whoever starts the console: with a good password, in the right groups."""

import pytest
from django.contrib.auth.models import User

from console.web.access import RESEARCHERS, TRAINERS
from console.web.people.accounts import account_made, groups_made, has_account, has_trainer, new_password
from dossier.problems import BadInput
from tests.web.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def groups_of(user: User) -> set[str]:
    return set(user.groups.values_list("name", flat=True))


def test_a_first_trainer_is_in_both_groups() -> None:
    groups_made()
    groups_made()
    assert not has_trainer()
    user = account_made("budi", PASSWORD, TRAINERS, RESEARCHERS)
    assert has_trainer()
    assert groups_of(user) == {TRAINERS, RESEARCHERS}
    assert (user.is_staff, user.is_superuser) == (False, False)


def test_somebody_who_exists_gets_a_new_password_and_keeps_the_groups() -> None:
    groups_made()
    account_made("budi", PASSWORD, TRAINERS)
    user = account_made("budi", "another long password", RESEARCHERS)
    assert groups_of(user) == {TRAINERS, RESEARCHERS}
    assert user.check_password("another long password")
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "password"), [("budi", "short"), ("budi", "password1"), ("", PASSWORD), ("b/../", PASSWORD)]
)
def test_a_bad_name_or_password_makes_nobody(name: str, password: str) -> None:
    groups_made()
    with pytest.raises(BadInput, match="Choose another name or password"):
        account_made(name, password, TRAINERS)
    assert not has_account(name)


def test_passwords_of_ours_are_all_different_and_can_be_typed() -> None:
    made = {new_password() for _ in range(200)}
    assert len(made) == 200
    assert all(len(password) == 19 and not set(password) & set("aeiou01lO ") for password in made)
