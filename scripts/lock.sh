#!/usr/bin/env bash
# Install the project with all its extras into a new virtual environment and write down what was chosen.
#
#     scripts/lock.sh EXTRAS LOCKFILE
#
# The lock file holds plain `name==version` lines and serves as a constraints file, so one file pins the
# plain install as well as every extra, on each supported Python. Run it on the oldest supported Python:
# what that one can install, the newer ones can.
set -euo pipefail

extras=$1
lock=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check ".[$extras]"
{
    echo "# Written by \`make lock\`. Every version that saring and its extras ($extras) are tested with."
    "$work/venv/bin/python" -m pip freeze --local --exclude saring | LC_ALL=C sort --ignore-case
} >"$work/lock"

if grep --quiet '://' "$work/lock"; then
    echo "A package came from a file or an address and not from an index; the lock file stays as it was:" >&2
    grep '://' "$work/lock" >&2
    exit 1
fi
cp "$work/lock" "$lock"
echo "$lock: $(grep --count '==' "$lock") packages"
