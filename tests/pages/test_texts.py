"""The words that visitors read stand apart from the widgets that show them."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_texts_are_read_without_streamlit() -> None:
    modules = [f"pages.{path.parent.name}.{path.stem}" for path in sorted(ROOT.glob("pages/*/*texts.py"))]
    assert {"pages.explore.texts", "pages.results.chart_texts"} <= set(modules)
    imports = "\n".join(f"import {module}" for module in modules)
    script = f"import sys\n{imports}\nprint('streamlit' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
