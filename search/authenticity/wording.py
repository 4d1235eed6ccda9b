"""What each finding of the report rests on in words, and why it may be harmless."""

from typing import Final

from search.vocabulary import Signal

HARMLESS: Final = {
    "same_text": "one person with two names, a family, or a shop that shows another shop's "
    "reviews can do this too",
    "burst": "a campaign, a sale, a launch, news, a mail that asks buyers for reviews, or an "
    "import of old reviews can do this too",
    "account": "one order of many things, or a mail that asks for a review of each, can do this "
    "too; where a source shows only names, several people may share one",
    Signal.SAME_TEXT_OTHER_AUTHOR: "one person with two names, or a shared template, can do this "
    "too",
    Signal.INCENTIVE_WORDS: "to say so is what the law asks for, and such a review may be honest",
    Signal.RATING_AGAINST_TEXT: "irony, a slip of the finger, a mixed review, or words that the "
    "sentiment stage got wrong can do this too",
    Signal.ONE_REVIEW_ACCOUNT: "everybody's first review is one, and most people never write a "
    "second",
    Signal.COPIED_FROM_PAGE: "some people quote the page without quotation marks, and some shops "
    "put a review into the description",
    "verified": "it is the source's word; how it is checked, the source alone knows, and an "
    "unverified buyer may have bought elsewhere",
    "incentivised": "it is the source's word, and such a review may be honest",
}
"""By kind of finding, and by signal."""

MEANING: Final = {
    Signal.SAME_TEXT_OTHER_AUTHOR: "repeat what another author said before",
    Signal.INCENTIVE_WORDS: "say that their author got something for it",
    Signal.RATING_AGAINST_TEXT: "have words that contradict their stars",
    Signal.ONE_REVIEW_ACCOUNT: "are the only review of their account, as the source says",
    Signal.COPIED_FROM_PAGE: "repeat the page's own description of the product",
}
"""What the mentions do that have a signal."""

AMONG: Final = {
    Signal.SAME_TEXT_OTHER_AUTHOR: "reviews, posts and comments with a known author",
    Signal.INCENTIVE_WORDS: "mentions",
    Signal.RATING_AGAINST_TEXT: "mentions with stars and words that can be rated",
    Signal.ONE_REVIEW_ACCOUNT: "mentions whose source counts their author's reviews",
    Signal.COPIED_FROM_PAGE: "mentions whose page describes the product",
}
"""What the share of a signal is of: where it could have been seen."""
