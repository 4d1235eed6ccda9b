"""Templates of one's own: what they may say, and that each mistake has a file and a line."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.permissions.wording.shelf import read_shelf, shipped
from search.permissions.wording.templates import PLACES, BadTemplate, Purpose, Size
from tests.wording.sample import OWN, write_own

HERE = Path(__file__).parents[2] / "search" / "permissions" / "wording"
WORDS = (HERE / "phrases" / "nl.toml").read_text("utf-8")


def changed(old: str, new: str) -> str:
    assert old in OWN
    return OWN.replace(old, new)


def test_a_template_of_ones_own_stands_beside_ours(tmp_path: Path) -> None:
    write_own(tmp_path)

    found = read_shelf(tmp_path).get("spring", 1, "en", Size.M)

    assert found.text == "Hi {handle}, {brand} here.\nMay we show your post? {url}"
    assert found.allow_reminder
    assert len(read_shelf(tmp_path).templates) == len(shipped().templates) + 1


@pytest.mark.parametrize(
    ("line", "content", "problem"),
    [
        (8, changed("{handle}", "{handel}"), "unknown placeholder {handel}; allowed: {brand}, "),
        (9, changed("post?", "{post.__class__}"), "unknown placeholder {post.__class__}"),
        (9, changed("post?", "{0}"), "unknown placeholder {0}"),
        (9, changed("post?", "{}"), "unknown placeholder {}"),
        (9, changed("post?", "{handle!r:>9}"), "unknown placeholder {handle!r:>9}"),
        (9, changed("post?", "post {"), "a lone {; braces stand only around names"),
        (8, changed("here.", "}here."), "a lone }"),
        (9, changed(" {url}", " {{url}}"), "a lone {"),
        (9, changed(" {url}", " ({url})"), "{url} must stand alone"),
        (9, changed(" {url}", "{url}"), "{url} must stand alone"),
        (7, changed(" {url}", ""), "{url} is missing; every template needs {brand}, {url}"),
        (7, changed("{brand}", "We"), "{brand} is missing"),
        (9, changed("May we", "May\u202ewe"), "invisible character U+202E"),
        (8, changed("Hi ", "Hi\t"), "invisible character U+0009"),
        (2, changed("version = 1", "version = 0"), "version: Input should be greater than or eq"),
        (2, changed("version = 1", 'version = "1"'), "version: Input should be a valid integer"),
        (2, changed("version = 1", "version = true"), "version: Input should be a valid integer"),
        (1, changed("version = 1\n", ""), "version: Field required"),
        (3, changed('"en"', '"english"'), "language: 'english' is no language; allowed: codes"),
        (4, changed('"M"', '"XL"'), "size: Input should be 'L', 'M' or 'S'"),
        (5, changed('"request"', '"advert"'), "purpose: Input should be"),
        (1, changed('"spring"', '"../x"'), "id: String should match"),
        (3, changed("version = 1", "version = 1\nauthor = 2"), "author: Extra inputs are not"),
        (2, changed("version = 1", "version = = 1"), "Invalid value"),
        (1, changed("version = 1", f"version = {'9' * 5000}"), "digits"),
        (13, f"{OWN}\n[states]\npaid_ads = true\n", "states.paid_ads: Input should be False"),
        (6, changed('"request"', '"thanks"'), "allow_reminder: no reminder follows a thanks"),
    ],
)  # fmt: skip
def test_a_mistake_names_file_and_line(
    tmp_path: Path, line: int, content: str, problem: str
) -> None:
    path = write_own(tmp_path, content)

    with pytest.raises(BadTemplate) as caught:
        read_shelf(tmp_path)

    assert str(caught.value).startswith(f"{path}:{line}: ")
    assert problem in str(caught.value)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "No reply means no. We won\u2019t ask twice."),
        ("en", "WE ONLY\n ASK  ONCE"),
        ("sv", "Vi frågar bara en gång."),
        ("nl", "We vragen het één keer."),
        ("nl", "We vragen het niet opnieuw"),
    ],
)
def test_who_says_that_we_ask_once_may_not_remind(
    tmp_path: Path, language: str, words: str
) -> None:
    content = changed('"en"', f'"{language}"').replace("post? {url}", f"post? {{url}}\n{words}")
    path = write_own(tmp_path, content)

    with pytest.raises(BadTemplate, match=r':10: it says ".+", so allow_reminder must be false'):
        read_shelf(tmp_path)

    path.write_text(content.replace("allow_reminder = true", "allow_reminder = false"), "utf-8")
    assert not read_shelf(tmp_path).get("spring", 1, language, Size.M).allow_reminder


def test_in_a_language_without_words_no_reminder_is_allowed(tmp_path: Path) -> None:
    write_own(tmp_path, changed('"en"', '"de"'))

    with pytest.raises(
        BadTemplate, match=r":6: allow_reminder: .* not known in de without phrases/de.toml"
    ):
        read_shelf(tmp_path)


def test_a_folder_may_bring_the_words_of_a_language(tmp_path: Path) -> None:
    write_own(tmp_path, changed('"en"', '"de"'))
    (tmp_path / "phrases").mkdir()
    write_own(tmp_path / "phrases", WORDS.replace('"nl"', '"de"'), "de.toml")

    assert read_shelf(tmp_path).get("spring", 1, "de", Size.M).allow_reminder


@pytest.mark.parametrize(
    ("old", "new", "line", "problem"),
    [
        ('locale = "nl"', 'locale = "xx_YY_zz"', 2, "locale: 'xx_YY_zz' is no locale"),
        ('tv = "tv"\n', "", 7, "channels: no words for tv"),
        ("{months} maanden", "maanden", 4, "months: both forms need {months}"),
        ('["vragen het één keer", ', '[" ", ', 5, "asks_once: an empty wording"),
        ('tv = "tv"', 'radio = "radio"', 14, "channels.radio"),
    ],
)
def test_mistakes_in_words_are_named_as_well(
    tmp_path: Path, old: str, new: str, line: int, problem: str
) -> None:
    assert old in WORDS
    (tmp_path / "phrases").mkdir()
    path = write_own(tmp_path / "phrases", WORDS.replace(old, new), "de.toml")

    with pytest.raises(BadTemplate) as caught:
        read_shelf(tmp_path)

    assert str(caught.value).startswith(f"{path}:{line}: {problem}")


def test_the_same_version_twice_is_refused(tmp_path: Path) -> None:
    write_own(tmp_path)
    other = write_own(tmp_path, name="zpring.toml")

    with pytest.raises(BadTemplate) as caught:
        read_shelf(tmp_path)

    assert str(caught.value).startswith(
        f"{other}: template spring 1 (en, M) is already in {tmp_path}"
    )


def test_ours_cannot_be_replaced_in_silence(tmp_path: Path) -> None:
    write_own(tmp_path, changed('"spring"', '"permission"'))

    with pytest.raises(BadTemplate, match="already in Sayso itself; a changed text needs a new"):
        read_shelf(tmp_path)


def test_the_newest_version_is_used_and_the_older_stays(tmp_path: Path) -> None:
    write_own(tmp_path)
    write_own(tmp_path, changed("version = 1", "version = 10"), "b.toml")
    write_own(tmp_path, changed("version = 1", "version = 9"), "c.toml")
    shelf = read_shelf(tmp_path)

    assert [10] == [each.version for each in shelf.choose("spring", "en")]
    assert shelf.get("spring", 1, "en", Size.M).version == 1
    with pytest.raises(BadTemplate, match=r"no template spring 2 \(en, M\)"):
        shelf.get("spring", 2, "en", Size.M)


def test_a_template_in_neither_language_is_named(tmp_path: Path) -> None:
    write_own(tmp_path, changed('"en"', '"sv"'))

    with pytest.raises(BadTemplate, match=r"'spring' in nl or en; there are: .*spring \(sv\)"):
        read_shelf(tmp_path).choose("spring", "nl")


def test_escapes_and_windows_lines_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(OWN.replace("\n", "\r\n").encode())

    assert "here.\nMay" in read_shelf(tmp_path).get("spring", 1, "en", Size.M).text


def test_windows_lines_are_counted_as_well(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(changed("post?", "{post}").replace("\n", "\r\n").encode())

    with pytest.raises(BadTemplate) as caught:
        read_shelf(tmp_path)

    assert str(caught.value).startswith(f"{path}:9: ")


def test_a_text_in_escapes_has_the_line_of_its_key(tmp_path: Path) -> None:
    text = 'text = "Hi\\u0020{brand}\\n\\n{url} {nobody}"\n'
    path = write_own(tmp_path, OWN[: OWN.index("text")] + text)

    with pytest.raises(BadTemplate) as caught:
        read_shelf(tmp_path)

    assert str(caught.value).startswith(f"{path}:7: unknown placeholder {{nobody}}")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"id = 1\n# \xff", ":2: byte 0xff is not UTF-8"),
        (b"#" * 70_000, "larger than 65536 bytes"),
        (b"a = " + b"[" * 60_000, "nested too deeply"),
        (OWN.replace("here", "x" * 10_001).encode(), ":7: text: String should have at most 10000"),
    ],
)
def test_odd_files_are_refused(tmp_path: Path, content: bytes, problem: str) -> None:
    (tmp_path / "a.toml").write_bytes(content)

    with pytest.raises(BadTemplate) as caught:
        read_shelf(tmp_path)

    assert problem in str(caught.value)


def test_a_missing_folder_and_too_many_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadTemplate, match="no such folder"):
        read_shelf(tmp_path / "none")
    for number in range(1001):
        (tmp_path / f"{number}.toml").touch()
    with pytest.raises(BadTemplate, match="1001 files; allowed: 1000"):
        read_shelf(tmp_path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=500) | st.text(max_size=500).map(lambda text: text.encode()))
def test_no_file_breaks_the_reader(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.toml").write_bytes(content)

    with pytest.raises(BadTemplate):
        read_shelf(tmp_path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(st.sampled_from("{}hu rlbandAZ_.\n\u202e\u00a0é"), max_size=60)
    | st.lists(st.sampled_from([*(f"{{{name}}}" for name in PLACES), " ", "{", "}"])).map("".join)
)
def test_any_text_is_filled_or_refused(tmp_path: Path, text: str) -> None:
    write_own(tmp_path, changed("Hi {handle}, ", text + " "))
    values = {name: f"<{name}>" for name in PLACES}
    try:
        template = read_shelf(tmp_path).get("spring", 1, "en", Size.M)
    except BadTemplate:
        return

    filled = template.fill(values)

    assert "{" not in filled
    assert "}" not in filled
    assert filled.count("\n") == template.text.count("\n")


def test_the_template_in_the_documentation_can_be_used(tmp_path: Path) -> None:
    page = (HERE.parents[2] / "docs" / "requests.md").read_text("utf-8")
    write_own(tmp_path, page.split("```toml\n")[1].split("```")[0])

    found = read_shelf(tmp_path).get("spring", 1, "en", Size.M)

    assert found.text.startswith("Hi {handle}, {brand} here.")
    assert found.states.takedown_days == 7


def test_the_documentation_names_every_placeholder() -> None:
    page = (HERE.parents[2] / "docs" / "requests.md").read_text("utf-8")
    table = page.split("| Placeholder |")[1].split("\n\n")[0]

    assert sorted(PLACES) == sorted(set(re.findall(r"`\{(\w+)\}`", table)))


def test_every_purpose_and_language_has_a_template_and_all_sizes_ask() -> None:
    found = {(each.purpose, each.language, each.size) for each in shipped().templates}

    for language in ("en", "sv", "nl"):
        assert {(Purpose.REQUEST, language, size) for size in Size} <= found
        for purpose in (Purpose.REMINDER, Purpose.THANKS, Purpose.TAKEDOWN):
            assert (purpose, language, Size.S) in found
    assert not any(each.allow_reminder for each in shipped().templates)
