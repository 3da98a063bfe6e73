"""What all HTML files that we write have in common: how texts enter, and how a policy knows its own parts.

A page is one file. Style and script stand inside it, under a policy that allows them by their hashes and
nothing else. Texts are escaped where they enter, and a name that nobody gave is an error; so no text can
become markup. Nothing here knows a page.
"""

import hashlib
from base64 import b64encode
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined


def html_environment(templates: Path) -> Environment:
    """Return what renders a folder of templates: every text is escaped, and an unknown name is an error."""
    return Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def policy_hash(inside: str) -> str:
    """Return the hash by which a page's policy knows its own style or script.

    Examples:
        >>> policy_hash("")
        'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='
    """
    return f"sha256-{b64encode(hashlib.sha256(inside.encode()).digest()).decode()}"
