"""Pages are made in one manner: texts are escaped, unknown names are errors, and parts are known by their hashes."""

import hashlib
from base64 import b64decode
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from dossier.html_files import html_environment, policy_hash


def rendered(folder: Path, template: str, **view: str) -> str:
    (folder / "page.html").write_text(template, encoding="utf-8")
    return html_environment(folder).get_template("page.html").render(**view)


def test_no_text_becomes_markup(tmp_path: Path) -> None:
    assert rendered(tmp_path, "<p>{{ name }}</p>", name="<b>&") == "<p>&lt;b&gt;&amp;</p>"


def test_a_name_that_nobody_gave_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UndefinedError, match="nobody"):
        rendered(tmp_path, "{{ nobody }}")


def test_lines_of_the_template_s_own_leave_no_trace(tmp_path: Path) -> None:
    assert rendered(tmp_path, "a\n  {% if true %}\nb\n  {% endif %}\nc") == "a\nb\nc"


def test_a_part_is_known_by_the_sha_256_of_its_utf_8() -> None:
    kind, _, digest = policy_hash("é { }").partition("-")
    assert kind == "sha256"
    assert b64decode(digest) == hashlib.sha256("é { }".encode()).digest()
