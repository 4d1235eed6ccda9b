"""Commands with a query: its words need no quotes, and one may begin with ``-``."""

import re

import click

_LIMIT = re.compile(r"-n\d+")


class QueryCommand(click.Command):
    """A command in which ``-news`` excludes a word and is no option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put options first and the words of the query behind ``--``."""
        options: list[str] = []
        words: list[str] = []
        waiting = list(args)
        while waiting:
            word = waiting.pop(0)
            if word == "--":
                words += waiting
                break
            if (taken := self._taken_by(ctx, word)) is None:
                words.append(word)
            else:
                options += [word, *waiting[:taken]]
                del waiting[:taken]
        return super().parse_args(ctx, [*options, "--", *words])

    def _taken_by(self, ctx: click.Context, word: str) -> int | None:
        """Return how many words follow an option; ``None`` for a word that is none."""
        for option in self.get_params(ctx):
            if isinstance(option, click.Option) and word in option.opts:
                return 0 if option.is_flag else option.nargs
        return 0 if word.startswith("--") or _LIMIT.fullmatch(word) else None


def join_words(_: click.Context, __: click.Parameter, words: tuple[str, ...]) -> str:
    """Make one query of the words of a command line; without any, it is everything."""
    return " ".join(words) if words else "*"
