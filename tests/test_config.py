"""`sayso.toml`: what is allowed, and how clearly a mistake is named."""

import datetime as dt
from pathlib import Path

import pytest

from crawlers.planning import plan_crawl
from crawlers.starting import write_config
from search.config import Brand, Config, SourceConfig, load, read_since, validate
from search.errors import ConfigError, QueryError

MODEL = "[[transformers]]\npath = 'm'\nlanguages = ['en']\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("store = 3", ["store = 3", "text in quotes"]),
        ("stoer = 'x.db'", ["stoer", "no such key"]),
        ("[limits]\nrequests_per_second = -1", ["limits.requests_per_second", "-1", "greater"]),
        ("[[brands]]\nname = 'A'\nquery = 'a AND'", ["[[brands]] number 1: query", "a AND"]),
        ("[[brands]]\nname = 'A'\nquery = 'colour:red'", ["unknown field", "colour"]),
        ("[[brands]]\nname = 'A'", ["[[brands]] number 1: query is missing"]),
        ("languages = ['english']", ["languages: 'english'", "allowed: ", ", en, "]),
        ("languages = 'en'", ["languages = 'en'", 'must be a list: ["…"]']),
        ("[brands]\nname = 'A'", ["brands", "one [[brands]] for each"]),
        (
            "[[sources]]\nsource = 'feed'\n[[sources]]\nsource = 'feed'\naddresses = 'http://a'",
            ["[[sources]] number 2: addresses = 'http://a'", 'must be a list: ["…"]'],
        ),
        (
            "[[sources]]\nsource = 'feed'\naddresses = ['http://a', 3]",
            ["[[sources]] number 1: addresses number 2 = 3", "text in quotes"],
        ),
        ("[[sources]]\nsource = 'feed'\nbrowser = 'perhaps'", ["browser", "true or false"]),
        ("limits = 3", ["limits = 3", "a table"]),
        ("[[brands]]\nname='A'\nquery='a'\n[[brands]]\nname='A'\nquery='b'", ["'A'", "twice"]),
        ("[[sources]]\nsource = 'feed'\nbrands = ['B']", ["feed", "'B'", "allowed"]),
        ("store = 'a' 'b'", ["line 1"]),
        ("[[transformers]]\npath = 'm'", ["[[transformers]] number 1: languages is missing"]),
        ("[transformers]\npath = 'm'", ["one [[transformers]] for each"]),
        (MODEL + "use = 'some'", ["use = 'some'", "must be 'all', 'unsure' or 'audit'"]),
        (MODEL + "kinds = ['tweet']", ["kinds number 1 = 'tweet'", "'review'"]),
        (MODEL + "share = 0.5", ["share = 0.5", "'unsure'", "only to use = 'audit'"]),
        (MODEL + "use = 'all'\nunsure_below = 0.2", ["unsure_below = 0.2", "use = 'unsure'"]),
        (MODEL + "use = 'audit'\nshare = 2", ["share = 2", "less than or equal to 1"]),
        (MODEL + "use = 'audit'\nshare = nan", ["share = nan", "finite"]),
        (MODEL + "batch_size = 0", ["batch_size = 0", "greater than or equal to 1"]),
        (MODEL + "max_tokens = 1_000_000", ["max_tokens = 1000000", "8192"]),
        (MODEL + "seconds_per_batch = 0", ["seconds_per_batch = 0", "greater than 0"]),
        (MODEL + "memory_mb = 5", ["memory_mb = 5", "equal to 50"]),
        (MODEL + "threads = 'all'", ["threads = 'all'", "whole number"]),
        (MODEL.replace("en", "xx"), ["languages: 'xx' is no language code; allowed: "]),
        (MODEL.replace("en", "cy"), ["'m' is for 'cy'", "not among the languages", "allowed"]),
    ],
)
def test_a_mistake_is_named_with_its_key_and_value(
    tmp_path: Path, text: str, words: list[str]
) -> None:
    file = tmp_path / "sayso.toml"
    file.write_text(text)

    with pytest.raises(ConfigError) as caught:
        load(file)

    message = str(caught.value)
    assert [word for word in [str(file), *words] if word not in message] == []


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="sayso init"):
        load(tmp_path / "other.toml")


