"""The commands with a transformer configured, in processes of their own, as a user starts them."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from search.mention import Mention
from search.query import Everything
from search.stores.embedded import EmbeddedStore
from tests.crawling import process_environment, run_sayso, write_config
from tests.serving import Reply, Routes, Site, serve
from tests.transformers.tiny_model import make_model

TABLE = '[[transformers]]\npath = "models/tiny"\nlanguages = ["en"]\n'
TEXTS = [
    "I hate this awful coffee, it is terrible and the worst" + " north" * 20,
    "I love this wonderful coffee, it is great and the best" + " south" * 20,
    "I love this wonderful coffee, it is great and the best" + " north" * 20,
    "Det här kaffet är helt underbart gott, jag älskar det",
    "I love this wonderful coffee, boom",
]
ITEM = """<item><title>Entry {0}</title><link>{1}/{0}</link>
<description>{2}</description></item>"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a model, a file to import, and no configuration yet."""
    make_model(tmp_path / "models" / "tiny")
    lines = [
        json.dumps({"url": f"https://a.example/{number}", "text": text})
        for number, text in enumerate(TEXTS)
    ]
    (tmp_path / "a.ndjson").write_text("\n".join(lines))
    return tmp_path


def configure(folder: Path, more: str, *, sources: str = "") -> Path:
    path = write_config(folder, sources=sources)
    path.write_text(f"{path.read_text()}\n{TABLE}{more}\n")
    return path


def kept(folder: Path) -> list[Mention]:
    with EmbeddedStore(folder / "sayso.db") as store:
        mentions = [stored.mention for stored in store.iterate(Everything())]
    return sorted(mentions, key=lambda one: one.url)


def deciders(folder: Path) -> list[str]:
    decided = [one.sentiment.method if one.sentiment else "" for one in kept(folder)]
    return [method.partition("/")[0] for method in decided]


def test_an_import_is_rated_and_says_what_was_not(folder: Path) -> None:
    configure(folder, 'use = "all"')

    done = run_sayso("import", "a.ndjson", cwd=folder)

    assert done.returncode == 0, done.stderr
    assert ["transformer-tiny"] * 3 + ["words-sv", "words-en"] == deciders(folder)
    assert (
        "1 text not rated by a transformer: failed; what their words and stars say stands"
        in done.stdout
    )


def test_tagging_anew_rates_what_was_stored_without_a_model(folder: Path) -> None:
    write_config(folder)
    run_sayso("import", "a.ndjson", cwd=folder)
    before = deciders(folder)
    configure(folder, 'use = "all"')

    done = run_sayso("retag", cwd=folder)

    assert ["words-en"] * 3 + ["words-sv", "words-en"] == before
    assert done.stdout.startswith("3 changed, 2 unchanged\n1 text not rated")
    assert ["transformer-tiny"] * 3 + ["words-sv", "words-en"] == deciders(folder)


def test_an_audit_says_how_often_both_agree(folder: Path) -> None:
    configure(folder, 'use = "audit"\nshare = 1.0')
    run_sayso("import", "a.ndjson", cwd=folder)

    lines = run_sayso("transformers", "audit", cwd=folder).stdout.splitlines()
    rows = run_sayso("transformers", "audit", "--json", "north", cwd=folder).stdout.splitlines()
    shown = run_sayso("search", "sentiment:positive second_opinion:negative", cwd=folder).stdout

    assert [["en", "words", "3", "33.3%", "6.1% to 79.2%"]] == [
        line.split("\t")[1:] for line in lines
    ]
    assert [2, 1] == [json.loads(rows[0])[key] for key in ("mentions", "agree")]
    assert "https://a.example/1" in shown
    assert len(shown.splitlines()) == 1


def test_without_a_second_opinion_the_audit_says_how_to_get_one(folder: Path) -> None:
    write_config(folder)
    run_sayso("import", "a.ndjson", cwd=folder)

    done = run_sayso("transformers", "audit", cwd=folder)

    assert "set use = 'audit' in a [[transformers]] table" in done.stderr
    assert not done.stdout


