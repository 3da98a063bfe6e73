"""Transactions that write what a seat sends: where the database is a file, one at a time.

SQLite lets one connection write, and the others ask again after pauses of up to a tenth of a second; when a
whole class presses the button, they sleep while the file lies idle, and one process is served before the
other. Whoever waits for a lock of ours, in a thread or in another process, is woken at once. A database
server queues its writers by itself, and is left to it.
"""

import fcntl
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, transaction

_IN_THIS_PROCESS = threading.Lock()
LOCK_FILE = "writing.lock"
"""In the console's folder; it stays empty."""


@contextmanager
def writing() -> Iterator[None]:
    """Write all of what follows, or nothing.

    Whoever is in a transaction already may hold the database's lock, and does not wait for ours.
    """
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with _one_at_a_time(), transaction.atomic():
            yield
    else:
        with transaction.atomic():
            yield


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    # Opened anew each time: processes that divided would share an open file, and its lock.
    with _IN_THIS_PROCESS, (settings.DATA / LOCK_FILE).open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
