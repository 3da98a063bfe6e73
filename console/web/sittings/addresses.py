"""By which address trainees reach a sitting, in words and as a QR code; nothing is asked of the network.

A laptop calls itself 127.0.0.1, which on a phone is the phone. `saring serve` tells Django all names and
addresses of the machine, so those are offered instead; what a trainer types must be one of them.
"""

import re
from dataclasses import dataclass

import segno
from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port, validate_host
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from console.web.classroom.models import Sitting

_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9.-]{0,252}[a-z0-9])?|\[[0-9a-f:]{2,45}\])(?::[0-9]{1,5})?")
ONLY_HERE = ("127.0.0.1", "::1", "localhost")
"""Addresses at which only the computer itself is listened to."""

_LOOPBACK = re.compile(r"localhost|127(?:\.[0-9]{1,3}){3}|\[::1\]|\[?::1\]?|0\.0\.0\.0")
HALVES = 3
"""Letters of a join code that are read aloud together."""


@dataclass(frozen=True)
class JoinAddress:
    """Where trainees go.

    Attributes:
        host: Name or address of the console, with its port unless it is the usual one.
        url: The whole address with the code, as the QR code holds it.
        code: The code in two groups.
    """

    host: str
    url: str
    code: str

    @property
    def is_own_machine(self) -> bool:
        """Whether only this computer itself understands the address."""
        return is_loopback(self.host)

    @property
    def picture(self) -> SafeString:
        """The QR code as SVG without any style of its own."""
        drawn = segno.make(self.url, error="m", micro=False).svg_inline(
            svgclass="qr", lineclass=None, light="#fff", border=4, omitsize=True
        )
        return mark_safe(drawn)  # noqa: S308  (segno draws it from an address that was checked)


def join_address(request: HttpRequest, sitting: Sitting, host: str) -> JoinAddress | None:
    """Return the address at which a sitting is joined; None once its code has ended."""
    if not sitting.code or not sitting.code_expires or sitting.code_expires <= timezone.now():
        return None
    path = reverse("join", args=[sitting.code])
    halves = f"{sitting.code[:HALVES]} {sitting.code[HALVES:]}"
    return JoinAddress(host, f"{request.scheme}://{host}{path}", halves)


def host_of(request: HttpRequest, typed: str) -> str | None:
    """Return the host to show: as a trainer typed it, else as the request came; None if it cannot be one.

    A trainer may type a whole address; its port stays away only where the request has none.
    """
    plain = re.sub(r"^[a-z]+://", "", typed.strip().lower()).split("/")[0]
    if not plain:
        return request.get_host()
    if not _HOST.fullmatch(plain):
        return None
    domain, port = split_domain_port(plain)
    if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
        return None
    return plain if port else with_port(request, plain)


def offered_hosts(request: HttpRequest) -> list[str]:
    """Return the names and addresses by which other computers may reach the console; IPv4 first.

    There is none where the console listens to its own computer alone.
    """
    if settings.LISTENS_AT in ONLY_HERE:
        return []
    known = [host for host in settings.ALLOWED_HOSTS if _HOST.fullmatch(host) and not is_loopback(host)]
    return [with_port(request, host) for host in sorted(known, key=_order)]


def with_port(request: HttpRequest, host: str) -> str:
    """Return a host with the port that the request came by, unless that is the usual one."""
    usual = "443" if request.is_secure() else "80"
    port = split_domain_port(request.get_host())[1] or usual
    return host if port == usual else f"{host}:{port}"


def is_loopback(host: str) -> bool:
    """Return whether a host means the computer that asks."""
    return bool(_LOOPBACK.fullmatch(split_domain_port(host)[0]))


def _order(host: str) -> tuple[int, str]:
    is_number = host.replace(".", "").isdigit()
    return (0 if is_number else 2 if host.startswith("[") else 1, host)
