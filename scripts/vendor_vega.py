"""Write the Vega libraries that the workbench draws with into the console's static files.

They come out of the installed vl-convert, so that nothing is fetched and the pages and the pictures of the
reports are drawn by the same versions. Run it after vl-convert was updated: `python scripts/vendor_vega.py`.
"""

import json
from importlib.metadata import version
from pathlib import Path

import vl_convert

FOLDER = Path(__file__).parents[1] / "console" / "web" / "static" / "vega"


def main() -> None:
    """Write the bundle and the versions that are in it; the licences stand beside it, and change by hand."""
    newest = vl_convert.get_vegalite_versions()[-1]
    whole = vl_convert.javascript_bundle(None, newest)  # type: ignore[arg-type]  # the stub asks for a snippet
    (FOLDER / "vega.js").write_text(whole, encoding="utf-8")
    versions = {
        "vega": vl_convert.get_vega_version(),
        "vega-lite": newest,
        "vega-embed": vl_convert.get_vega_embed_version(),
        "from": f"vl-convert-python {version('vl-convert-python')}",
    }
    (FOLDER / "versions.json").write_text(json.dumps(versions, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
