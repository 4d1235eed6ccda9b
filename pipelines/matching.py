"""The match stage: which brands a mention is about."""

import dataclasses

from pipelines.context import Context, DropMention
from search.mention import Mention


def tag_brands(mention: Mention, context: Context) -> Mention:
    """
    Add every brand whose query matches; brands already present stay, in front.

    A mention that is about no brand is dropped unless the context keeps it.
    """
    if context.matcher is None:
        return mention
    matched = context.matcher.match(mention)
    brands = tuple(dict.fromkeys((*mention.brands, *matched)))
    if not brands and not context.keep_unmatched:
        raise DropMention("no brand matched")
    return mention if brands == mention.brands else dataclasses.replace(mention, brands=brands)
