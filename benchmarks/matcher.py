"""
How many posts a second the matcher reads, with 10, 1,000 and 20,000 terms.

Invented posts of about 280 characters (fixed seed, a third not ASCII) are matched one after the
other on one process. The baseline is what one would write first: one compiled `re` with every
term as an alternative, case ignored, no diacritics folded and nothing but words. Then the page
gate: web pages of about 160 KB, none of which can match, against looking for each term in the
page's lower case.

    python benchmarks/matcher.py [--runs 5]
"""

import argparse
import random
import re
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

from search.matcher import Matcher
from search.mention import Mention
from search.parsing import parse

TERMS = (10, 1_000, 20_000)
POSTS = 2_000
PAGES = 20
SYLLABLES = ("es", "pres", "so", "ka", "fé", "hus", "ko", "ffie", "la", "tte", "stor", "må", "ne")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    rng = random.Random(20261122)  # noqa: S311 - the same posts every time
    vocabulary = [_word(rng) for _ in range(30_000)]
    posts = [_text(rng, vocabulary, 280) for _ in range(POSTS)]
    pages = [_page(rng, vocabulary) for _ in range(PAGES)]
    print(f"{'terms':>6}  {'posts/s':>9}  {'re':>9}  {'pages/s':>9}  {'in lower':>9}  matched")
    for count in TERMS:
        _compare(rng, vocabulary, count, posts, pages, runs)


def _compare(  # noqa: PLR0913, PLR0917 - one line of the table
    rng: random.Random,
    vocabulary: Sequence[str],
    count: int,
    posts: Sequence[str],
    pages: Sequence[str],
    runs: int,
) -> None:
    terms = [" ".join(rng.sample(vocabulary, 2)) for _ in range(count)]
    matcher = Matcher({term: parse(f'"{term}"') for term in terms})
    baseline = re.compile(rf"\b(?:{'|'.join(map(re.escape, terms))})\b", re.IGNORECASE)
    mentions = [
        Mention(source="import", source_id=str(number), url="https://x.example", text=text)
        for number, text in enumerate(_mix(rng, posts, terms))
    ]
    texts = [mention.text for mention in mentions]
    few = max(1, 2_000 // count)  # the baselines try every term, and need not be asked as often
    absent = Matcher({f"q{number}": parse(f'"qzx{number} house"') for number in range(count)})
    wanted = [f"qzx{number}" for number in range(count)]
    matched = sum(bool(matcher.match(mention)) for mention in mentions)
    print(
        f"{count:6,}"
        f"  {_rate(mentions, matcher.match, runs):9,.0f}"
        f"  {_rate(texts[:few], baseline.findall, runs):9,.0f}"
        f"  {_rate(pages, absent.may_match, runs):9,.0f}"
        f"  {_rate(pages[:few], lambda page: _holds_any(page.lower(), wanted), runs):9,.0f}"
        f"  {matched / len(mentions):6.1%}"
    )


def _rate(pieces: Sequence[Any], read: Callable[[Any], object], runs: int) -> float:
    """Return pieces a second, the median of several runs."""
    return statistics.median(_once(pieces, read) for _ in range(runs))


def _once(pieces: Sequence[Any], read: Callable[[Any], object]) -> float:
    start = time.perf_counter()
    for piece in pieces:
        read(piece)
    return len(pieces) / (time.perf_counter() - start)


def _holds_any(page: str, wanted: Sequence[str]) -> bool:
    return any(term in page for term in wanted)


def _word(rng: random.Random) -> str:
    return "".join(rng.choices(SYLLABLES, k=rng.randint(2, 5)))


def _text(rng: random.Random, vocabulary: Sequence[str], length: int) -> str:
    words = " ".join(rng.choices(vocabulary, k=length // 5))[:length]
    return words if rng.random() < 1 / 3 else words.replace("é", "e").replace("å", "a")


def _mix(rng: random.Random, posts: Sequence[str], terms: Sequence[str]) -> list[str]:
    """Let one post in twenty name a term."""
    return [
        f"{post[:140]} {rng.choice(terms)} {post[140:]}" if rng.random() < 0.05 else post
        for post in posts
    ]


def _page(rng: random.Random, vocabulary: Sequence[str]) -> str:
    paragraphs = (
        f'<p><a href="/{number}?a=1&amp;b=2">{_text(rng, vocabulary, 280)}</a>&nbsp;</p>\n'
        for number in range(460)
    )
    return f"<!DOCTYPE html><html><body>{''.join(paragraphs)}</body></html>"


if __name__ == "__main__":
    main()
