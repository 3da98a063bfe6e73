"""Where the console listens, and where browsers find it.

No name of another host is ever looked up: an office without internet starts as fast.
"""

import errno
import os
import socket
import struct
from collections.abc import Iterator

from dossier.problems import BadInput

EVERYWHERE = "0.0.0.0"  # noqa: S104  (a class reaches the console from its own phones and laptops)
BACKLOG = 512
"""Connections that wait while a whole class presses the same button."""
ADDRESS_OF_INTERFACE = 0x8915
"""Linux's SIOCGIFADDR."""


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that nobody else has; port 0 takes any that is free. The console is told the address.

    Raises:
        BadInput: If the port is taken or not allowed, or the host is not this computer's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        found = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise _not_listening(error, host, port) from error
    os.environ["SARING_LISTENS_AT"] = host
    return found


def _not_listening(error: OSError, host: str, port: int) -> BadInput:
    match error.errno:
        case errno.EADDRINUSE:
            what, where = "another program listens there", f"port {port}"
            mend = f"Stop it if it is a console of yours, or choose another port: --port {port + 1}."
        case errno.EACCES:
            what, where = "this computer does not let you listen there", f"port {port}"
            mend = "Choose a port from 1024 on, such as --port 8000."
        case _:
            what, where = f"this is no address of this computer: {error.strerror or error}", f"--host {host}"
            mend = f"Leave --host out, or give {EVERYWHERE}, 127.0.0.1, or one of its own addresses."
    return BadInput.of(what, where=where, mend=mend)


def addresses_of(host: str, port: int) -> tuple[str, ...]:
    """Return where a browser finds the console: first for this computer, then for others.

    Examples:
        >>> addresses_of("127.0.0.1", 8000)
        ('http://localhost:8000/',)
    """
    if host in (EVERYWHERE, "::"):
        hosts = ["localhost", *own_addresses()]
    elif host in ("127.0.0.1", "::1", "localhost"):
        hosts = ["localhost"]
    else:
        hosts = [f"[{host}]" if ":" in host else host]
    return tuple(f"http://{one}:{port}/" for one in hosts)


def own_hosts() -> list[str]:
    """Return the names and addresses of this computer, as other computers nearby may call it."""
    name = socket.gethostname().lower()
    return [*own_addresses(), name, name if name.endswith(".local") else f"{name}.local"]


def own_addresses() -> list[str]:
    """Return the addresses of this computer in the networks it is in, without its own loop."""
    found = dict.fromkeys([*_of_interfaces(), *_of_routes()])
    return [address for address in found if not address.startswith("127.")]


def _of_interfaces() -> Iterator[str]:
    """Yield the address of each network card, where the system says them in Linux's way."""
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        for _, name in socket.if_nameindex():
            request = struct.pack("256s", name.encode()[:15])
            try:
                answer = fcntl.ioctl(asked.fileno(), ADDRESS_OF_INTERFACE, request)
            except OSError:  # a card without an address, or another system
                continue
            yield socket.inet_ntoa(answer[20:24])


def _of_routes() -> Iterator[str]:
    """Yield the address that connections to the usual private networks would come from; nothing is sent."""
    for far in ("10.254.254.254", "172.31.254.254", "192.168.254.254", "192.0.2.1"):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
            try:
                asked.connect((far, 9))
            except OSError:
                continue
            yield asked.getsockname()[0]
