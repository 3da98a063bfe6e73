"""`saring serve` as a process: it answers, keeps what it was given, stops when told, and refuses clearly."""

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPResponse
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, ProxyHandler, Request, build_opener

import pytest

from console.commands import serve as command
from dossier.problems import BadInput

SARING = (sys.executable, "-c", "from console.cli import main; main()", "serve")
ROOT = Path(__file__).parents[3]
HERE = "127.0.0.1"
SECONDS = 30
"""Longer than any start or stop takes on a busy machine."""


class Console:
    """A console that runs as a process of its own, and one browser that asks it."""

    def __init__(self, data: Path, *words: str) -> None:
        call = [*SARING, "--data", str(data), "--port", "0", "--host", HERE, "--json", *words]
        self.process = subprocess.Popen(
            call, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.browser = new_browser()
        self.said = self._said()
        self.address = f"http://{HERE}:{self.said.get('port')}"

    def _said(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        lines: list[str] = []
        for line in self.process.stdout:
            lines.append(line)
            if line == "}\n":
                return dict(json.loads("".join(lines)))
        raise AssertionError(self.process.communicate()[1])

    def get(self, address: str, **headers: str) -> HTTPResponse:
        return asked(self.browser, Request(self.address + address, headers=headers))

    def post(self, address: str, **fields: str) -> HTTPResponse:
        """Send the form of a page as a browser does."""
        page = self.get(address).read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token is not None
        sent = urlencode({"csrfmiddlewaretoken": token[1], **fields}).encode()
        return asked(self.browser, Request(self.address + address, data=sent, method="POST"))

    def stop(self, how: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """Return the exit code and what was said on stderr."""
        self.process.send_signal(how)
        said = self.process.communicate(timeout=SECONDS)[1]
        return self.process.returncode, said


def environment() -> dict[str, str]:
    """Return an environment without the settings that tests of pages set."""
    ours = ("SARING_", "DJANGO_", "DATABASE_URL")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def new_browser() -> OpenerDirector:
    return build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()))


def asked(browser: OpenerDirector, request: Request) -> HTTPResponse:
    try:
        answer: HTTPResponse = browser.open(request, timeout=SECONDS)
    except HTTPError as error:
        return error  # type: ignore[return-value]
    return answer


@contextmanager
def console(data: Path, *words: str) -> Iterator[Console]:
    running = Console(data, *words)
    try:
        yield running
    finally:
        running.process.kill()
        running.process.communicate()


def refusal(*words: str, **more: str) -> str:
    """Return what `saring serve` says where it refuses."""
    done = subprocess.run(
        [*SARING, *words],
        cwd=ROOT,
        env={**environment(), **more},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 3, done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("serve") / "console"


@pytest.fixture(scope="module")
def running(data: Path) -> Iterator[Console]:
    with console(data, "--name", "kelas.lan") as one:
        yield one


def test_it_answers_with_its_own_files_under_names_that_change_with_them(running: Console) -> None:
    page = running.get("/")
    assert page.status == 200
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    style = re.search(r'href="(/static/saring/console\.[0-9a-f]{12}\.css)"', page.read().decode())
    assert style is not None
    file = running.get(style[1])
    assert (file.status, file.headers["X-Content-Type-Options"]) == (200, "nosniff")
    assert "immutable" in file.headers["Cache-Control"]


def test_the_password_that_is_shown_once_signs_the_first_trainer_in(running: Console) -> None:
    account = running.said["account"]
    assert account["name"] == "trainer"
    page = running.post("/sign-in/", username=account["name"], password=account["password"])
    assert page.url == f"{running.address}/home/"
    assert "My sittings" in page.read().decode()


def test_it_answers_to_its_own_names_only(running: Console) -> None:
    assert running.get("/", Host="kelas.lan").status == 200
    assert running.get("/", Host=socket.gethostname()).status == 200
    assert running.get("/", Host="elsewhere.invalid").status == 400


def test_nobody_else_reads_its_secret(running: Console, data: Path) -> None:
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert stat.S_IMODE((data / "secret").stat().st_mode) == 0o600


def test_a_second_console_on_the_same_port_is_refused_and_makes_nothing(
    running: Console, tmp_path: Path
) -> None:
    port = running.said["port"]
    said = refusal("--data", str(tmp_path / "second"), "--port", str(port), "--host", HERE)
    assert f"port {port}: another program listens there" in said
    assert f"--port {port + 1}" in said
    assert not (tmp_path / "second").exists()
    assert running.get("/").status == 200


def test_a_second_console_on_the_same_folder_is_refused(running: Console, data: Path) -> None:
    said = refusal("--data", str(data), "--port", "0", "--host", HERE)
    assert f"{data}: another console that runs uses this folder" in said
    assert running.get("/").status == 200


def test_the_folder_that_the_environment_names_is_used(running: Console, data: Path) -> None:
    assert f"{data}: another console" in refusal("--port", "0", "--host", HERE, SARING_DATA=str(data))


def test_it_speaks_to_an_indonesian_trainer_in_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    account = {"name": "budi", "password": "abcd-efgh"}
    content = {"addresses": ["http://localhost/", "http://10.0.0.7/"], "account": account, "data": "konsol"}
    command._say(content, "id")
    assert capsys.readouterr().out.splitlines() == [
        "Konsol siap.",
        "  di komputer ini     http://localhost/",
        "  dari komputer lain  http://10.0.0.7/",
        "  masuk sebagai       budi",
        "  dengan kata sandi   abcd-efgh (hanya ditampilkan sekali ini; ganti setelah masuk)",
        "Datanya: konsol",
        "Ctrl-C menghentikannya.",
    ]


def test_a_demonstration_never_becomes_the_console_of_real_classes(tmp_path: Path) -> None:
    (tmp_path / "demonstration").touch()
    said = refusal("--data", str(tmp_path), "--port", "0", "--host", HERE)
    assert "the folder holds a demonstration" in said
    assert [path.name for path in tmp_path.iterdir()] == ["demonstration"]


def test_a_file_is_no_folder_and_no_database(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", "utf-8")
    assert "this is no folder" in refusal("--data", str(tmp_path / "file"), "--port", "0", "--host", HERE)
    (tmp_path / "console.sqlite3").write_bytes(b"mine, and no database" * 300)
    said = refusal("--data", str(tmp_path), "--port", "0", "--host", HERE)
    assert "the database cannot be used: file is not a database" in said
    assert "backup" in said


def test_ctrl_c_stops_it_as_it_stops_every_command(tmp_path: Path) -> None:
    with console(tmp_path / "console") as one:
        assert one.stop(signal.SIGINT) == (130, "saring: interrupted; every recorded decision is kept\n")


@pytest.mark.slow
def test_what_was_made_is_kept_when_a_request_to_end_stops_it(tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("a long password\n", "utf-8")
    data = tmp_path / "console"
    with console(data, "--trainer", "budi", "--password-file", str(password)) as first:
        assert first.said["account"] is None
        assert first.stop() == (0, "")
    secret = (data / "secret").read_text("ascii")
    with console(data) as again:
        assert again.said["account"] is None
        page = again.post("/sign-in/", username="budi", password="a long password")
        assert page.url == f"{again.address}/home/"
    assert (data / "secret").read_text("ascii") == secret


@pytest.mark.slow
def test_an_answer_that_has_begun_is_finished_before_it_stops(tmp_path: Path) -> None:
    with console(tmp_path / "console") as one:
        host, port = HERE, int(one.said["port"])
        with socket.create_connection((host, port), timeout=SECONDS) as browser:
            browser.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
            one.process.send_signal(signal.SIGTERM)
            browser.sendall(b"Connection: close\r\n\r\n")
            answer = b"".join(iter(lambda: browser.recv(65536), b""))
        assert answer.startswith(b"HTTP/1.1 200 OK")
        assert answer.rstrip().endswith(b"</html>")
        assert one.process.wait(SECONDS) == 0


@pytest.mark.slow
def test_a_researcher_gets_an_account_without_a_class(tmp_path: Path) -> None:
    with console(tmp_path / "console", "--researcher", "ani") as one:
        account = one.said["account"]
        assert account["name"] == "ani"
        page = one.post("/sign-in/", username="ani", password=account["password"])
        assert page.url == f"{one.address}/workbench/"


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("--host", "203.0.113.7"), "this is no address of this computer"),
        (("--host", "no host at all"), "this is no address of this computer"),
        (("--trainer", "a", "--researcher", "b"), "one account is made at a time"),
        (("--password-file", "x"), "nobody was named"),
        (("--trainer", "a", "--password-file", "no/file"), "No such file"),
        (("--runs", "no/folder"), "--runs no/folder: there is no such folder"),
    ],
)
def test_options_that_cannot_be_are_refused_before_anything_is_made(
    tmp_path: Path, words: tuple[str, ...], what: str
) -> None:
    said = refusal("--data", str(tmp_path / "console"), "--port", "0", *words)
    assert what in said
    assert "To mend it" in said
    assert not (tmp_path / "console").exists()


@pytest.mark.parametrize("url", ["my-secret", f"postgres://saring:my-secret@{HERE}:port/saring"])
def test_an_address_that_is_none_is_told_from_a_database_that_does_not_answer(
    tmp_path: Path, url: str
) -> None:
    said = refusal("--data", str(tmp_path / "console"), "--port", "0", "--host", HERE, DATABASE_URL=url)
    assert "DATABASE_URL: this is no address of a database" in said
    assert "my-secret" not in said


def test_a_database_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    said = refusal(
        *("--data", str(tmp_path / "console"), "--port", "0", "--host", HERE),
        DATABASE_URL=f"postgres://saring:my-secret@{HERE}:1/saring",
    )
    assert "DATABASE_URL: the database cannot be used" in said
    assert "my-secret" not in said


def test_without_its_libraries_it_says_how_to_install_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "find_spec", lambda name: None if name == "gunicorn" else object())
    with pytest.raises(BadInput, match=r"gunicorn\n.*pip install '\.\[console\]'"):
        command.require_console()


def test_on_windows_it_says_where_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as windows:
        windows.setattr(os, "name", "nt")
        with pytest.raises(BadInput, match="Windows Subsystem for Linux"):
            command.require_console()
