"""A mention made of nothing but a text, to try a query on."""

from pipelines.stages import Context, enrich
from search.mention import Mention


def mention_of(text: str) -> Mention:
    """Tag a text as a crawl would, so that a query may ask for its hashtags or language."""
    return enrich(Mention(source="test", source_id="", url="", text=text), Context())
