"""The command line as a user meets it: lines in a pipe, JSON on request, errors in a sentence."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from crawlers.cli import main
from tests.crawling import process_environment, run_sayso

ROOT = Path(__file__).parent.parent
CSV = """\
source,source_id,url,text,published_at,rating.stars,rating.value,author.name,language
shop,1,https://shop.example/1,Great espresso and lovely people,2026-11-01T10:00:00Z,5,5,Ida,en
shop,2,https://shop.example/2,Terrible espresso; never again,2026-11-02T10:00:00Z,1,1,Bo,en
blog,3,https://blog.example/3,"Kaffet var gott, och H&M låg bredvid",2026-11-03T10:00:00Z,,,Åsa,sv
"""
CONFIG = "[[brands]]\nname = 'Espresso'\nquery = 'espresso'\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a configuration and a store of three mentions."""
    folder = tmp_path_factory.mktemp("cli")
    (folder / "sayso.toml").write_text(CONFIG)
    (folder / "mentions.csv").write_text(CSV)
    done = run_sayso("import", "mentions.csv", cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 new" in done.stdout
    return folder


def say(folder: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run a command in this process; return its exit code, output and errors."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        main(list(arguments))
        code: object = 0
    except SystemExit as end:
        code = end.code or 0
    finally:
        os.chdir(before)
    printed = capsys.readouterr()
    assert isinstance(code, int)
    return code, printed.out, printed.err


def test_search_prints_a_line_per_mention_newest_first(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = say(folder, capsys, "search", "espresso")

    lines = [line.split("\t") for line in out.splitlines()]
    assert (0, ["Bo", "Ida"]) == (code, [line[5] for line in lines])
    assert [9, 9] == [len(line) for line in lines]
    assert "2 of 2" in err


def test_search_json_prints_whole_mentions(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = say(folder, capsys, "search", "--json", "sentiment:positive lang:en")

    (found,) = [json.loads(line) for line in out.splitlines()]
    assert (5, "positive", ["Espresso"], "not_requested") == (
        found["rating"]["stars"],
        found["sentiment"]["label"],
        found["brands"],
        found["permission"],
    )


def test_json_keeps_letters_as_they_are_and_begins_snippets_with_a_word(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = say(folder, capsys, "search", "--json", "kaffet")

    assert '"name": "Åsa"' in out
    assert '"snippet": "Kaffet var gott, och H&M låg bredvid"' in out


def test_json_escapes_letters_that_the_output_does_not_know(folder: Path) -> None:
    done = run_sayso(
        "search", "--json", "kaffet", cwd=folder, environment={"PYTHONIOENCODING": "ascii"}
    )

    assert json.loads(done.stdout)["author"]["name"] == "Åsa"


@pytest.mark.parametrize(
    ("arguments", "sources"),
    [
        (["great", "espresso"], ["shop"]),
        (["-espresso"], ["blog"]),
        (["-news", "-n", "1"], ["blog"]),
        (["-n1", "-lang:*"], []),
        (["-n", "1", "--sort", "oldest", "-lang:sv"], ["shop"]),
        (["--", "-espresso", "kaffet"], ["blog"]),
        (["-lang:sv", "--sort=oldest", "great"], ["shop"]),
    ],
)
def test_a_query_needs_no_quotes_and_may_begin_with_a_minus(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], sources: list[str]
) -> None:
    code, out, err = say(folder, capsys, "search", *arguments)

    assert code == 0, err
    assert sources == [line.split("\t")[2] for line in out.splitlines()]


def test_stats_export_and_brand_test_take_such_queries_too(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, counts, _ = say(folder, capsys, "stats", "-espresso", "--by", "source")
    target = ["-o", str(tmp_path / "a.csv")]
    _, written, _ = say(folder, capsys, "export", "mentions", "-espresso", "kaffet", *target)

    assert "source\tblog\t1" in counts.splitlines()
    assert "1 mentions written" in written
    assert say(folder, capsys, "brand", "test", "-machine", "espresso")[0] == 0


@pytest.mark.parametrize(
    ("query", "hints"),
    [
        ("brand:Esspresso", ["no mention has brand `esspresso`, did you mean `espresso`?"]),
        ("lang:(fi nb)", ["no mention has language `fi`; there are: en, sv", "`nb`"]),
        ("tag:fika", ["no mention has hashtag `fika`, and none has any"]),
        ("lang:sv source:shop", []),
        ("NOT lang:* -lang:fi", []),
    ],
)
@pytest.mark.parametrize("command", [["search"], ["stats"], ["export", "mentions", "-o", "-"]])
def test_a_value_that_nobody_has_is_answered_with_those_there_are(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    query: str,
    hints: list[str],
    command: list[str],
) -> None:
    _, out, err = say(folder, capsys, *command, query)

    assert [hint for hint in hints if hint not in err] == []
    assert hints != [] or "no mention has" not in out + err


def test_csv_and_ndjson_can_be_written_to_standard_output(folder: Path) -> None:
    arguments = ["export", "mentions", "-o", "-", "great"]
    table = run_sayso(*arguments, "--columns", "source,author", cwd=folder)
    lines = run_sayso(*arguments, "--format", "ndjson", cwd=folder)

    assert table.stdout.removeprefix("\ufeff").split() == ["source,author.name", "shop,Ida"]
    assert json.loads(lines.stdout)["author"]["name"] == "Ida"
    assert not (folder / "-").exists()


def test_pages_follow_one_another(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, first, err = say(folder, capsys, "search", "-n", "2")
    mark = err.split("--after ")[1].split(";")[0].strip()
    _, second, _ = say(folder, capsys, "search", "-n", "2", "--after", mark)

    ids = [line.split("\t")[0] for line in (first + second).splitlines()]
    assert (3, 3) == (len(ids), len(set(ids)))


def test_explain_shows_the_reading_and_the_places(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = say(folder, capsys, "search", "--explain", 'raw:"H&M"')

    assert "exactly H&M" in out


def test_stats_count_what_is_not_known_as_such(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = say(folder, capsys, "stats", "--by", "author,licence", "--json")

    buckets = json.loads(out)["facets"]["licence.id"]
    counts = {bucket["value"]: bucket["count"] for bucket in buckets}
    assert {None: 3} == counts


def test_stats_in_a_pipe_are_tab_separated(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = say(folder, capsys, "stats", "--by", "source", "--timeline", "day")

    assert "source\tshop\t2" in out.splitlines()
    assert "timeline\t2026-11-02T00:00:00+00:00\t1" in out.splitlines()


def test_show_takes_the_first_digits_of_an_id(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = say(folder, capsys, "search", "--json", "author:Ida")
    identifier = json.loads(out)["id"]
    code, shown, _ = say(folder, capsys, "show", identifier[:8])

    assert code == 0
    assert "text\tGreat espresso and lovely people" in shown.splitlines()
    assert "permission\tnot_requested" in shown.splitlines()


@pytest.mark.parametrize("kind", ["csv", "xlsx", "ndjson", "parquet"])
def test_export_writes_every_format(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    target = tmp_path / f"out.{kind}"
    code, out, _ = say(folder, capsys, "export", "mentions", "espresso", "-o", str(target))

    assert (0, True) == (code, target.stat().st_size > 0)
    assert "2 mentions" in out


def test_export_and_import_give_the_same_mentions(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    say(folder, capsys, "export", "mentions", "-o", str(tmp_path / "all.ndjson"))
    code, out, _ = say(tmp_path, capsys, "import", "all.ndjson")
    _, before, _ = say(folder, capsys, "search", "--json")
    _, after, _ = say(tmp_path, capsys, "search", "--json")

    assert (0, True) == (code, "3 new" in out)
    ours = {"harvested_at", "first_seen_at", "snippet"}
    assert [
        {key: value for key, value in json.loads(line).items() if key not in ours}
        for line in before.splitlines()
    ] == [
        {key: value for key, value in json.loads(line).items() if key not in ours}
        for line in after.splitlines()
    ]


def test_importing_again_changes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = say(folder, capsys, "import", "mentions.csv")

    assert "0 new, 0 changed, 3 unchanged" in out


def test_an_import_in_a_pipe_begins_with_what_came_of_it(folder: Path) -> None:
    done = run_sayso("import", "mentions.csv", cwd=folder)

    assert ("0 new, 0 changed, 3 unchanged", "") == (done.stdout.splitlines()[0], done.stderr)


def test_a_bad_line_is_named_and_the_others_are_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "some.csv").write_text(CSV + "shop,4,https://shop.example/4,Hm,yesterday,,,,\n")
    code, out, _ = say(tmp_path, capsys, "import", "some.csv")

    assert (3, True) == (code, "3 new" in out)
    assert "some.csv:5" in out
    assert "yesterday" in out


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["search", "sentimnt:good"], 1, ["sentimnt", "did you mean", "^"]),
        (["search", "(a"], 1, ["^", "character 1: "]),
        (["search", "--sort", "newst"], 1, ["did you mean `newest`"]),
        (["search", "--after", "rubbish"], 1, ["rubbish"]),
        (["stats", "--by", "txt"], 1, ["txt"]),
        (["stats", "--by", "stars"], 1, ["stars", "range"]),
        (["show", "ffffffff"], 1, ["ffffffff"]),
        (["export", "mentions", "-o", "-", "--format", "xlsx"], 1, ["xlsx", "--out"]),
        (["export", "mentions", "-o", "bad.csv", "--format", "xlsx"], 1, ["bad.csv", ".xlsx"]),
        (["export", "mentions", "-o", "bad"], 1, ["bad", "--format", "csv"]),
        (["search", "--bogus"], 2, ["--bogus"]),
        (["export", "mentions", "--format", "pdf"], 1, ["pdf", "csv"]),
        (["export", "mentions", "--columns", "txt"], 1, ["txt", "text"]),
        (["import", "nowhere.csv"], 1, ["nowhere.csv"]),
        (["--config", "nowhere.toml", "search"], 1, ["nowhere.toml", "sayso init"]),
        (["--store", "nowhere.db", "search"], 1, ["nowhere.db"]),
        (["crawl", "--source", "hackernws"], 1, ["did you mean `hackernews`"]),
        (["serch"], 2, ["serch"]),
        (["search", "-n", "0"], 2, ["0"]),
    ],
)
def test_an_error_is_a_sentence_that_names_what_was_wrong(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    words: list[str],
) -> None:
    found, out, err = say(folder, capsys, *arguments)

    assert (code, "") == (found, out)
    assert [word for word in words if word not in err] == []
    assert "Traceback" not in err


def test_scrapy_crawl_without_an_address_fails_and_says_so() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "crawl", "feed", "-a", "brand=tea"],
        cwd=ROOT, capture_output=True, text=True, check=False, env=process_environment(),
    )  # fmt: skip

    assert done.returncode == 1
    assert "feed needs an address: -a address=https://…" in done.stderr


def test_brand_test_shows_what_matched_where(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["brand", "test", 'raw:"H&M" OR #hm']
    yes, out, _ = say(tmp_path, capsys, *arguments, "I bought it at H&M today")
    no, _, _ = say(tmp_path, capsys, *arguments, "I bought it at h & m today")

    assert (0, 1) == (yes, no)
    assert "15-18 H&M" in out


def test_brand_test_gives_advice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = say(tmp_path, capsys, "brand", "test", "C++", "vitamin C")

    assert "note:" in out


def test_sources_says_what_each_needs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = say(tmp_path, capsys, "sources", "--json")

    said = {line["source"]: line for line in map(json.loads, out.splitlines())}
    assert ["feed", "hackernews", "mastodon", "reviews", "website"] == sorted(said)
    assert all(line["terms"] and line["contact"] and line["cadence"] for line in said.values())


def test_store_check_and_rebuild(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (0, "sound: 3 mentions\n") == say(folder, capsys, "store", "check")[:2]
    assert (0, "3 mentions indexed\n") == say(folder, capsys, "store", "rebuild")[:2]


def test_a_closed_pipe_ends_quietly(folder: Path) -> None:
    command = f"{sys.executable} -m crawlers.cli search '*' | head -n 1"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"],
        cwd=folder, capture_output=True, text=True, check=False, env=process_environment(),
    )  # fmt: skip

    assert len(done.stdout.splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_the_first_digits_are_colourless_in_a_pipe(folder: Path) -> None:
    done = run_sayso("search", "espresso", cwd=folder)

    assert "\x1b" not in done.stdout
