# ruff: noqa: INP001 -- Sphinx runs this file by itself; it belongs to no package.
"""How Sphinx builds the documentation; `python -m scripts.build_docs FOLDER` puts all pages in place for it.

Nothing on the built pages asks another host for anything: no fonts, scripts or search from elsewhere.
"""

import re
from importlib.metadata import version as installed_version
from typing import Any

project = "saring"
author = "the saring contributors"
version = release = installed_version("saring")
language = "en"

extensions = ["myst_parser", "sphinx.ext.autodoc", "docs._generator.docstrings"]
root_doc = "index"
# Two hyphens begin an option and are no dash.
smartquotes = False
exclude_patterns = ["decisions/0000-template.md"]

# --- Markdown -----------------------------------------------------------------------------------------

myst_enable_extensions = ["attrs_block", "colon_fence"]
myst_heading_anchors = 3
myst_ref_domains = ["std"]
# A console block shows what was typed and what was answered; Sphinx has a lexer for it under this name.
highlight_language = "none"

# --- Python -------------------------------------------------------------------------------------------

# A word between single backticks in a docstring is code.
default_role = "code"
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
# What scikit-learn adds to every estimator, with references into its own documentation.
autodoc_default_options = {"exclude-members": "set_fit_request, set_predict_request, set_score_request"}
python_use_unqualified_type_names = True

# --- what must not be missing -------------------------------------------------------------------------

nitpicky = True
# Types of other libraries, and our own behind the packages' public face, are told of elsewhere or nowhere.
nitpick_ignore_regex = [
    (r"py:.*", r"(collections|datetime|jinja2|numpy|pandas|pathlib|pd|pyarrow|pydantic|sklearn|typing)\..*"),
    (r"py:.*", r"NoThresholdError|NotFittedError|RootModelRootType|dossier\.[a-z_]+\.Model"),
    (r"py:.*", r"(console|models|screening|synthetic)(\.[a-z_]+)+\.[A-Z]\w+"),
]

# --- HTML ---------------------------------------------------------------------------------------------

html_theme = "furo"
html_title = "saring"
html_static_path = ["_static"]
html_css_files = ["saring.css"]
html_copy_source = False
html_show_sphinx = False
html_theme_options = {
    "announcement": "SYNTHETIC · FOR TRAINING AND RESEARCH ONLY",
    "light_css_variables": {"color-brand-primary": "#0b3c5d", "color-brand-content": "#0a5a8a"},
    "dark_css_variables": {"color-brand-primary": "#56b4e9", "color-brand-content": "#56b4e9"},
}

INDONESIAN = re.compile(r"^id/|\.id$")
"""Pages in Indonesian: a folder, and single pages beside English ones. A screen reader has to be told."""


def speak_the_pages_language(
    _app: Any, pagename: str, _template: str, context: dict[str, Any], _doctree: Any
) -> None:
    """Say in each page's root which language it is in."""
    if INDONESIAN.search(pagename):
        context["language"] = "id"


def setup(app: Any) -> None:
    """Register what stands above with Sphinx."""
    app.connect("html-page-context", speak_the_pages_language)
