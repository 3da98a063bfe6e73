"""Where the database is a file, what seats send is written one at a time."""

import pytest
from django.db import connection

from console.web.classroom import writing as module
from console.web.classroom.writing import writing

LOCK = module._IN_THIS_PROCESS


def on_sqlite() -> bool:
    return connection.vendor == "sqlite"


@pytest.mark.django_db(transaction=True)
def test_a_file_is_written_by_one_thread_at_a_time() -> None:
    with writing():
        assert connection.in_atomic_block
        assert LOCK.locked() == on_sqlite()
    assert not LOCK.locked()


@pytest.mark.django_db(transaction=True)
def test_others_may_write_after_a_failure() -> None:
    with pytest.raises(ValueError, match="ours"), writing():
        raise ValueError("ours")
    assert not LOCK.locked()


@pytest.mark.django_db
def test_who_is_in_a_transaction_already_does_not_wait_for_who_waits_for_it() -> None:
    assert connection.in_atomic_block
    with writing():
        assert not LOCK.locked()


@pytest.mark.django_db(transaction=True)
def test_a_database_server_is_left_to_its_own_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "vendor", "postgresql")
    with writing():
        assert connection.in_atomic_block
        assert not LOCK.locked()
