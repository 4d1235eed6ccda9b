"""What the stages take from a configuration."""

from pipelines.context import Context
from pipelines.disclosure import tag_disclosure
from pipelines.language import tag_language
from pipelines.stages import enrich
from search.config import Brand, validate
from search.mention import Disclosed, Mention

CONFIG = validate(
    {
        "languages": ["nl"],
        "jurisdiction": "BE",
        "brands": [{"name": "Storm", "query": "storm"}],
    },
    "sayso.toml",
)


def mention(text: str, **fields: object) -> Mention:
    return Mention(source="s", source_id="1", url="u", text=text, **fields)  # type: ignore[arg-type]  # short form


def test_the_languages_are_those_of_the_configuration() -> None:
    swedish = mention("Kaffet var verkligen gott och personalen var mycket trevlig i dag igen")

    told = [tag_language(swedish, each).language for each in (Context.of(CONFIG), Context())]

    assert ["und", "sv"] == told


def test_the_rules_of_disclosure_are_those_of_its_country() -> None:
    dutch = mention("#ad nieuwe molen", language="nl")

    told = [tag_disclosure(dutch, each).disclosure for each in (Context.of(CONFIG), Context())]

    assert [Disclosed.AMBIGUOUS, Disclosed.CLEAR] == [each.level for each in told if each]


def test_brands_asked_for_are_looked_for_beside_those_configured() -> None:
    context = Context.of(CONFIG, brands=[Brand(name="Kettle", query="kettle")])

    assert ("Kettle", "Storm") == tuple(sorted(enrich(mention("storm kettle"), context).brands))
