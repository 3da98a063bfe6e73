"""Transactions that write what a seat sends: where the database is a file, one at a time in each process.

SQLite lets one connection write, and the others ask again after pauses of up to a tenth of a second; when a
whole class presses the button, the file lies idle while all of them sleep. Threads of a process that wait for
a lock of ours are woken at once. A database server queues its writers by itself, and is left to it.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from django.db import connection, transaction

_ONE_AT_A_TIME = threading.Lock()


@contextmanager
def writing() -> Iterator[None]:
    """Write all of what follows, or nothing.

    Whoever is in a transaction already may hold the database's lock, and does not wait for ours.
    """
    waits = connection.vendor == "sqlite" and not connection.in_atomic_block
    with _ONE_AT_A_TIME if waits else nullcontext(), transaction.atomic():
        yield
