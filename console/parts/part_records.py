"""Records of finished parts: which files a part wrote, with size and SHA-256, and what remains of it.

A record is written last, so that a part without one was never finished. A part counts as finished only if
its record can be read and every file that it names is the one it was; what was changed since, or cut short,
is done again.
"""

import json
import re
from collections.abc import Mapping
from contextlib import nullcontext, suppress
from functools import lru_cache
from hashlib import file_digest, scrypt, sha256
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from console.parts.remains import pack, unpack
from dossier.places import Folder, Place
from dossier.problems import BadInput
from synthetic.asides import PARTS, flush
from synthetic.sheets import going_on

Remains = TypeVar("Remains")

_RECORD = re.compile(rf"{PARTS}/part-(\d{{5,}})\.json")


class Stored(BaseModel):
    """What a file must be.

    Attributes:
        bytes: Its size.
        sha256: Of its content.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    bytes: int = Field(ge=0)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class PartRecord(BaseModel):
    """The record of one finished part.

    Attributes:
        part: Which.
        work: Digest of the work it is a part of; see `work_digest`.
        files: Its files, by their names in the place.
        remains: What else remains of it.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    part: int
    work: str
    files: Mapping[str, Stored]
    remains: Stored


class NotWhole(Exception):
    """A recorded part is no longer what it was; says in what."""


def work_digest(identity: Mapping[str, Any]) -> str:
    """Return a digest of everything that decides a result.

    The seed is in it, and all the rest is known. So it is made slow: whoever tries one seed after the other
    is no faster with it than by drawing again, and comparing with the observed files.
    """
    return _slowly(json.dumps(identity, sort_keys=True, allow_nan=False).encode("ascii"))


@lru_cache(maxsize=8)
def _slowly(content: bytes) -> str:
    return scrypt(content, salt=b"saring", n=2**14, r=8, p=1, dklen=32).hex()


def record_part(place: Place, number: int, work: str, scratch: Path, remains: Any) -> None:
    """Publish the files of a finished part, then what remains of it, and its record last.

    Args:
        place: Where to.
        number: Which part.
        work: Digest of the work.
        scratch: A folder of this machine with the files; they are moved.
        remains: What remains of it.

    Raises:
        BadInput: If nothing can be written there.
        InterruptedError: If the work was given up meanwhile.
    """
    files = {path.relative_to(scratch).as_posix(): _stored(path) for path in _files_below(scratch)}
    packed = pack(remains)
    record = PartRecord(part=number, work=work, files=files, remains=_stored_bytes(packed))
    # Only here can the folder have been given up by this very process; uploads need not wait for each other.
    with going_on(scratch) if isinstance(place, Folder) else nullcontext():
        place.publish(scratch)
        # Whoever ends the run sweeps its room away, maybe between the digests above and here.
        if isinstance(place, Folder) and not all((place.path / name).is_file() for name in files):
            raise InterruptedError("the files of this part were swept away")
        place.write_bytes(_name(number, "npz"), packed)
        place.write_bytes(_name(number, "json"), record.model_dump_json(indent=1).encode("utf-8"))


def recorded_parts(place: Place) -> frozenset[int]:
    """Return the numbers of the parts that have a record, readable or not."""
    found = map(_RECORD.fullmatch, place.names(f"{PARTS}/*"))
    return frozenset(int(matched[1]) for matched in found if matched)


def records(place: Place) -> dict[int, PartRecord]:
    """Return the records that can be read, by number of the part; the files they name are not looked at."""
    found = {}
    for number in sorted(recorded_parts(place)):
        with suppress(ValidationError, BadInput):
            found[number] = _read(place, number)
    return found


def _read(place: Place, number: int) -> PartRecord:
    return PartRecord.model_validate_json(place.read_bytes(_name(number, "json")))


def kept_part(place: Place, number: int, work: str, kind: type[Remains]) -> Remains:
    """Return what remains of a recorded part whose files are all as they were.

    Raises:
        NotWhole: If the part has to be done again; says why.
    """
    try:
        record = _read(place, number)
        if record.part != number or record.work != work:
            raise NotWhole("its record is of other work")
        _check(place, {**record.files, _name(number, "npz"): record.remains})
        return unpack(kind, place.read_bytes(_name(number, "npz")))
    except ValidationError:
        raise NotWhole("its record cannot be read") from None
    except BadInput as error:
        raise NotWhole(error.problems[0].what) from None


def digests_of(place: Place, below: str = "") -> dict[str, str]:
    """Return the SHA-256 of every file of the recorded parts, by name.

    Args:
        place: Where the parts were published.
        below: A folder there, such as `cohort`; its files alone, named from there.
    """
    prefix = f"{below}/" if below else ""
    return {
        name.removeprefix(prefix): stored.sha256
        for record in records(place).values()
        for name, stored in record.files.items()
        if name.startswith(prefix)
    }


def _check(place: Place, files: Mapping[str, Stored]) -> None:
    """Raise if a file is missing or changed; sizes come first, because they cost nothing."""
    for name, stored in files.items():
        with place.open(name) as file:
            if file.seek(0, 2) != stored.bytes:
                raise NotWhole(f"{name} has another size")
            file.seek(0)
            if file_digest(cast("Any", file), "sha256").hexdigest() != stored.sha256:
                raise NotWhole(f"{name} was changed")


def _stored(path: Path) -> Stored:
    """Return what a file is, once it has reached the disk."""
    flush(path)
    with path.open("rb") as file:
        return Stored(bytes=path.stat().st_size, sha256=file_digest(file, "sha256").hexdigest())


def _stored_bytes(content: bytes) -> Stored:
    return Stored(bytes=len(content), sha256=sha256(content).hexdigest())


def _files_below(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _name(number: int, ending: str) -> str:
    return f"{PARTS}/part-{number:05d}.{ending}"
