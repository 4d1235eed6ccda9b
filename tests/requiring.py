"""What a test needs beyond Python: skipped on a user's machine, a failure in CI."""

import os
import shutil
from pathlib import Path

import pytest

REQUIRED = frozenset(filter(None, os.environ.get("SAYSO_REQUIRE", "").split(",")))
"""Services that must be there: set in CI, where their absence is a failure."""


def require(service: str, *, present: bool, why: str) -> None:
    """Skip the test when a service is absent, or fail where ``SAYSO_REQUIRE`` names it."""
    if present:
        return
    if service in REQUIRED:
        pytest.fail(f"SAYSO_REQUIRE names {service}, but {why}")
    pytest.skip(f"needs {service}: {why}")


def recordings(source: str) -> Path:
    """Return the folder of one service's recordings, or skip the test."""
    beside = Path(__file__).parent.parent.parent / "shared" / "recordings"
    folder = Path(os.environ.get("SAYSO_RECORDINGS", beside)) / source
    require(
        "recordings", present=folder.is_dir(), why=f"there is no folder {source} of recordings"
    )
    return folder


def browser() -> str:
    """Return the path of a Chromium, or skip the test."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    require("browser", present=found is not None, why="no chromium on the PATH")
    assert found is not None
    return found
