"""What the environment says: secrets, which never stand in a file of ours, and paths."""

import os


def secret(variable: str) -> str | None:
    """Read a secret; ``None`` when it is unset or empty."""
    return os.environ.get(variable) or None
