"""Drafts: nothing invented, nothing secret, and whether they are still those of sayso.toml."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from crawlers.cli import sayso
from crawlers.declaring import declared_sources
from search.config import Config, validate
from search.governance.facts import collect
from search.governance.folder import DraftChanged, check, read, write
from search.governance.markdown import escape
from search.governance.rendering import LANGUAGES, Drafts, draft_all, facts_digest

DAY = dt.date(2026, 11, 28)
PRIVACY = {
    "controller": "Storm Coffee AB",
    "address": "Gatan 1, Stockholm",
    "email": "privacy@storm.example",
    "country": "SE",
    "dpo": "none",
    "representative": "none",
    "purposes": ["to learn what is said of our coffee"],
    "interest": "to make better coffee",
    "recipients": ["Hosting AB"],
    "store_country": "NL",
    "transfers": "none",
    "security": "two people can log in",
    "retention": {"mentions_days": 90, "declined_days": 7, "sources": {"feed": 200}},
}
WHOLE = {
    "brands": [{"name": "Storm", "query": "storm"}],
    "sources": [
        {"source": "feed", "addresses": ["https://b.example/feed.xml"]},
        {"source": "reviews", "addresses": ["https://shop.example/coffee"]},
    ],
    "asking": {
        "brand": "Storm",
        "brand_handle": "storm",
        "terms_version": "1",
        "terms_url": "https://storm.example/terms",
        "privacy_url": "https://storm.example/privacy",
    },
    "privacy": PRIVACY,
}


def config(**changes: Any) -> Config:
    return validate({**WHOLE, **changes}, "here")


def drafts(said: Config, languages: tuple[str, ...] = LANGUAGES) -> Drafts:
    return draft_all(collect(said, declared_sources(said)), languages, DAY)


def texts(made: Drafts) -> dict[str, str]:
    return {draft.name: draft.body for draft in made.files}


def test_a_whole_configuration_leaves_nothing_blank_but_what_a_person_judges() -> None:
    made = drafts(config())

    assert {} == made.blanks
    assert made.open_judgements > 0
    assert 10 == len(made.files)
    for name, text in texts(made).items():
        public = name.startswith(("privacy-notice", "reviews-statement"))
        assert not (public and "[…]" in text), name


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Storm Coffee AB", "privacy@storm.example", "IMY", "https://storm.example/terms",
                "to make better coffee", "Hosting AB", "stored in NL", "(b.example)",
                "90 days after we first saw it", "90 days", "7 days", "legitimate interest",
                "object at any time", "without logging in", "protection officer: none"]),
        ("sv", ["Storm Coffee AB", "berättigade intresse", "90 dagar", "invända", "ombud: ingen"]),
        ("nl", ["Storm Coffee AB", "gerechtvaardigd belang", "90 dagen", "bezwaar", ": geen"]),
    ],
)  # fmt: skip
def test_the_notice_says_what_article_14_asks_for(language: str, words: list[str]) -> None:
    text = texts(drafts(config()))[f"privacy-notice.{language}.md"]

    assert [] == [word for word in words if word not in text]


def test_a_source_s_own_limit_shortens_what_is_said() -> None:
    text = texts(drafts(config()))["privacy-notice.en.md"]
    record = json.loads(texts(drafts(config()))["record-of-processing.json"])

    assert "200 days" not in text
    assert [line for line in record["time_limits"] if "90 days" in line]


def test_without_a_privacy_table_everything_unknown_is_blank_and_listed() -> None:
    made = drafts(config(privacy={}, asking=None))
    record = json.loads(texts(made)["record-of-processing.json"])

    assert "**[…]: who is the controller?**" in texts(made)["privacy-notice.en.md"]
    assert "**[…]: vem är personuppgiftsansvarig?**" in texts(made)["privacy-notice.sv.md"]
    wanted = {f"privacy.{key}" for key in PRIVACY if key != "country"}
    assert {*wanted, "privacy.authority", "asking.privacy_url"} == set(made.blanks)
    assert (None, None) == (record["controller"], record["time_limits"])
    assert record["data_subjects"]


def test_the_same_configuration_gives_the_same_files(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write(drafts(config()), tmp_path / name)

    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()
        assert "not legal advice" in path.read_text() or path.name[-5:-3] in {"sv", "nl"}
        assert not read(path).is_changed


SECRET = "s3cr3t"  # noqa: S105 - what must not appear


def test_no_secret_reaches_a_draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sayso.toml").write_text(
        f"""
        store = "https://search.example:9200"
        queue = "redis://queue.example:6379/0?token={SECRET}"
        [[brands]]
        name = "Storm"
        query = "storm"
        [[sources]]
        source = "feed"
        addresses = ["https://me:{SECRET}@b.example/{SECRET}/feed?key={SECRET}#{SECRET}"]
        [[sources]]
        source = "mastodon"
        [[alerts]]
        name = "up"
        on = "spike"
        brand = "Storm"
        channels = ["team"]
        [asking]
        brand = "Storm"
        brand_handle = "storm"
        terms_version = "1"
        terms_url = "https://me:{SECRET}@storm.example/terms"
        privacy_url = "https://{SECRET}@storm.example/privacy"
        """,
        "utf-8",
    )
    secrets = ("CHANNEL_TEAM", "ELASTICSEARCH_API_KEY", "QUEUE", "MASTODON_TOKEN")
    for name in secrets:
        monkeypatch.setenv(f"SAYSO_{name}", f"redis://:{SECRET}@x.example")
    options = ["--config", str(tmp_path / "sayso.toml"), "governance", "-o", str(tmp_path / "out")]

    done = CliRunner().invoke(sayso, [*options, "--language", "sv", "--date", "2026-11-28"])

    assert 0 == done.exit_code, done.output
    files = list((tmp_path / "out").iterdir())
    assert 6 == len(files)
    assert [] == [path.name for path in files if SECRET in path.read_text("utf-8")]
    assert SECRET not in done.output
    written = "".join(path.read_text("utf-8") for path in files)
    assert {True} == {word in written for word in ("b.example", "team", "storm.example/privacy")}
    assert "  privacy.controller: who is the controller?" in done.output.splitlines()


def test_drafts_are_out_of_date_when_the_configuration_changes(tmp_path: Path) -> None:
    def facts(said: Config) -> str:
        return facts_digest(collect(said, declared_sources(said)))

    write(drafts(config(), ("en",)), tmp_path)
    changed = config(privacy={**PRIVACY, "retention": {"mentions_days": 60}})

    assert [] == list(check(tmp_path, facts(config())))
    assert [] == list(check(tmp_path, facts(config(limits={"requests_per_second": 2}))))
    assert 6 == len(list(check(tmp_path, facts(changed))))
    (tmp_path / "dpia-screening.md").unlink()
    (tmp_path / "record-of-processing.json").write_text("[" * 5_000)
    assert [
        "dpia-screening.md is missing",
        "record-of-processing.json does not say what it was made of",
    ] == list(check(tmp_path, facts(config())))


def test_what_a_person_has_changed_is_not_written_over(tmp_path: Path) -> None:
    write(drafts(config()), tmp_path)
    path = tmp_path / "legitimate-interest-assessment.md"
    path.write_text(path.read_text("utf-8").replace("is it?", "It is. Ida, 2026-11-30"), "utf-8")

    with pytest.raises(DraftChanged, match=r"legitimate-interest-assessment\.md; give another"):
        write(drafts(config(privacy={})), tmp_path)
    assert "It is. Ida" in path.read_text("utf-8")
    write(drafts(config()), tmp_path, force=True)

    assert "It is. Ida" not in path.read_text("utf-8")


def test_commands_say_so_with_their_exit_codes(tmp_path: Path) -> None:
    def run(*arguments: str, query: str = "a") -> Result:
        file = tmp_path / "sayso.toml"
        file.write_text(f"[[brands]]\nname = 'A'\nquery = '{query}'\n", "utf-8")
        return CliRunner().invoke(sayso, ["--config", str(file), "governance", *arguments])

    folder = str(tmp_path / "g")
    codes = [run("-o", folder).exit_code, run("--check", folder).exit_code, run().exit_code]
    stale = run("--check", folder, query="b")

    assert [0, 0, 2] == codes
    assert 3 == stale.exit_code
    assert "dpia-screening.md is out of date" in stale.output


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Storm & *Friends* <b>", "Storm \\& \\*Friends\\* \\<b\\>"),
        ("# a\n\n- b", "\\# a - b"),
        ("1. a", "1\\. a"),
        ("- a", "\\- a"),
        ("[a](javascript:b)", "\\[a\\](javascript:b)"),
        ("https://a.example/b_c", "<https://a.example/b_c>"),
        ("a|b", "a\\|b"),
        ("a\u202eb", "a b"),
    ],
)
def test_values_are_text_whatever_signs_they_hold(text: str, written: str) -> None:
    assert written == escape(text)


@given(st.text())
def test_no_value_can_begin_another_line_or_be_markup(text: str) -> None:
    made = escape(text)

    assert "\n" not in made
    bare = made.replace("\\\\", "")
    assert not any(sign in bare.replace(f"\\{sign}", "") for sign in "*`[]|") or made[0] == "<"
