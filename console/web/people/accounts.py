"""Who may sign in: groups, the first trainer, and passwords that are shown once.

Accounts are made by whoever starts the console, never over the web.
"""

import secrets
from collections.abc import Sequence

from django.contrib.auth.models import Group, User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from console.web.access import RESEARCHERS, TRAINERS
from dossier.problems import BadInput

LETTERS = "bcdfghjkmnpqrstvwxz23456789"
"""Without what is read as something else, and without vowels, which make words."""
GROUPS, OF_LETTERS = 4, 4
"""Form of a password that we make: 27 letters to the power of 16, more than 75 bits."""


def groups_made() -> None:
    """Make the groups of trainers and researchers where they are missing."""
    for name in (TRAINERS, RESEARCHERS):
        Group.objects.get_or_create(name=name)


def has_trainer() -> bool:
    """Return whether anybody can run a class."""
    return User.objects.filter(groups__name=TRAINERS, is_active=True).exists()


def has_account(name: str) -> bool:
    """Return whether somebody of this name may sign in."""
    return User.objects.filter(username=name).exists()


def account_made(name: str, password: str, *groups: str) -> User:
    """Return somebody who may sign in: made, or with a new password and these groups besides the old ones.

    Raises:
        BadInput: If the name cannot be one, or the password is easily guessed.
    """
    user = User.objects.filter(username=name).first() or User(username=name)
    user.set_password(password)
    try:
        user.full_clean()
        validate_password(password, user)
    except ValidationError as error:
        raise BadInput.of(
            " ".join(error.messages), where=f"the account '{name}'", mend="Choose another name or password."
        ) from error
    with transaction.atomic():
        user.save()
        user.groups.add(*Group.objects.filter(name__in=groups))
    return user


def password_problems(name: str, password: str) -> Sequence[str]:
    """Return why somebody may not have a password, in the language that is spoken now."""
    try:
        validate_password(password, User(username=name))
    except ValidationError as error:
        return error.messages
    return ()


def new_password() -> str:
    """Return a password that nobody guesses and everybody can type."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(OF_LETTERS)) for _ in range(GROUPS))