def test_without_a_file_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert load() == Config()


def test_the_store_stands_beside_the_file(tmp_path: Path) -> None:
    write_config(tmp_path)

    assert load(tmp_path / "sayso.toml").store_location == str(tmp_path / "sayso.db")


def test_init_never_overwrites(tmp_path: Path) -> None:
    path = write_config(tmp_path)
    path.write_text("# mine\n")

    with pytest.raises(ConfigError, match="left as it is"):
        write_config(tmp_path)

    assert path.read_text() == "# mine\n"


def test_since_is_read_from_the_clock_or_a_calendar() -> None:
    month_ago = dt.datetime.now(dt.UTC) - dt.timedelta(days=30)
    read = read_since("30d")

    assert read is not None
    assert abs(read - month_ago) < dt.timedelta(minutes=1)
    assert read_since("2026-01-31") == dt.datetime(2026, 1, 31, tzinfo=dt.UTC)
    assert read_since(None) is None


@pytest.mark.parametrize("text", ["yesterday", "30", '7d" OR a:"', ""])
def test_a_wrong_since_says_what_is_allowed(text: str) -> None:
    with pytest.raises(ConfigError, match="since"):
        read_since(text)


COFFEE = Brand(name="Coffee", query='"espresso house"')
TEA = Brand(name="Tea", query="tea")


def test_a_brand_on_the_command_line_is_a_name_or_a_query() -> None:
    config = Config(brands=(COFFEE,))

    assert config.choose_brands(["Coffee"]) == (COFFEE,)
    assert config.choose_brands(["#tea"]) == (Brand(name="#tea", query="#tea"),)
    assert config.choose_brands([]) == (COFFEE,)


def test_a_wrong_query_on_the_command_line_points_at_the_fault() -> None:
    with pytest.raises(QueryError) as caught:
        Config().choose_brands(["a AND"])

    assert caught.value.position is not None


def test_without_any_brand_nothing_can_be_looked_for() -> None:
    with pytest.raises(ConfigError, match="--brand"):
        Config().choose_brands([])


def test_a_brand_alone_is_looked_for_at_every_keyless_source() -> None:
    plans = plan_crawl(Config(), brands=["tea"])

    assert ["hackernews", "mastodon"] == [plan.source for plan in plans]


def test_a_source_that_asks_per_brand_runs_once_for_each_and_others_once_for_all() -> None:
    config = Config(
        brands=(COFFEE, TEA),
        sources=(
            SourceConfig(source="hackernews"),
            SourceConfig(source="feed", addresses=("https://a.example/rss", "https://b.example/")),
        ),
    )

    found = [(plan.source, plan.address, len(plan.brands)) for plan in plan_crawl(config)]
    assert found == [
        ("hackernews", None, 1),
        ("hackernews", None, 1),
        ("feed", "https://a.example/rss", 2),
        ("feed", "https://b.example/", 2),
    ]


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ("hackernws", "did you mean `hackernews`"),
        ("feed", "needs an address"),
        ("feed=example.org/rss", "no web address"),
        ("feed=file:///etc/passwd", "no web address"),
    ],
)
def test_a_wrong_source_says_what_is_allowed(chosen: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        plan_crawl(Config(), brands=["tea"], chosen=[chosen])


def test_long_queries_that_begin_alike_are_two_brands() -> None:
    queries = ["a " * 150 + end for end in ("b", "c")]

    names = [brand.name for brand in Config().choose_brands(queries)]
    assert (2, 200) == (len(set(names)), max(map(len, names)))


@pytest.mark.parametrize("brand", ["", "  "])
def test_an_empty_brand_is_refused(brand: str) -> None:
    with pytest.raises(ConfigError, match="--brand is empty"):
        Config().choose_brands([brand])


def test_a_brand_that_no_source_looks_for_is_said() -> None:
    entry = SourceConfig(source="hackernews", brands=("Coffee",))

    with pytest.raises(ConfigError, match="nothing to crawl"):
        plan_crawl(Config(brands=(COFFEE, TEA), sources=(entry,)), brands=["Tea"])


def test_validate_names_where_the_values_come_from() -> None:
    with pytest.raises(ConfigError, match=r"^here: store"):
        validate({"store": None}, "here")
