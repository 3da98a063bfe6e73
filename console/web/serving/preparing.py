"""A console's data folder, made or brought up to date before anything is served from it.

`prepare` sets Django's environment, so it comes before anything of Django is imported. A folder belongs to
one running console at a time, and a demonstration's folder never becomes the console of a real class.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeAlias

from console.parts.locks import lock_of, locked
from console.web.serving.addresses import own_hosts
from console.web.serving.drives import refuse_network_drive
from dossier.problems import BadInput

MARK = "demonstration"
"""File by which the folder of a demonstration is known."""
_LOCKED = "console"
"""What in the folder is locked; the lock lies within, where the folder's owner may write."""

Failures: TypeAlias = tuple[type[Exception], ...]


@contextmanager
def alone_in(data: Path) -> Iterator[None]:
    """Make a console's folder, readable by its owner only, and keep other consoles out of it meanwhile.

    Raises:
        BadInput: If it is no folder, lies on a network drive, or another console uses it.
        OSError: If it cannot be made or written.
    """
    if data.exists() and not data.is_dir():
        raise BadInput.of("this is no folder", where=str(data), mend="Give a folder: --data FOLDER.")
    if "DATABASE_URL" not in os.environ:
        refuse_network_drive(data)
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    data.chmod(0o700)  # the answers lie there; a folder that was made before may be open to everybody
    with ExitStack() as held:
        try:
            held.enter_context(locked(data / _LOCKED))
        except BadInput as error:
            raise BadInput.of(
                "another console that runs uses this folder",
                where=str(data),
                mend="Use that one, stop it, or give this one a folder of its own: --data FOLDER.",
            ) from error
        yield


def is_lock(path: Path) -> bool:
    """Return whether this is the file by which a console keeps others out of its folder."""
    return path == lock_of(path.parent / _LOCKED)


def refuse_demonstration(data: Path) -> None:
    """Refuse to keep real classes where `saring demo --fresh` deletes everything.

    Raises:
        BadInput: If the folder is a demonstration's.
    """
    if (data / MARK).is_file():
        raise BadInput.of(
            "the folder holds a demonstration, and real classes would be deleted with it",
            where=str(data),
            mend="Serve the demonstration with saring demo --data, or give another folder: --data FOLDER.",
        )


def prepare(data: Path, hosts: Sequence[str] = ()) -> None:
    """Make a console's database, groups and static files, or bring them up to date.

    Args:
        data: Folder of the console, held by `alone_in`.
        hosts: Names by which the console is reached, besides those of this computer.

    Raises:
        BadInput: If the database cannot be used.
        OSError: If the folder cannot be written.
    """
    known = os.environ.get("SARING_HOSTS", "").split(",")
    os.environ["SARING_DATA"] = str(data.resolve())
    os.environ["SARING_HOSTS"] = ",".join(dict.fromkeys(filter(None, [*hosts, *known, *own_hosts()])))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.web.settings")
    _set_up()


def _set_up() -> None:
    import django
    from django.core.management import call_command

    with _database_explained():
        django.setup()
        call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    from console.web.people.accounts import groups_made

    with _database_explained():
        groups_made()


@contextmanager
def _database_explained() -> Iterator[None]:
    """Say of a database that cannot be used which it is and how to mend it, and never its password."""
    import dj_database_url
    from django.core.exceptions import ImproperlyConfigured
    from django.db import DatabaseError

    unreadable: Failures = (dj_database_url.ParseError, dj_database_url.UnknownSchemeError)
    try:
        yield
    except unreadable as error:
        raise BadInput.of(
            "this is no address of a database that saring can use",
            where="DATABASE_URL",
            mend="Write postgres://USER:PASSWORD@HOST/NAME, or remove it: SQLite is used then.",
        ) from error
    except (DatabaseError, ImproperlyConfigured) as error:
        is_named = "DATABASE_URL" in os.environ
        raise BadInput.of(
            f"the database cannot be used: {str(error).strip()}",
            where="DATABASE_URL" if is_named else os.environ["SARING_DATA"],
            mend="Check its address and that it runs; in saring's folder: pip install '.[postgres]'."
            if is_named
            else "Check who may write there and the space that is left, or put a backup in its place.",
        ) from error
