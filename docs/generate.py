"""Write the pages of the documentation that follow from the code: ``make docs``."""

from collections.abc import Iterator
from pathlib import Path

import click
import pydantic

from crawlers.cli import sayso
from crawlers.planning import sources
from search import asking_caps, config, config_tables, privacy_settings
from search.fields import ALIASES, field_docstrings, fields

FOLDER = Path(__file__).parent
NOTE = "<!-- Written by docs/generate.py (`make docs`). Change the code instead. -->"


def pages() -> dict[str, str]:
    """Return every generated page by its file name."""
    parts = {
        "fields.md": _fields(),
        "commands.md": _commands(),
        "sources.md": _sources(),
        "settings.md": _settings(),
    }
    return {name: "\n".join([NOTE, "", *lines]) + "\n" for name, lines in parts.items()}


def _fields() -> Iterator[str]:
    yield "# Fields"
    yield ""
    yield "What a mention holds, by the names that queries, exports and imports use. Kind `words`"
    yield "is searched word by word, `keyword` and `identifier` by whole value whatever its case,"
    yield "`kept` not at all; `sayso stats --by` counts keywords and flags. Unknown is empty,"
    yield "never 0."
    yield ""
    yield "| Field | Also | Kind | Meaning |"
    yield "|---|---|---|---|"
    for field in fields().values():
        also = ", ".join(f"`{alias}`" for alias, path in ALIASES.items() if path == field.path)
        kind = field.kind + (", several" if field.many else "")
        allowed = (
            f" One of {', '.join(f'`{value}`' for value in field.values)}." if field.values else ""
        )
        yield f"| `{field.path}` | {also} | {kind} | {_cell(field.doc)}{allowed} |"


def _commands() -> Iterator[str]:
    yield "# Commands"
    context = click.Context(sayso, info_name="sayso")
    yield from _command(sayso, context)


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    yield from (
        "",
        f"## `{context.command_path}`",
        "",
        "```text",
        command.get_help(context),
        "```",
    )
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.commands[name]
            yield from _command(child, click.Context(child, info_name=name, parent=context))


def _sources() -> Iterator[str]:
    yield "# Sources"
    yield ""
    yield "What each source needs, and what its operator's rules ask of whoever reads it."
    for name, spider in sources().items():
        said = spider.declaration
        limit = f"{said.keeps_days} days" if said.keeps_days else "no limit of the source's own"
        key = (
            f"`{said.key}`, {'required' if said.key_required else 'optional'}"
            if said.key
            else "none"
        )
        robots = (
            "obeyed" if said.obeys_robots else "not asked: a documented interface for programs"
        )
        yield from ("", f"## `{name}`", "", f"{said.title}. {_cell(spider.__doc__ or '')}", "")
        yield f"- Address: {f'`{said.address}`' if said.address else 'yours to give'}"
        yield f"- Key: {key}"
        yield f"- Terms: {said.terms}"
        yield f"- Contact with authors: {said.contact}"
        yield f"- Content may be kept: {limit}"
        yield f"- Scheduled every {said.cadence}, if you say nothing else; robots.txt is {robots}"
        asked = "for each brand" if said.per_brand else "once, and matched for all brands"
        yield f"- Read {asked}"
        if said.quotas:
            yield f"- Asked no more often than {', '.join(said.quotas)}, by all runs together"


def _settings() -> Iterator[str]:
    yield "# Settings"
    yield ""
    yield "The keys of `sayso.toml`; `sayso init` writes one with comments. A relative path is"
    yield "relative to the file. Secrets are read from the environment only."
    for heading, model in (
        ("At the top", config.Config),
        ("`[[brands]]`", config.Brand),
        ("`[[sources]]`", config.SourceConfig),
        ("`[[transformers]]`", config.Transformer),
        ("`[asking]`", config_tables.Asking),
        ("`[asking.caps]`", asking_caps.Caps),
        ("`[privacy]`", privacy_settings.Privacy),
        ("`[privacy.retention]`", privacy_settings.Retention),
        ("`[limits]`", config.Limits),
        ("`[runs]`", config.Running),
        ("`[[alerts]]`", config.Alert),
    ):
        yield from ("", f"## {heading}", "", "| Key | Default | Meaning |", "|---|---|---|")
        docs = _docs(model)
        for name, field in model.model_fields.items():
            if name in docs:
                yield f"| `{name}` | {_default(field)} | {_cell(docs[name])} |"


def _docs(model: type[pydantic.BaseModel]) -> dict[str, str]:
    """Return the docstrings of a model's own fields and of those it inherits."""
    parents = [base for base in reversed(model.__mro__) if issubclass(base, pydantic.BaseModel)]
    return {
        name: text
        for base in parents
        if base.__annotations__
        for name, text in field_docstrings(base).items()
    }


def _default(field: pydantic.fields.FieldInfo) -> str:
    if field.is_required():
        return "required"
    if isinstance(field.default, pydantic.BaseModel) or field.default in ((), None):
        return ""
    if isinstance(field.default, tuple):
        return f"`{list(field.default)}`"
    return f"`{field.default}`"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def main() -> None:
    """Write every page."""
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
