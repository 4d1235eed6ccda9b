"""Licences: how sources state them, and what they are called in SPDX."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.context import Context
from pipelines.licence import LONGEST_STATEMENT, tag_licence
from search.mention import Confidence, Licence, Media, MediaKind, Mention
from search.rights.spdx import find_creative_commons, recognise

CC = "https://creativecommons.org"
PHOTO = Media(url="https://a.example/1.jpg", kind=MediaKind.IMAGE)


def mention(text: str = "", **fields: object) -> Mention:
    return Mention(source="s", source_id="1", url="u", text=text, **fields)  # type: ignore[arg-type]  # short form


@pytest.mark.parametrize(
    ("statement", "spdx", "url"),
    [
        (f"{CC}/licenses/by/4.0/", "CC-BY-4.0", f"{CC}/licenses/by/4.0/"),
        (f"{CC}/licenses/by-sa/4.0", "CC-BY-SA-4.0", f"{CC}/licenses/by-sa/4.0/"),
        (
            "http://creativecommons.org/licenses/by-nc/2.5/",
            "CC-BY-NC-2.5",
            f"{CC}/licenses/by-nc/2.5/",
        ),
        (
            "//www.creativecommons.org/licenses/by-nc-nd/2.0/deed.sv",
            "CC-BY-NC-ND-2.0",
            f"{CC}/licenses/by-nc-nd/2.0/",
        ),
        (f"{CC}/licenses/by/4.0/legalcode.nl", "CC-BY-4.0", f"{CC}/licenses/by/4.0/"),
        (f"{CC}/licenses/by/3.0/nl/deed.en", "CC-BY-3.0-NL", f"{CC}/licenses/by/3.0/nl/"),
        (f"{CC}/licenses/by-sa/3.0/igo/", "CC-BY-SA-3.0-IGO", f"{CC}/licenses/by-sa/3.0/igo/"),
        (f"{CC}/licenses/by-nd-nc/1.0/", "CC-BY-NC-ND-1.0", f"{CC}/licenses/by-nc-nd/1.0/"),
        (f"{CC}/publicdomain/zero/1.0/deed.nl", "CC0-1.0", f"{CC}/publicdomain/zero/1.0/"),
        (f"{CC}/publicdomain/mark/1.0/", "LicenseRef-PDM-1.0", f"{CC}/publicdomain/mark/1.0/"),
        ("CC BY 4.0", "CC-BY-4.0", f"{CC}/licenses/by/4.0/"),
        ("CC-BY-SA-3.0", "CC-BY-SA-3.0", f"{CC}/licenses/by-sa/3.0/"),
        ("CC-BY-3.0-NL", "CC-BY-3.0-NL", f"{CC}/licenses/by/3.0/nl/"),
        ("CC BY-NC-SA 4.0 International", "CC-BY-NC-SA-4.0", f"{CC}/licenses/by-nc-sa/4.0/"),
        ("CC BY 4.0 UK", "CC-BY-4.0", f"{CC}/licenses/by/4.0/"),
        ("cc_by_2.0", "CC-BY-2.0", f"{CC}/licenses/by/2.0/"),
        ("cc-by-sa", "LicenseRef-CC-BY-SA", None),
        ("by-nc", "LicenseRef-CC-BY-NC", None),
        ("by", "LicenseRef-CC-BY", None),
        ("cc0", "CC0-1.0", f"{CC}/publicdomain/zero/1.0/"),
        ("CC0 1.0 Universal", "CC0-1.0", f"{CC}/publicdomain/zero/1.0/"),
        ("CC0-1.0", "CC0-1.0", f"{CC}/publicdomain/zero/1.0/"),
        ("pdm", "LicenseRef-PDM-1.0", f"{CC}/publicdomain/mark/1.0/"),
        ("Public Domain Mark 1.0", "LicenseRef-PDM-1.0", f"{CC}/publicdomain/mark/1.0/"),
        (
            "Creative Commons Attribution-ShareAlike 4.0 International",
            "CC-BY-SA-4.0",
            f"{CC}/licenses/by-sa/4.0/",
        ),
        (
            "Attribution-NonCommercial-NoDerivs 2.0 Generic",
            "CC-BY-NC-ND-2.0",
            f"{CC}/licenses/by-nc-nd/2.0/",
        ),
        ("Attribution-NonCommercial-ShareAlike License", "LicenseRef-CC-BY-NC-SA", None),
        ("Creative Commons Attribution license (reuse allowed)", "LicenseRef-CC-BY", None),
        ("creativeCommon", "LicenseRef-CC-BY", None),
        ("youtube", "LicenseRef-YouTube-Standard", None),
        ("All Rights Reserved", "LicenseRef-ARR", None),
        ("all-rights-reserved", "LicenseRef-ARR", None),
        ("No known copyright restrictions", "LicenseRef-Flickr-NoKnown", None),
        ("United States Government Work", "LicenseRef-USGov", None),
    ],
)
def test_names_a_licence(statement: str, spdx: str, url: str | None) -> None:
    assert recognise(statement) == (spdx, url)


@pytest.mark.parametrize(
    "statement",
    [
        "",
        "MIT",
        "https://shop.example/licence",
        "© 2026 Ann Example",
        "nc-sampling+",
        "sampling+",
        "no-rights-reserved",
        "by the way",
        "by ann",
        "Attribution of blame",
        "CC BY 9.0",
        "https://not-creativecommons.org/licenses/by/4.0/",
        f"{CC}/licenses/nc/1.0/",
        f"{CC}/licenses/",
        f"{CC}/about",
        "CC BY 4.0 or CC BY-SA 3.0",
        "https://notcreativecommons.example/licenses/by/4.0/",
    ],
)
def test_does_not_guess_a_licence(statement: str) -> None:
    assert recognise(statement) is None


def test_an_unknown_statement_is_kept_as_found() -> None:
    stated = Licence(id=None, raw="Ask me nicely", found_in="rel", url="https://a.example/l")

    assert tag_licence(mention(licence=stated), Context()).licence == stated


def test_fills_in_what_the_source_states_for_text_and_media() -> None:
    stated = Licence(
        id=None, raw="cc-by-4.0", found_in="field", confidence=Confidence.AUTHORITATIVE
    )
    photo = Media(
        url="u",
        kind=MediaKind.IMAGE,
        licence=Licence(id=None, raw="?", found_in="rel", url=f"{CC}/publicdomain/zero/1.0/"),
    )

    tagged = tag_licence(mention(licence=stated, media=(PHOTO, photo)), Context())

    assert tagged.licence == Licence(
        id="CC-BY-4.0",
        raw="cc-by-4.0",
        found_in="field",
        url=f"{CC}/licenses/by/4.0/",
        version="4.0",
        confidence=Confidence.AUTHORITATIVE,
    )
    assert [medium.licence and medium.licence.id for medium in tagged.media] == [None, "CC0-1.0"]


def test_an_identifier_already_known_stays() -> None:
    stated = Licence(id="MIT", raw="CC BY 4.0", found_in="x")

    assert tag_licence(mention(licence=stated), Context()).licence == stated


@pytest.mark.parametrize(
    "text",
    [
        "Long story.\n\nThis text is licensed under CC BY 4.0.",
        f"Licence: {CC}/licenses/by/4.0/deed.en",
        "Texten är licensierad enligt CC BY 4.0",
        "Deze tekst valt onder een CC BY 4.0-licentie.",
    ],
)
def test_suggests_what_the_text_says_of_itself(text: str) -> None:
    licence = tag_licence(mention(text), Context()).licence

    assert licence is not None
    assert (licence.id, licence.found_in, licence.confidence) == (
        "CC-BY-4.0",
        "text",
        Confidence.SCRAPED,
    )
    assert licence.raw in text
    assert "4.0" in licence.raw


@pytest.mark.parametrize(
    "text",
    [
        "CC BY 4.0 is my favourite number.",
        "What is the difference between a CC BY 4.0 and a CC BY-SA 4.0 licence?",
        "Photo: Ann, licensed under CC BY 4.0",
        "I like Creative Commons licences.",
        "licensed under CC BY",
    ],
)
def test_does_not_read_a_licence_into_a_text(text: str) -> None:
    assert tag_licence(mention(text), Context()).licence is None


def test_a_photo_caption_speaks_of_the_photo() -> None:
    tagged = tag_licence(
        mention("A day out.\nFoto: Ann / CC BY-SA 2.0", media=(PHOTO,)), Context()
    )

    assert tagged.licence is None
    assert tagged.media[0].licence == Licence(
        id="CC-BY-SA-2.0",
        raw="Foto: Ann / CC BY-SA 2.0",
        found_in="text",
        url=f"{CC}/licenses/by-sa/2.0/",
        version="2.0",
    )


@pytest.mark.parametrize(
    "media",
    [
        (PHOTO, PHOTO),
        (Media(url="u", kind=MediaKind.IMAGE, licence=Licence(id=None, raw="r", found_in="f")),),
    ],
)
def test_a_caption_is_not_pinned_on_a_photo_it_may_not_mean(media: tuple[Media, ...]) -> None:
    assert tag_licence(mention("Photo: Ann / CC BY 2.0", media=media), Context()).media == media


def test_what_the_source_states_outranks_the_text() -> None:
    stated = Licence(id=None, raw="Ask me", found_in="rel")
    found = mention("This text is licensed under CC BY 4.0.", licence=stated)

    assert tag_licence(found, Context()).licence == stated


def test_the_evidence_is_not_longer_than_a_sentence() -> None:
    found = mention("licensed under CC BY 4.0 " + "and so on " * 500)
    licence = tag_licence(found, Context()).licence

    assert licence is not None
    assert len(licence.raw) == LONGEST_STATEMENT


@settings(deadline=None)
@given(
    st.text(max_size=200)
    | st.lists(
        st.sampled_from(
            [
                "CC",
                "BY",
                "-",
                " ",
                "SA",
                "4.0",
                "Attribution",
                "creativecommons.org/licenses/",
                "by/",
                "zero",
                "1.0",
            ]
        )
    ).map("".join)
)
def test_any_statement_gives_a_well_formed_identifier_or_none(statement: str) -> None:
    found = [recognise(statement), *find_creative_commons(statement)]

    assert all(one is None or one.id.startswith(("CC", "LicenseRef-")) for one in found)
