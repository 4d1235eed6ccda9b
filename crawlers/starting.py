"""`sayso init`: the first configuration file, commented."""

from pathlib import Path

from search.config import FILE_NAME
from search.errors import ConfigError

EXAMPLE = Path(__file__).parent / "sayso.example.toml"
"""The file that is written; a test loads it."""


def write_config(folder: Path) -> Path:
    """Write ``sayso.toml`` into a folder; an existing one is never overwritten."""
    target = folder / FILE_NAME
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(EXAMPLE.read_text("utf-8"))
    except FileExistsError:
        raise ConfigError(f"{target} is there already; it is left as it is") from None
    except OSError as error:
        raise ConfigError(f"{target}: {error.strerror}") from error
    return target
