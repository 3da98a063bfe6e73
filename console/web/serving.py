"""The console as a running server: its port, its data, and gunicorn in this process.

`prepare` sets Django's environment, so it comes before anything of Django is imported. Nothing here decides
who may sign in, and no name of another host is ever looked up: an office without internet starts as fast.
"""

import errno
import os
import socket
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from dossier.problems import BadInput

EVERYWHERE = "0.0.0.0"  # noqa: S104  (a class reaches the console from its own phones and laptops)
BACKLOG = 512
"""Connections that wait while a whole class presses the same button."""
SERVER = {
    "worker_class": "gthread",
    "keepalive": 30,  # a shorter time closes connections just when somebody has finished reading
    "timeout": 120,
    "graceful_timeout": 20,
    "preload_app": True,
    "loglevel": "warning",
    "control_socket_disable": True,
}
NETWORK_DRIVES = frozenset({
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "afpfs", "ceph", "glusterfs", "lustre", "fuse.sshfs",
})  # fmt: skip
"""Kinds of file systems on which SQLite's write-ahead log does not work."""
ADDRESS_OF_INTERFACE = 0x8915
"""Linux's SIOCGIFADDR."""


@dataclass(frozen=True)
class Workers:
    """How the work is shared: processes, and threads of each. The defaults were measured on two cores."""

    processes: int = 2
    threads: int = 8


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


def prepare(data: Path, hosts: Sequence[str] = ()) -> None:
    """Make a console's data folder, database, groups and static files, or bring them up to date.

    Args:
        data: Folder of the console; only its owner may read it.
        hosts: Names by which the console is reached, besides those of this computer.

    Raises:
        BadInput: If the folder lies on a network drive, or the database cannot be used.
    """
    if "DATABASE_URL" not in os.environ:
        refuse_network_drive(data)
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    data.chmod(0o700)  # the answers lie there; a folder that was made before may be open to everybody
    known = os.environ.get("SARING_HOSTS", "").split(",")
    os.environ["SARING_DATA"] = str(data.resolve())
    os.environ["SARING_HOSTS"] = ",".join(dict.fromkeys(filter(None, [*hosts, *known, *own_hosts()])))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.web.settings")
    _set_up()


def _set_up() -> None:
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import call_command
    from django.db import DatabaseError

    try:
        django.setup()
        call_command("migrate", interactive=False, verbosity=0)
    except (DatabaseError, ImproperlyConfigured) as error:
        raise BadInput.of(
            f"the database cannot be used: {str(error).strip()}",
            where="DATABASE_URL" if "DATABASE_URL" in os.environ else os.environ["SARING_DATA"],
            mend="Check its address and that it runs; PostgreSQL needs pip install 'saring[postgres]'.",
        ) from error
    call_command("collectstatic", interactive=False, verbosity=0)
    from console.web.people.accounts import groups_made

    groups_made()


def serve(listener: socket.socket, workers: Workers, ready: Callable[[], None]) -> None:
    """Serve until somebody says stop; requests that have begun are answered, whichever way.

    Args:
        listener: What `listening` returned.
        workers: Processes and threads.
        ready: Called when the first request can be answered.

    Raises:
        KeyboardInterrupt: If it was Ctrl-C. A request to end (SIGTERM) returns: serving was all there was.
    """
    from django.db import connections

    connections.close_all()  # a connection must not be shared by the processes that come now
    master = _Master(
        _Application(
            {
                **SERVER,
                "bind": f"fd://{listener.detach()}",
                "backlog": BACKLOG,
                "workers": workers.processes,
                "threads": workers.threads,
                "when_ready": lambda _: ready(),
                "post_worker_init": _leave_ctrl_c_to_the_master,
            }
        )
    )
    try:
        master.run()
    except SystemExit as end:
        if end.code:
            raise
    if master.was_interrupted:
        raise KeyboardInterrupt("every recorded decision is kept")


class _Application(BaseApplication):
    """Gunicorn with settings of ours: no file and no option of its own is read."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.settings = settings
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.settings.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        from django.urls import get_resolver

        from console.web.wsgi import application

        # All pages are loaded before the processes divide: they share the memory, and nobody waits for it.
        _ = get_resolver().url_patterns
        return application


class _Master(Arbiter):
    """Ends on Ctrl-C as gently as on a request to end."""

    was_interrupted = False

    def handle_int(self) -> None:
        self.was_interrupted = True
        raise StopIteration


def _leave_ctrl_c_to_the_master(_: Any) -> None:
    """A terminal sends Ctrl-C to all processes; a worker that obeyed would drop what it is answering."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)


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


def refuse_network_drive(data: Path) -> None:
    """Refuse a folder of another computer, where this one can tell.

    Raises:
        BadInput: If it lies on a network drive.
    """
    if (kind := kind_of_drive(data)) in NETWORK_DRIVES:
        raise BadInput.of(
            f"the folder lies on a network drive ({kind}), where SQLite loses what is written at once",
            where=str(data),
            mend="Give a folder on a disk of this computer: --data FOLDER; or PostgreSQL by DATABASE_URL.",
        )


def kind_of_drive(folder: Path, mounts: Path = Path("/proc/self/mounts")) -> str | None:
    """Return the kind of file system that a folder lies on; None where the system does not say.

    Args:
        folder: Need not exist yet.
        mounts: Linux's table of what is mounted where.
    """
    try:
        rows = [line.split() for line in mounts.read_text("utf-8").splitlines()]
    except OSError:
        return None
    place = folder.resolve()
    kinds = {Path(row[1].replace(r"\040", " ")): row[2] for row in rows}
    return next((kinds[above] for above in (place, *place.parents) if above in kinds), None)
