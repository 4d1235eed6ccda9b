"""House rules that a linter does not know."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("crawlers", "pipelines", "search")
MODULES = sorted(path for name in PACKAGES for path in (ROOT / name).rglob("*.py"))
BANNED = {"utils", "helpers", "common", "core", "manager", "misc"}
MACHINE = re.compile(r"/work/|/home/|/root/|pypi\.|npmjs|artifactory|proxy\.golang")


def tracked() -> list[Path]:
    """Every text file that git keeps or would keep."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return [path for line in listed.stdout.splitlines() if (path := ROOT / line).is_file()]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_stay_short(path: Path) -> None:
    text = path.read_text("utf-8")
    limit = 60 if path.parent.name == "spiders" else 300
    long = [
        node.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and body_lines(node) > 40
    ]

    assert len(text.splitlines()) <= limit
    assert long == []


def body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function's body without its docstring."""
    first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
    return (node.end_lineno or 0) - first.lineno + 1


def test_no_drawer_for_odds_and_ends() -> None:
    assert [path for path in MODULES if path.stem in BANNED or path.parent.name in BANNED] == []


def test_package_markers_are_empty() -> None:
    filled = [path for path in MODULES if path.name == "__init__.py" and path.read_text().strip()]

    assert filled == []


def test_broad_excepts_stand_in_two_places_only() -> None:
    broad = {
        str(path.relative_to(ROOT))
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"})
        and ast.unparse(node.body[-1]) != "raise"  # tidying up and passing on is not catching
    }

    assert broad <= {"pipelines/stages.py", "crawlers/cli.py"}


def test_no_file_names_a_machine_or_a_registry() -> None:
    this = Path(__file__)
    named = [
        str(path.relative_to(ROOT))
        for path in tracked()
        if path != this and MACHINE.search(path.read_text("utf-8", errors="replace"))
    ]

    assert named == []


def test_fixtures_hold_nobody_s_address() -> None:
    mail = re.compile(rb"[\w.+-]+@(?!example|[\w-]*\.?example\.)[\w-]+\.(?:com|org|net|se|nl)\b")
    found = {
        str(path.relative_to(ROOT)): match[0]
        for path in (ROOT / "tests" / "fixtures").rglob("*")
        if path.is_file() and (match := mail.search(path.read_bytes()))
    }

    assert found == {}


def test_root_holds_only_what_is_named() -> None:
    visible = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    allowed = {
        *PACKAGES, "tests", "benchmarks", "docs", "requirements", "README.md", "CHANGELOG.md",
        "CONTRIBUTING.md", "LICENSE", "Makefile", "pyproject.toml", "scrapy.cfg",
        "demo", "sayso.toml", "sayso.db", "dist",
    }  # fmt: skip

    assert visible - allowed == set()
