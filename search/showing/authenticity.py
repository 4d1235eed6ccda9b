"""`sayso authenticity`: what about the mentions of a search is worth a closer look."""

import itertools
from collections.abc import Iterator

import click
from rich.console import Console
from rich.text import Text

from search.authenticity.finding import Finding
from search.authenticity.report import Report, make_report
from search.parsing import parse
from search.showing.hinting import hints
from search.showing.printing import print_json
from search.stores.base import Store

NO_VERDICT = "Signals for a closer look, none a verdict; not for publication."
_HEADINGS = {
    "same_text": "The same text by different authors",
    "burst": "Bursts",
    "account": "Many reviews of one brand by one account in one day",
    "signal": "Signals",
    "source_says": "What sources say",
}


def show_authenticity(store: Store, text: str, *, limit: int, as_json: bool = False) -> None:
    """Print what was found, each with what was counted and why it may be harmless."""
    query = parse(text)
    report = make_report(store, query, limit=limit)
    console = Console()
    if as_json:
        _print_lines(report)
    elif console.is_terminal:
        _print_sections(report, console)
    else:
        for finding in report.findings:
            told = (finding.kind, finding.about, finding.counted, finding.harmless)
            click.echo("\t".join([*map(_line, told), " ".join(finding.mentions)]))
    aside = as_json or not console.is_terminal
    for note in (*_notes(report), *(hints(store, query) if not report.read else ())):
        click.echo(note, err=aside)


def _notes(report: Report) -> Iterator[str]:
    if report.is_cut:
        since = f", back to {report.oldest_at:%Y-%m-%d}" if report.oldest_at else ""
        yield (
            f"read the newest {report.read:,} of {report.found:,} mentions{since}; "
            "`since:` and `until:` in the query look elsewhere"
        )
    else:
        yield f"read {report.read:,} mentions"
    if report.undated:
        yield f"{report.undated:,} have no date and are in no burst and no busy day"
    yield NO_VERDICT if report.findings else "nothing stands out"


def _print_lines(report: Report) -> None:
    oldest = report.oldest_at.isoformat() if report.oldest_at else None
    head = {"found": report.found, "read": report.read, "undated": report.undated}
    print_json({"kind": "read", **head, "oldest_at": oldest, "note": NO_VERDICT})
    for finding in report.findings:
        print_json(_plain(finding))


def _plain(finding: Finding) -> dict[str, object]:
    return {
        "kind": finding.kind,
        "about": finding.about,
        "counted": finding.counted,
        "harmless": finding.harmless,
        "numbers": dict(finding.numbers),
        "mentions": list(finding.mentions),
    }


def _print_sections(report: Report, console: Console) -> None:
    for kind, findings in itertools.groupby(report.findings, key=lambda finding: finding.kind):
        console.print(Text(_HEADINGS[kind], style="bold"))
        for finding in findings:
            console.print(Text.assemble("  ", (_line(finding.about), "cyan")))
            console.print(Text(f"    {finding.counted}"))
            console.print(Text(f"    but {finding.harmless}", style="dim"))
            if finding.mentions:
                shown = " ".join(name[:10] for name in finding.mentions[:8])
                console.print(Text(f"    {shown}", style="dim"))
        console.print()


def _line(text: str) -> str:
    return " ".join(text.split())
