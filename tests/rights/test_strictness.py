"""Of several licence statements the most restrictive counts."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.context import Context
from pipelines.licence import tag_licence
from search.mention import Confidence, Licence, Mention, RightsSignal
from search.rights.spdx import find_codes, recognise, reserves_all, version_of
from search.rights.strictness import normalise, strictest, strictness

ORDER = (
    "LicenseRef-ARR", None, "CC-BY-NC-ND-4.0", "CC-BY-NC-SA-3.0-NL", "LicenseRef-CC-BY-NC",
    "CC-BY-ND-2.0", "CC-BY-SA-4.0", "CC-BY-4.0", "CC0-1.0",
)  # fmt: skip


def stated(raw: str, found_in: str = "x") -> Licence:
    return Licence(id=None, raw=raw, found_in=found_in)


def test_the_order_is_the_documented_one() -> None:
    for stricter, laxer in itertools.pairwise(ORDER):
        assert strictness(stricter) > strictness(laxer), (stricter, laxer)


@pytest.mark.parametrize("free", ["LicenseRef-PDM-1.0", "LicenseRef-Flickr-NoKnown"])
def test_what_has_no_conditions_is_alike(free: str) -> None:
    assert strictness("CC0-1.0") == strictness(free)


def test_an_unknown_identifier_is_no_open_licence() -> None:
    assert strictness("MIT") == strictness(None) > strictness("CC-BY-NC-ND-4.0")


def test_of_two_alike_the_one_with_a_version_counts() -> None:
    licence, evidence = strictest([stated("CC BY-SA"), stated("CC BY-SA 3.0")])

    assert licence == stated("CC BY-SA 3.0")
    assert evidence == ()


def test_another_version_of_the_same_is_evidence() -> None:
    licence, evidence = strictest([stated("CC BY 4.0"), stated("CC BY 3.0", "y")])

    assert licence == stated("CC BY 4.0")
    assert evidence == (RightsSignal(name="licence", raw="CC BY 3.0", found_in="y"),)


def test_nothing_stated_is_nothing() -> None:
    assert strictest([]) == (None, ())


@given(st.permutations(["CC BY 4.0", "CC BY-NC 4.0", "CC0", "Ask me", "by-nd", "arr"]))
def test_the_order_of_statements_does_not_matter(raws: list[str]) -> None:
    licence, evidence = strictest(map(stated, raws))

    assert licence == stated("arr")
    assert {"arr", *(one.raw for one in evidence)} == set(raws)


@pytest.mark.parametrize(
    ("raw", "identifier", "version"),
    [
        ("CC BY-SA 3.0", "CC-BY-SA-3.0", "3.0"),
        ("https://creativecommons.org/licenses/by/2.5/nl/", "CC-BY-2.5-NL", "2.5"),
        ("CC-BY", "LicenseRef-CC-BY", None),
        ("cc0", "CC0-1.0", "1.0"),
        ("© Ida. All rights reserved.", "LicenseRef-ARR", None),
        ("Alle Rechte vorbehalten", "LicenseRef-ARR", None),
        ("Ask me", None, None),
    ],
)
def test_a_statement_gets_identifier_and_version(
    raw: str, identifier: str | None, version: str | None
) -> None:
    licence = normalise(stated(raw))

    assert licence is not None
    assert (identifier, version) == (licence.id, licence.version)


def test_all_rights_reserved_beside_a_licence_is_not_certain() -> None:
    assert recognise("All rights reserved, pictures CC BY 4.0") is None


def test_codes_are_found_with_or_without_a_version() -> None:
    found = [(written, one.id) for written, one in find_codes("CC-BY-SA, cc by 4.0, CC BYE, by")]

    assert found == [("CC-BY-SA", "LicenseRef-CC-BY-SA"), ("cc by 4.0", "CC-BY-4.0")]


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    assert isinstance(reserves_all(text), bool)
    assert all(version_of(one.id) or "LicenseRef" in one.id for _, one in find_codes(text))


def mention(text: str, licence: Licence | None) -> Mention:
    return Mention(source="s", source_id="1", url="u", text=text, licence=licence)


def test_a_text_that_is_stricter_than_its_page_counts() -> None:
    page = stated("CC BY 4.0", "link rel=license")
    tagged = tag_licence(mention("This is licensed under CC BY-NC 4.0.", page), Context())

    assert tagged.licence is not None
    assert ("CC-BY-NC-4.0", "text", "4.0") == (
        tagged.licence.id,
        tagged.licence.found_in,
        tagged.licence.version,
    )
    assert ["CC BY 4.0"] == [one.raw for one in tagged.rights_signals]
    assert tagged == tag_licence(tagged, Context())


def test_a_text_that_is_laxer_than_its_page_is_evidence() -> None:
    page = stated("CC BY-NC 4.0", "link rel=license")
    tagged = tag_licence(mention("This is licensed under CC BY 4.0.", page), Context())

    assert tagged.licence == normalise(page)
    assert ["text"] == [one.found_in for one in tagged.rights_signals]
    assert tagged == tag_licence(tagged, Context())


def test_the_field_of_an_interface_is_not_contradicted_by_a_text() -> None:
    field = Licence(
        id=None, raw="cc-by-4.0", found_in="field", confidence=Confidence.AUTHORITATIVE
    )
    tagged = tag_licence(mention("This is licensed under CC BY-NC 4.0.", field), Context())

    assert tagged.licence == normalise(field)
    assert tagged.rights_signals == ()
