"""How work ends that could not go on: what was finished, and how to go on with it."""

import errno

from dossier.problems import BadInput, Problem


class Halted(BadInput):
    """Work that could not go on although its input is good; what is finished stays."""


class Interrupted(KeyboardInterrupt):
    """Work that somebody stopped; says how much of it is kept."""


_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def kept_sentence(count: int) -> str:
    """Return how many parts are kept.

    Examples:
        >>> kept_sentence(1), kept_sentence(1200)
        ('1 finished part is kept', '1,200 finished parts are kept')
    """
    return f"{count:,} finished part is kept" if count == 1 else f"{count:,} finished parts are kept"


def ended(error: BaseException, kept: int, again: str) -> BaseException:
    """Return the error to raise for one that ended work of which some parts are kept.

    Args:
        error: What ended it.
        kept: How many parts.
        again: The options that go on with it, such as "--resume".
    """
    kept_so_far, go_on = kept_sentence(kept), f"call again with {again} to go on"
    match error:
        case KeyboardInterrupt():
            return Interrupted(f"{kept_so_far}; {go_on}")
        case Halted():
            first, *rest = error.problems
            what = f"{first.what}; {kept_so_far}"
            return Halted([Problem(what, first.where, _mend(first.mend, go_on)), *rest])
        case MemoryError():
            what = f"there is not enough memory for this; {kept_so_far}"
            return Halted([Problem(what, mend=_mend("Give fewer --workers, or more memory.", go_on))])
        case BrokenPipeError():
            return error
        case OSError():
            what = f"{error.strerror or error}; {kept_so_far}"
            first_aid = "Make room." if error.errno in _NO_ROOM else "Check who may write there."
            return Halted([Problem(what, str(error.filename or ""), _mend(first_aid, go_on))])
        case _:
            error.add_note(f"{kept_so_far}; {go_on}")
            return error


def _mend(mend: str, go_on: str) -> str:
    return f"{mend} Then {go_on}.".strip()
