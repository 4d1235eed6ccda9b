"""What all tests of permissions share."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what lies beside a configuration, such as the suppression list, be of one test only."""
    monkeypatch.chdir(tmp_path)
