"""Lines for programs, whatever letters the output can hold."""

import json
import sys
from typing import Any

import click


def print_json(value: Any) -> None:
    """Print one line of JSON, with letters as they are where the output can hold them."""
    line = json.dumps(value, ensure_ascii=False, default=str)
    try:
        line.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:  # half a character, or an output that knows fewer letters
        line = json.dumps(value, default=str)
    click.echo(line)
