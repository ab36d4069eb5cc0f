"""What may import what: pages know core and their shell, core knows neither, and no page knows another."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHARED = ("components", "serving", "shell", "lists", "artists", "map_layers")
"""From the ground up: each imports only what stands before it."""

FRAME = ROOT / "pages" / "shell" / "main.py"
"""Puts the lists around every page, and so stands above them."""

PAGES = sorted(folder.name for folder in (ROOT / "pages").iterdir() if (folder / "page.py").is_file())


def imported(file: Path) -> set[str]:
    """The dotted names that a module imports, absolute or by `from`, with what is taken from each."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file} imports by a relative name"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def folders_imported(folder: Path, package: str) -> set[str]:
    """The folders of `package` that the modules in `folder` import from."""
    names = set().union(*(imported(file) for file in folder.rglob("*.py")))
    return {name.split(".")[1] for name in names if name.startswith(f"{package}.")}


def test_there_is_something_to_look_at() -> None:
    assert {"explore", "map", "clip", "results", "train"} <= set(PAGES)
    assert {folder.name for folder in (ROOT / "pages").iterdir() if any(folder.glob("*.py"))} == {*PAGES, *SHARED}
    assert "pages.components.charts.tidy" in imported(ROOT / "pages" / "train" / "figures.py")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_imports_no_other_page(page: str) -> None:
    assert folders_imported(ROOT / "pages" / page, "pages") <= {page, *SHARED}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_one_main_function(page: str) -> None:
    body = ast.parse((ROOT / "pages" / page / "page.py").read_text(encoding="utf-8")).body
    assert ast.unparse(body[-1]) == "if __name__ == '__main__':\n    main()"
    assert any(isinstance(node, ast.FunctionDef) and node.name == "main" for node in body)
    # A constant, an import or a definition: nothing is drawn by importing a page.
    kinds = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)
    assert all(isinstance(node, kinds) for node in body[1:-1] if not isinstance(node, ast.Expr))
    texts = [node.value for node in body if isinstance(node, ast.Expr)]
    assert all(isinstance(text, ast.Constant) for text in texts)


@pytest.mark.parametrize("shared", SHARED)
def test_what_pages_share_imports_from_below(shared: str) -> None:
    files = [file for file in (ROOT / "pages" / shared).rglob("*.py") if file != FRAME]
    assert files
    names = set().union(*(imported(file) for file in files))
    known = {name.split(".")[1] for name in names if name.startswith("pages.")}
    assert known <= {*SHARED[: SHARED.index(shared) + 1]}


def test_typing_a_name_and_enter_chooses_that_one() -> None:
    """Streamlit puts "Select 2 matches" before the matches: by it "Jazz" and Enter chose Blue Cellar Jazz as well."""
    calls = [
        node
        for file in (ROOT / "pages").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "multiselect"
    ]
    assert calls
    assert all("select_all=False" in [ast.unparse(keyword) for keyword in call.keywords] for call in calls)


def test_core_imports_neither_pages_nor_streamlit() -> None:
    names = set().union(*(imported(file) for file in (ROOT / "core").rglob("*.py")))
    assert not {name for name in names if name.split(".")[0] in {"pages", "streamlit"}}


def test_tests_run_benchmarks_and_import_none() -> None:
    names = set().union(*(imported(file) for file in (ROOT / "tests").rglob("*.py")))
    assert not {name for name in names if name.split(".")[0] == "benchmarks"}


@pytest.mark.parametrize("sheet", sorted((ROOT / "pages" / "shell").glob("*.css")), ids=lambda sheet: sheet.name)
def test_streamlit_keeps_a_sheet_of_styles(sheet: Path) -> None:
    # A sheet in which anything looks like a tag is dropped as a whole, without a word.
    assert "<" not in sheet.read_text(encoding="utf-8")


def test_every_table_follows_the_size_of_type() -> None:
    drawn = [file for file in (ROOT / "pages").rglob("*.py") if "st.dataframe(" in file.read_text(encoding="utf-8")]
    assert drawn == [ROOT / "pages" / "components" / "charts.py"]
