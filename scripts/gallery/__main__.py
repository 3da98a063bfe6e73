"""Takes the pictures that are out of date, or all of them.

    python -m scripts.gallery [--all]

`make gallery` does so. A picture is out of date when one of the files that draw it has changed.
"""

import sys

from scripts.freshness import digest_of
from scripts.gallery.listed import FOLDER, keep, kept, listed, out_of_date
from scripts.gallery.making import small, studio


def main(*, everything: bool) -> None:
    """Take pictures, write them into `docs/pictures`, and keep what they were taken from."""
    wanted = listed() if everything else out_of_date()
    if not wanted:
        print("Every picture is as fresh as the code that draws it.")
        return
    before = {name: one["sources"] for name, one in kept().items()}
    digests = {one.name: digest_of(one.sources) for one in wanted}
    FOLDER.mkdir(exist_ok=True)
    with studio() as place:
        for one in wanted:
            content = small(place.makers()[one.name]())
            (FOLDER / one.file).write_bytes(content)
            print(f"{one.file}: {len(content) / 1000:.0f} kB")
    keep({**before, **digests})


if __name__ == "__main__":
    main(everything="--all" in sys.argv[1:])
