"""A whole class over HTTP: seats that join, look, ask and decide, a trainer who watches, what they were told.

Every decision carries a word of its own in its reason, so that what the server confirmed can be laid beside
what stands in the database, one by one. A seat that loses its connection asks again, as a trainee would.
"""

import random
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, repeat
from typing import Any

from benchmarks.peers.form_browser import ConnectionLost, Form, FormBrowser, Page, Sender
from benchmarks.peers.sent_together import SentTogether

JOIN, DESK = "/seat/join", "/seat/desk"
SIGN_IN = "/sign-in/"
PATIENCE_S = 60.0
"""So long a seat tries again after its connection was lost."""
AGAIN_S = 0.5
DECIDED = 303, 302


@dataclass(frozen=True)
class Pace:
    """How a class works.

    Attributes:
        seats: How many.
        dossiers: How many each decides on, at most.
        think_s: Seconds between an answer and the next thing a seat does: least and most.
        joins_within_s: Seats come within this time.
        asks: The chance to ask for each kind of evidence.
        at_once: Whether each decision of all seats is sent at the same moment, by one thread.
    """

    seats: int
    dossiers: int
    think_s: tuple[float, float]
    joins_within_s: float = 5.0
    asks: float = 0.3
    at_once: bool = False


@dataclass
class Told:
    """What the seats were told, and what it took.

    Attributes:
        confirmed: For each word of a reason, the action that the server said it recorded.
        tried: Words of all decisions that were sent.
        timed: Kind and seconds of every answer.
        wrong: Answers that nobody should get, counted.
        lost: How often a connection was lost.
    """

    confirmed: dict[str, int] = field(default_factory=dict)
    tried: set[str] = field(default_factory=set)
    timed: list[tuple[str, float]] = field(default_factory=list)
    wrong: Counter[str] = field(default_factory=Counter)
    lost: int = 0

    def add(self, other: "Told") -> None:
        """Take in what another seat was told."""
        self.confirmed |= other.confirmed
        self.tried |= other.tried
        self.timed += other.timed
        self.wrong += other.wrong
        self.lost += other.lost


class OneSeat:
    """A trainee with a browser."""

    def __init__(self, number: int, address: tuple[str, int], code: str, pace: Pace) -> None:
        self.number, self.code, self.pace = number, code, pace
        self.browser = FormBrowser(*address)
        self.told = Told()
        self.lot = random.Random(number)  # noqa: S311 - nothing is secret here

    def work(self, sender: Sender | None = None) -> None:
        """Join, and decide on dossiers until there are none or enough.

        Args:
            sender: Sends the decisions; without one, each is sent as soon as the seat has thought.
        """
        time.sleep(self.lot.random() * self.pace.joins_within_s)
        self.join()
        for place in range(self.pace.dossiers):
            page = self._again(lambda: self.browser.get(DESK, "desk"))
            form = page.form(_is_decision)
            if form is None:
                self.told.wrong[f"no form to decide: {page.status} {page.path}"] += 1
                break
            self._think()
            form = self._ask(page) or form
            self._think()
            self._decide(form, place, sender)
        self.browser.close()
        self.told.timed = self.browser.timed

    def join(self) -> None:
        """Take a seat."""
        page = self._again(lambda: self.browser.get(f"{JOIN}/{self.code}"))
        form = page.form(lambda one: "nickname" in one.sent)
        if form is None:
            raise RuntimeError(f"no form to join: {page.status} {page.path}")
        values = {
            "code": self.code,
            "nickname": f"seat {self.number}",
            "language": self.lot.choice(("en", "id")),
        }
        page = self._again(lambda: self.browser.submit(form, values, "join"))
        if page.path.startswith(JOIN):
            raise RuntimeError(f"seat {self.number} could not join: {page.status}")

    def _ask(self, page: Page) -> Form | None:
        """Ask for evidence, sometimes; return the form to decide of the page that follows."""
        form, kinds = None, {kind: one for one in page.forms for kind in one.choices.get("kind", ())}
        for kind, ask in kinds.items():
            if self.lot.random() < self.pace.asks:
                form = self._asked(_to_ask(ask), kind) or form
        return form

    def _asked(self, form: Form, kind: str) -> Form | None:
        page = self._again(lambda: self.browser.submit(form, {"kind": kind}, "ask"))
        return page.form(_is_decision)

    def _decide(self, form: Form, place: int, sender: Sender | None) -> None:
        word, action = f"n{self.number}-{place}", self.lot.randrange(4)
        ticks = self.lot.sample(
            form.choices.get("indicators", ()), min(3, len(form.choices.get("indicators", ())))
        )
        values = {"action": str(action), "confidence": "2", "reason": word, "indicators": ticks}
        self.told.tried.add(word)
        senders = chain((sender,), repeat(None))  # whoever loses the connection asks again alone
        page = self._again(lambda: self.browser.submit(form, values, "decide", next(senders)))
        if page.first_status in DECIDED and page.status == 200:
            self.told.confirmed[word] = action
        else:
            self.told.wrong[f"decide: {page.first_status}, then {page.status} {page.path}"] += 1

    def _again(self, asked: Callable[[], Page]) -> Page:
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                page = asked()
            except ConnectionLost:
                self.told.lost += 1
                if time.monotonic() > until:
                    raise
                time.sleep(AGAIN_S)
                continue
            if page.status >= 500:
                self.told.wrong[f"{page.status} {page.path}"] += 1
            return page

    def _think(self) -> None:
        time.sleep(self.lot.uniform(*self.pace.think_s))


