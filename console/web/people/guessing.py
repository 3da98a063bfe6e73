"""Slowing down who guesses passwords: failures are counted by address, by name, and by both together.

A trainer at another computer can still sign in while somebody guesses at the trainer's name; only very many
failures close a name for everybody, and only for some minutes. Failures to join a class count elsewhere, so
that a class that mistypes its code shuts no trainer out. Rows hold no name that was typed, since people type
passwords there by mistake.
"""

from datetime import timedelta
from hashlib import sha256

from django.conf import settings
from django.db.models import Count
from django.utils import timezone

from console.web.classroom.models import JoinFailure

MINUTES = 10
OF_A_NAME_AT_AN_ADDRESS, OF_AN_ADDRESS, OF_A_NAME = 10, 40, 100
"""Failures within `MINUTES` after which no password is looked at any more."""


def is_guessing(name: str, address: str) -> bool:
    """Return whether there were too many failures of late to look at another password."""
    limits = dict(zip(_keys(name, address), (OF_A_NAME_AT_AN_ADDRESS, OF_AN_ADDRESS, OF_A_NAME), strict=True))
    since = timezone.now() - timedelta(minutes=MINUTES)
    late = JoinFailure.objects.filter(address__in=limits, at__gt=since)
    counted = late.order_by().values_list("address").annotate(Count("pk"))
    return any(count >= limits[key] for key, count in counted)


def count_failure(name: str, address: str) -> None:
    """Count a wrong name or password; rows that are too old to count go."""
    old = timezone.now() - timedelta(hours=1)
    JoinFailure.objects.filter(at__lt=old).delete()
    JoinFailure.objects.bulk_create(JoinFailure(address=key, code="") for key in _keys(name, address))


def forget_failures(name: str, address: str) -> None:
    """Begin anew for somebody who did sign in; failures of the address as a whole stay."""
    JoinFailure.objects.filter(address=_keys(name, address)[0]).delete()


def _keys(name: str, address: str) -> tuple[str, str, str]:
    """Return under which keys an attempt counts: both together, the address, the name."""
    plain = name.strip().casefold()
    return _key("both", plain, address), _key("address", address), _key("name", plain)


def _key(*parts: str) -> str:
    """Return a key that fits the column and tells nobody without the console's secret what was typed."""
    content = "\0".join((settings.SECRET_KEY, "sign_in", *parts))
    return sha256(content.encode()).hexdigest()
