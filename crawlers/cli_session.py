"""What all commands share: options, and what they start from."""

from pathlib import Path
from typing import Any

import click

from crawlers.query_command import join_words

QUERY = click.argument("query", nargs=-1, callback=join_words)
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, one object a line.")
PORT = click.option(
    "--port", type=click.IntRange(0, 65_535), help="Serve /healthz and /metrics on 127.0.0.1."
)


class Session:
    """What every command starts from; read only when a command asks for it."""

    def __init__(self, file: Path | None, store: str | None) -> None:
        self._file = file
        self._store = store

    def config(self) -> Any:
        """Read the configuration."""
        from search.config import load
        from search.stores.elastic.address import is_address

        config = load(self._file)
        if self._store is None:
            return config
        # A path is said from here; all else is still beside the configuration.
        store = self._store if is_address(self._store) else str(Path(self._store).absolute())
        return config.model_copy(update={"store": store})

    def config_file(self) -> Any:
        """Return the configuration as a file that may change."""
        from crawlers.scheduling.scheduler import ConfigFile
        from search.config import FILE_NAME

        return ConfigFile(self._file or Path(FILE_NAME), self.config)

    def store_location(self) -> str:
        """Return where the store is; where that was said, no configuration is read for it."""
        return self._store if self._store is not None else str(self.config().store_location)

    def store(self, *, create: bool = False, read_only: bool = False) -> Any:
        """Open the store."""
        from search.stores.opening import open_store

        return open_store(self.config().store_location, create=create, read_only=read_only)
