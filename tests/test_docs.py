"""The documentation is true: its commands run, its links lead somewhere, its tables are new."""

import re
import shlex
import subprocess
import tomllib
from pathlib import Path

import click
import pytest

from crawlers.cli import sayso
from docs import evaluate
from docs.generate import pages
from search.config import load, validate
from tests.labelled import labelled_sets

ROOT = Path(__file__).parent.parent
PROSE = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
PROSE += sorted((ROOT / "docs").glob("*.md"))


GLOBAL = {"--store", "--config"}
"""Options in front of a command, each with a value."""


def commands(text: str) -> list[str]:
    """Every line after a ``$`` in a console block."""
    blocks = re.findall(r"```console\n(.*?)```", text, re.DOTALL)
    return [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]


def parse_command(line: str) -> None:
    """Let the command line itself say whether it would accept this, without running it."""
    words = shlex.split(line)
    command: click.Command = sayso
    context = click.Context(sayso, info_name="sayso")
    rest = words[1:]
    while rest and rest[0] in GLOBAL:
        rest = rest[2:]
    while isinstance(command, click.Group):
        if command.invoke_without_command and (not rest or rest[0].startswith("-")):
            break
        name = rest.pop(0)
        found = command.get_command(context, name)
        assert found is not None, f"there is no command {name!r}: {line}"
        command = found
    command.make_context(words[-1], rest, parent=context)


@pytest.mark.parametrize("path", PROSE, ids=lambda path: path.name)
def test_every_sayso_command_in_the_documentation_is_accepted(path: Path) -> None:
    for line in commands(path.read_text("utf-8")):
        if line.startswith("sayso "):
            parse_command(line)


def test_the_readme_shows_commands_at_all() -> None:
    assert len([c for c in commands(PROSE[0].read_text("utf-8")) if c.startswith("sayso ")]) >= 4


@pytest.mark.parametrize("target", ["demo", "test", "check"])
def test_make_knows_the_targets_of_the_readme(target: str) -> None:
    done = subprocess.run(
        ["make", "--dry-run", "--always-make", target],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", PROSE, ids=lambda path: path.name)
def test_every_local_link_leads_to_a_file(path: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text("utf-8"))

    missing = [link for link in links if not (path.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("name", sorted(pages()))
def test_generated_pages_are_current(name: str) -> None:
    written = (ROOT / "docs" / name).read_text("utf-8")

    assert pages()[name] == written, "run `make docs`"


def test_the_readme_is_short() -> None:
    assert len(PROSE[0].read_text("utf-8").splitlines()) <= 150


def test_the_example_configuration_is_valid() -> None:
    config = load(ROOT / "crawlers" / "sayso.example.toml")

    assert [brand.name for brand in config.brands] == ["Espresso House"]


def test_what_the_example_configuration_has_in_comments_is_valid_too() -> None:
    written = (ROOT / "crawlers" / "sayso.example.toml").read_text("utf-8")
    all_of_it = re.sub(r"(?m)^# (?=\[|[a-z_]+ = )", "", written)

    config = validate(tomllib.loads(all_of_it), "sayso.example.toml")

    assert config.asking is not None
    assert (40, "Espresso House AB") == (config.asking.caps.per_day, config.privacy.controller)


@pytest.mark.recorded
def test_the_accuracy_page_says_what_the_labelled_texts_give() -> None:
    folder = labelled_sets()

    written = (ROOT / "docs" / "accuracy.md").read_text("utf-8")

    assert "\n".join(evaluate.page(folder)) + "\n" == written, "run `make eval`"
