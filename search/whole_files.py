"""Files that appear under their name only when they are whole."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from search.export_columns import ExportError


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """
    Hand out where to write; afterwards that takes the place of ``path``.

    Whatever fails, an existing file stays as it was; of what the disk refuses `ExportError` says
    why.
    """
    if path.exists() and not path.is_file():
        raise ExportError(f"{path} is not a file that could be replaced")
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield part
        part.replace(path)
    except OSError as error:
        raise ExportError(_explain(path, error)) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink()


def _explain(path: Path, error: OSError) -> str:
    if not path.parent.is_dir():
        return f"{path}: there is no folder {path.parent}"
    return f"{path}: {error.strerror or error}"
