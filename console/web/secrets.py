"""The secret of this console: kept in a file that only its owner can read, and never shown.

Login state is signed with it, and the seeds of sittings are derived from it: who knows it can draw the
dossiers of a class again, with their answers.
"""

import hmac
import os
import secrets
from hashlib import sha256
from pathlib import Path

from dossier.problems import BadInput

NAME = "secret"
BYTES = 48


def secret_of(data: Path) -> str:
    """Return the secret in a console's data folder; one is made where there is none.

    Raises:
        BadInput: If the file cannot be read or written, or holds too little.
    """
    file = data / NAME
    try:
        if not file.exists():
            _write_new(file)
        found = file.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput.of(
            f"the console's secret cannot be kept there: {error}",
            where=str(file),
            mend="Give a folder that you can write to: saring serve --data FOLDER.",
        ) from error
    if len(found) < BYTES:
        raise BadInput.of(
            "the console's secret is too short", where=str(file), mend="Delete the file; a new one is made."
        )
    return found


def _write_new(file: Path) -> None:
    """Write a new secret whole; whoever comes second takes the first one's."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = file.with_name(f".{NAME}.{secrets.token_hex(8)}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        out.write(secrets.token_urlsafe(BYTES))
    try:
        os.link(aside, file)
    except FileExistsError:
        pass
    finally:
        aside.unlink()


def derived_seed(secret: str, *names: str) -> int:
    """Return a seed of 63 bits that nobody can find without the secret.

    Args:
        secret: Of this console.
        names: What the seed is for, such as a sitting's id.
    """
    digest = hmac.new(secret.encode(), "\0".join(names).encode(), sha256).digest()
    return int.from_bytes(digest[:8], "big") >> 1