def test_the_list_says_what_each_model_is(folder: Path) -> None:
    (folder / "models" / "tiny" / "README.md").write_text("---\nlicense: cc-by-nc-4.0\n---\n")
    configure(folder, 'use = "audit"')

    lines = run_sayso("transformers", "list", cwd=folder).stdout
    row = json.loads(run_sayso("transformers", "list", "--json", cwd=folder).stdout)

    assert lines.startswith("transformer-tiny/")
    assert "  licence: cc-by-nc-4.0\n" in lines
    assert ("audit", "cc-by-nc-4.0", ["negative", "neutral", "positive"]) == (
        row["use"],
        row["licence"],
        row["labels"],
    )


def test_a_licence_that_is_not_stated_is_said_to_be(folder: Path) -> None:
    configure(folder, "")

    assert "its README.md states none" in run_sayso("transformers", "list", cwd=folder).stdout


def test_without_a_model_the_list_says_where_to_begin(folder: Path) -> None:
    write_config(folder)

    done = run_sayso("transformers", "list", cwd=folder)

    assert done.stdout == (
        "no models: add a [[transformers]] table to sayso.toml (docs/transformers.md)\n"
    )


@pytest.mark.parametrize(
    "command", [("import", "a.ndjson"), ("retag",), ("quarantine", "retry"), ("crawl",),
                ("schedule",), ("transformers", "list")],
    ids=" ".join,
)  # fmt: skip
def test_a_model_that_cannot_be_used_ends_a_command_at_its_start(
    folder: Path, command: tuple[str, ...]
) -> None:
    source = '[[sources]]\nsource = "feed"\naddresses = ["http://127.0.0.1:9/"]\n'
    configure(folder, "", sources=source)
    with EmbeddedStore(folder / "sayso.db"):
        pass
    (folder / "models" / "tiny" / "tokenizer.json").unlink()

    done = run_sayso(*command, cwd=folder)

    assert (1, "") == (done.returncode, done.stdout)
    assert "models/tiny has no file tokenizer.json" in done.stderr
    assert [] == kept(folder)


HIDDEN = """
import atexit, sys
for name in {hidden!r}:
    sys.modules[name] = None
atexit.register(lambda: print(sorted({{"onnxruntime", "tokenizers"}} & set(sys.modules))))
from crawlers.cli import main
main({arguments!r})
"""


def run_hiding(hidden: list[str], *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command where modules cannot be imported; it ends by naming those it did import."""
    return subprocess.run(
        [sys.executable, "-c", HIDDEN.format(hidden=hidden, arguments=list(arguments))],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=cwd,
        env=process_environment(),
    )


@pytest.mark.parametrize("missing", ["onnxruntime", "tokenizers"])
@pytest.mark.parametrize("command", [("import", "a.ndjson"), ("schedule",)], ids=" ".join)
def test_without_the_extra_it_is_said_how_to_install_it(
    folder: Path, missing: str, command: tuple[str, ...]
) -> None:
    configure(folder, "")

    done = run_hiding([missing], *command, cwd=folder)

    assert done.returncode == 1
    assert "needs more packages: pip install 'sayso[onnx]'" in done.stderr


def test_without_a_model_nothing_of_the_extra_is_imported(folder: Path) -> None:
    write_config(folder)

    done = run_hiding([], "import", "a.ndjson", cwd=folder)

    assert "5 new" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.fixture
def site() -> Iterator[Site]:
    with serve(feed) as running:
        yield running


def feed(address: str) -> Routes:
    items = "".join(ITEM.format(number, address, text) for number, text in enumerate(TEXTS))
    body = f"<rss version='2.0'><channel><title>f</title>{items}</channel></rss>"
    return {"/feed": Reply(body.encode(), "application/rss+xml")}


def test_a_crawl_is_rated_and_says_what_was_not(folder: Path, site: Site) -> None:
    source = f'[[sources]]\nsource = "feed"\naddresses = ["{site.address}/feed"]\n'
    config = configure(folder, 'use = "all"', sources=source)

    first = run_sayso("--config", str(config), "crawl", "--json")
    again = json.loads(run_sayso("--config", str(config), "crawl", "--json").stdout)

    report = json.loads(first.stdout)
    assert (5, "finished") == (report["new"], report["state"])
    assert report["notes"]["not rated by a transformer: failed"] == 1
    assert deciders(folder).count("transformer-tiny") == 3
    assert again["changed"] == 0
