"""Gunicorn in this process, with settings of ours: it serves until somebody says stop."""

import os
import resource
import signal
import socket
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from console.web.serving.addresses import BACKLOG
from console.web.serving.shares import Shares

CONNECTIONS = 1_000
"""Of each process. Browsers open up to six; a class of 300 opens 900 of each of two processes."""
OTHER_FILES = 64
"""Open files of a process besides connections: its database, its modules, its pipes."""
SERVER = {
    "worker_class": "console.web.serving.worker.WholeRequests",
    "keepalive": 30,  # a shorter time closes connections just when somebody has finished reading
    "timeout": 120,
    "graceful_timeout": 20,
    "sendfile": False,  # it would have a thread wait until the browser has taken the file
    "preload_app": True,
    "loglevel": "warning",
    "control_socket_disable": True,
}


@dataclass(frozen=True)
class Workers:
    """How the work is shared: processes, and threads of each. The defaults were measured on two cores."""

    processes: int = 2
    threads: int = 4


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

    started_as = os.getpid()
    shares = Shares(2 * workers.processes)  # of those that end, and of those that take over from them
    connections.close_all()  # a connection must not be shared by the processes that come now
    master = _Master(
        _Application(
            {
                **SERVER,
                "bind": f"fd://{listener.detach()}",
                "backlog": BACKLOG,
                "workers": workers.processes,
                "threads": workers.threads,
                "worker_connections": connections_allowed(),
                "when_ready": lambda _: ready(),
                "pre_fork": partial(_give_share, shares),
                "post_worker_init": _leave_ctrl_c_to_the_master,
            }
        )
    )
    try:
        master.run()
    except SystemExit as end:
        if os.getpid() != started_as:
            os._exit(int(end.code or 0))  # a process of ours must not put away what the console still uses
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


def _give_share(shares: Shares, master: Any, worker: Any) -> None:
    """Give a worker a place of its own among those that live."""
    worker.share = shares.share({one.share.place for one in master.WORKERS.values()})


def _leave_ctrl_c_to_the_master(_: Any) -> None:
    """A terminal sends Ctrl-C to all processes; a worker that obeyed would drop what it is answering."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def connections_allowed() -> int:
    """Let this process open as many files as it needs, where the system does; return how many connections.

    macOS begins with 256 files, and a process that runs out of them is of no use to anybody.
    """
    wanted = CONNECTIONS + OTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return CONNECTIONS
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    except (OSError, ValueError):
        allowed = soft
    return max(1, allowed - OTHER_FILES)
