"""A browser without scripts, light enough for hundreds in one process: one kept connection, cookies, forms.

It knows what the pages of the classroom need: it follows redirections, fills in forms as they stand in a
page, and times every answer. Pages are searched by patterns and not parsed, because it shares its processors
with the server that it measures. For the same reason a request can be left to somebody else, who sends many
at the same moment.
"""

import re
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

_FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
_CONTROL = re.compile(r"<(input|button|textarea)\b([^>]*)>")
_OPTION = re.compile(r"<select\b([^>]*)>(.*?)</select>", re.DOTALL)
_VALUE = re.compile(r"<option\b([^>]*)>")
_ATTRIBUTE = re.compile(r"""([\w-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?""")
SENT_BY_THEMSELVES = ("hidden", "text", "")
REDIRECTED = (301, 302, 303)

Values = Mapping[str, str | Sequence[str]]


class ConnectionLost(Exception):
    """The server did not answer; whoever asked may ask again."""


@dataclass(frozen=True)
class Form:
    """A form as it stands in a page.

    Attributes:
        action: Where it is sent.
        is_post: Whether it is posted.
        sent: What it sends if nothing is filled in.
        choices: The values of its buttons, radio buttons, boxes and lists, by name.
    """

    action: str
    is_post: bool
    sent: Mapping[str, str]
    choices: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Page:
    """An answer of the server after all redirections.

    Attributes:
        status: Of the last answer.
        path: Where it came from.
        text: Its body.
        first_s: Seconds to the first answer, before redirections were followed.
        first_status: Of the first answer.
    """

    status: int
    path: str
    text: str
    first_s: float
    first_status: int

    @property
    def forms(self) -> list[Form]:
        """All forms of the page, in order."""
        return [_form(attributes, body, self.path) for attributes, body in _FORM.findall(self.text)]

    def form(self, wanted: Callable[[Form], bool]) -> Form | None:
        """Return the first form that is wanted; None without one."""
        return next(filter(wanted, self.forms), None)


@dataclass
class Prepared:
    """A request that is written and not sent.

    Attributes:
        connection: On which it is to be sent; the answer is not to be read from it.
        content: The whole request.
        sent_at, answered_at: When its last byte was sent and the first of its answer came, for whoever sends
            it to fill in; in seconds of `time.perf_counter`.
    """

    connection: socket.socket
    content: bytes
    sent_at: float = 0.0
    answered_at: float = 0.0


Sender = Callable[[Prepared], None]
"""Sends a request, and returns when its answer has begun or nothing is to be expected any more."""


class _Connection(HTTPConnection):
    """A connection that can keep back what it would send."""

    kept_back: bytearray | None = None

    def send(self, data: Any) -> None:
        if self.kept_back is None:
            super().send(data)
        else:
            self.kept_back += data

    def prepared(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Prepared:
        """Return a request; the answer is waited for as if it had been sent.

        Raises:
            OSError: If the server is not there.
        """
        if self.sock is None:
            self.connect()
        self.kept_back = bytearray()
        self.request(method, path, body or None, headers)
        content, self.kept_back = bytes(self.kept_back), None
        return Prepared(self.sock, content)


@dataclass
class FormBrowser:
    """A browser of one person.

    Attributes:
        host, port: The server.
        timeout: Seconds after which a silent server counts as lost.
        cookies: By name.
        timed: Kind of request and seconds, of every answer; a redirection followed is an answer of its own.
    """

    host: str
    port: int
    timeout: float = 60.0
    cookies: dict[str, str] = field(default_factory=dict)
    timed: list[tuple[str, float]] = field(default_factory=list)
    _connection: _Connection | None = None

    def get(self, path: str, kind: str = "page") -> Page:
        """Return a page.

        Raises:
            ConnectionLost: If the server does not answer.
        """
        return self._asked("GET", path, b"", kind)

    def submit(self, form: Form, values: Values, kind: str, sender: Sender | None = None) -> Page:
        """Send a form, filled in, and return the page that follows.

        Args:
            form: As it stands in a page.
            values: What is filled in.
            kind: How the answer is called in `timed`.
            sender: Sends a form that is posted, and times it; without one, it is sent at once.

        Raises:
            ConnectionLost: If the server does not answer.
        """
        body = urlencode({**form.sent, **values}, doseq=True)
        if form.is_post:
            return self._asked("POST", form.action, body.encode(), kind, sender)
        return self._asked("GET", f"{form.action}?{body}", b"", kind)

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _asked(self, method: str, path: str, body: bytes, kind: str, sender: Sender | None = None) -> Page:
        status, text, goes_to, first_s = self._once(method, path, body, sender)
        first_status = status
        self.timed.append((kind, first_s))
        while status in REDIRECTED:
            path = _within(path, goes_to)
            status, text, goes_to, seconds = self._once("GET", path, b"")
            self.timed.append(("page", seconds))
        return Page(status, path, text, first_s, first_status)

    def _once(
        self, method: str, path: str, body: bytes, sender: Sender | None = None
    ) -> tuple[int, str, str, float]:
        began = time.perf_counter()
        if self._connection is None:
            self._connection = _Connection(self.host, self.port, timeout=self.timeout)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        headers["Referer"] = f"http://{self.host}:{self.port}{path}"
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        prepared = None
        try:
            if sender is None:
                self._connection.request(method, path, body or None, headers)
            else:
                prepared = self._connection.prepared(method, path, body, headers)
                sender(prepared)
            answer = self._connection.getresponse()
            content = answer.read()
            ended = time.perf_counter()
        except (OSError, HTTPException) as error:
            self.close()
            raise ConnectionLost(str(error)) from error
        self._keep_cookies(answer)
        if answer.will_close:
            self.close()
        seconds = ended - began if prepared is None else prepared.answered_at - prepared.sent_at
        text, goes_to = content.decode("utf-8", "replace"), answer.headers.get("Location", "")
        return answer.status, text, goes_to, seconds

    def _keep_cookies(self, answer: HTTPResponse) -> None:
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name.strip()] = value.strip().strip('"')


def _within(path: str, goes_to: str) -> str:
    parts = urlsplit(urljoin(path, goes_to))
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _form(attributes: str, body: str, path: str) -> Form:
    own = _attributes(attributes)
    sent: dict[str, str] = {}
    choices: dict[str, list[str]] = {}
    for tag, inside in _CONTROL.findall(body):
        control = _attributes(inside)
        name, value = control.get("name", ""), control.get("value", "")
        if not name or "disabled" in control:
            continue
        if tag == "textarea" or (tag == "input" and control.get("type", "") in SENT_BY_THEMSELVES):
            sent[name] = value
        else:
            choices.setdefault(name, []).append(value)
    for inside, options in _OPTION.findall(body):
        name = _attributes(inside).get("name", "")
        choices[name] = [_attributes(option).get("value", "") for option in _VALUE.findall(options)]
    return Form(
        _within(path, own.get("action", "") or path),
        own.get("method", "get").lower() == "post",
        sent,
        {name: tuple(values) for name, values in choices.items()},
    )


def _attributes(text: str) -> dict[str, str]:
    found = _ATTRIBUTE.findall(text)
    return {name.lower(): unescape(double or single or bare) for name, double, single, bare in found}