def _is_decision(form: Form) -> bool:
    return "confidence" in form.choices


def _to_ask(form: Form) -> Form:
    """Return a form as its buttons for more evidence send it, which may go elsewhere than its other ones."""
    return replace(form, action=form.action.replace("/decide", "/ask"))


def seats_of(address: tuple[str, int], code: str, pace: Pace) -> list[OneSeat]:
    """Return the seats of a class that has not begun."""
    return [OneSeat(number, address, code, pace) for number in range(pace.seats)]


def worked(seats: Sequence[OneSeat]) -> Told:
    """Let a class work through a sitting, each seat in a thread; return what all were told.

    Raises:
        RuntimeError: If a seat could not go on; the first reason is told.
    """
    together = SentTogether(len(seats), PATIENCE_S) if seats[0].pace.at_once else None
    failed: list[str] = []

    def working(seat: OneSeat) -> None:
        try:
            seat.work(together.send if together is not None else None)
        except (ConnectionLost, RuntimeError, threading.BrokenBarrierError) as error:
            failed.append(f"seat {seat.number}: {type(error).__name__} {error}")
            if together is not None:
                together.abort()

    threads = [threading.Thread(target=working, args=(seat,)) for seat in seats]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise RuntimeError(f"{len(failed)} seats could not go on; {failed[0]}")
    told = Told()
    for seat in seats:
        told.add(seat.told)
    return told


@dataclass
class Watching:
    """A trainer who looks at the grid of a sitting, again and again, until told to stop.

    Attributes:
        every_s: Seconds between two looks.
        timed: Seconds of every answer.
        wrong: Answers that nobody should get.
    """

    every_s: float
    timed: list[float] = field(default_factory=list)
    wrong: Counter[str] = field(default_factory=Counter)
    stopped: threading.Event = field(default_factory=threading.Event)

    def work(self, address: tuple[str, int], name: str, password: str, grid: str) -> None:
        """Sign in and look."""
        browser = FormBrowser(*address)
        form = browser.get(SIGN_IN).form(lambda one: "username" in one.sent)
        if form is None:
            self.wrong["no form to sign in"] += 1
            return
        browser.submit(form, {"username": name, "password": password}, "sign in")
        while not self.stopped.wait(self.every_s):
            try:
                page = browser.get(grid)
            except ConnectionLost:
                self.wrong["connection lost"] += 1
                continue
            self.timed.append(page.first_s)
            if page.first_status != 200:
                self.wrong[f"grid: {page.first_status}"] += 1


def quantiles(seconds: Iterable[float]) -> dict[str, float | int]:
    """Return how many answers there were, and median, 95th and 99th percentile and the longest in seconds."""
    ordered = sorted(seconds)
    if not ordered:
        return {"n": 0}
    cuts = statistics.quantiles(ordered, n=100, method="inclusive") if len(ordered) > 1 else ordered * 99
    return {
        "n": len(ordered),
        "p50_s": round(cuts[49], 4),
        "p95_s": round(cuts[94], 4),
        "p99_s": round(cuts[98], 4),
        "longest_s": round(ordered[-1], 4),
    }


def compared(told: Told, kept: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Lay what seats were told beside what stands in the database.

    Args:
        told: What the seats were told.
        kept: `reason` and `action` of every decision in the database.

    Returns:
        How many were `confirmed` and `kept`, and of them `lost` (confirmed and not kept), `doubled` (kept
        more than once), `changed` (kept otherwise than it was sent) and `unasked` (kept and never sent).
    """
    times = Counter(one["reason"] for one in kept)
    actions = {one["reason"]: one["action"] for one in kept}
    confirmed = told.confirmed.items()
    return {
        "confirmed": len(told.confirmed),
        "kept": len(kept),
        "lost": sum(word not in times for word in told.confirmed),
        "doubled": sum(count - 1 for count in times.values()),
        "changed": sum(word in actions and actions[word] != action for word, action in confirmed),
        "unasked": sum(word not in told.tried for word in times),
    }
