"""The table of docs/replies.md: what the labelled replies mean, and what they are judged to be."""

import collections
from collections.abc import Sequence

from search.permissions.replying.judgement import Verdict
from search.permissions.replying.judging import judge
from tests.permissions.replies.situations import Case, cases, of


def judged(found: Sequence[Case]) -> "collections.Counter[tuple[str, str]]":
    """Count the cases by label and verdict."""
    return collections.Counter((case.label, str(judge(*of(case)).verdict)) for case in found)


def table() -> str:
    """Write the matrix of both sets in Markdown: a row is what a person says it is."""
    names = [str(verdict) for verdict in Verdict]
    lines = [
        f"| Replies | Meant | n | {' | '.join(names)} |",
        f"|---|---|{'--:|' * (len(names) + 1)}",
    ]
    for name in ("cases", "held_out"):
        found = judged(cases(name))
        for label in names:
            row = [found[label, verdict] for verdict in names]
            counts = " | ".join(str(count or "·") for count in row)
            lines.append(f"| `{name}` | {label} | {sum(row)} | {counts} |")
    return "\n".join(lines)
