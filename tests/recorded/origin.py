"""What is known of each recording: the counts an independent script made of it."""

import dataclasses
import json
from pathlib import Path
from typing import Any

from tests.crawling import Crawled, crawl
from tests.requiring import recordings
from tests.serving import Site


@dataclasses.dataclass(frozen=True, slots=True)
class Recording:
    """One recorded answer of a real service."""

    path: Path
    expected: dict[str, Any]

    @property
    def name(self) -> str:
        """The file's name, and where the test server has it."""
        return self.path.name

    @property
    def body(self) -> bytes:
        """The answer as it came."""
        return self.path.read_bytes()


def read_origin(folder_name: str) -> dict[str, Recording]:
    """Read a folder of recordings by file name, or skip the test where there is none."""
    folder = recordings(folder_name)
    entries = json.loads((folder / "ORIGIN.json").read_bytes())["files"]
    return {
        entry["file"]: Recording(folder / entry["file"], entry["expected"]) for entry in entries
    }


def crawl_all(
    folder: Path, source: str, site: Site, names: list[str], **options: Any
) -> dict[str, dict[str, Any]]:
    """Crawl several addresses below one site in one go; return each one's report by its name."""
    addresses = [f"{site.address}/{name}" for name in names]
    found: Crawled = crawl(folder, source, options={"addresses": addresses, **options})
    reports = {report["address"].rpartition("/")[2]: report for report in found.reports}
    assert set(names) == set(reports), found.errors
    return reports


def kept(report: dict[str, Any]) -> int:
    """Count what a run handed to the store, whether or not it was new there."""
    return int(report["new"] + report["changed"] + report["unchanged"])
