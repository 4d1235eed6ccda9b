"""A program that fetches assets in a process of its own, since a reactor starts only once."""

import dataclasses
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from crawlers.assets import fetch_assets
from search.assets.manifest import Manifest, read_manifest
from search.config import load
from search.mention import MediaKind
from tests.assets.inventing import NOW, item, media, open_item
from tests.crawling import process_environment, write_config


@dataclasses.dataclass(frozen=True, slots=True)
class Came:
    """What a run left behind."""

    manifest: Manifest
    fetched: int
    kept: int

    @property
    def reasons(self) -> dict[str, str]:
        """Why there is no file, by the end of its address."""
        return {
            (one.url or one.permalink).rpartition("/")[2]: one.reason
            for one in self.manifest.without_file
        }


def fetch(
    folder: Path,
    addresses: Sequence[str],
    *,
    licensed: Sequence[str] = (),
    uploads: dict[str, str] | None = None,
    **options: float,
) -> Came:
    """Fetch one granted item for each address, and one under an open licence for the others."""
    done = start(folder, addresses, licensed, uploads, options)
    assert done.returncode == 0, done.stderr
    counts = json.loads(done.stdout)
    manifest = read_manifest(folder / "assets")
    assert manifest is not None
    return Came(manifest, counts["fetched"], counts["kept"])


def start(
    folder: Path,
    addresses: Sequence[str],
    licensed: Sequence[str] = (),
    uploads: dict[str, str] | None = None,
    options: dict[str, float] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Do the run, however it ends."""
    told = {"config": str(write_config(folder)), "folder": str(folder / "assets"),
            "granted": list(addresses), "licensed": list(licensed), "uploads": uploads or {},
            "options": options or {}}  # fmt: skip
    return subprocess.run(
        [sys.executable, "-m", "tests.assets.fetching", json.dumps(told)],
        capture_output=True, text=True, check=False, timeout=60, env=process_environment(),
    )  # fmt: skip


def main(told: dict[str, Any]) -> None:
    """Do what the test told."""
    granted = [item(n, media(url)) for n, url in enumerate(told["granted"])]
    licensed = [
        open_item(1000 + n, media(url, MediaKind.IMAGE)) for n, url in enumerate(told["licensed"])
    ]
    report = fetch_assets(
        [*granted, *licensed],
        Path(told["folder"]),
        load(Path(told["config"])),
        refuse_now=lambda _: None,
        uploads={name: [Path(path)] for name, path in told["uploads"].items()},
        now=NOW,
        **told["options"],
    )
    sys.stdout.write(json.dumps({"fetched": report.fetched, "kept": report.kept}))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
