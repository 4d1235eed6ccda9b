"""How often whom may be asked: the ``[asking.caps]`` table (rights.md R6.1)."""

import pydantic

from search.strict import Strict


class Caps(Strict):
    """The ``[asking.caps]`` table of `sayso.toml`: how often authors are asked, at most."""

    open_per_author: pydantic.PositiveInt = 1
    """Requests to one author that are queued or wait for an answer."""

    per_author: pydantic.PositiveInt = 2
    """Requests to one author within ``author_days``."""

    author_days: pydantic.PositiveInt = 180
    """See ``per_author``."""

    per_day: pydantic.PositiveInt = 40
    """Requests of the account in 24 hours, with those that are queued."""

    per_hour: pydantic.PositiveInt = 10
    """Requests of the account in an hour; whoever composes one more is told to wait."""

    days_after_no: pydantic.NonNegativeInt = 730
    """So long an author who said no, or withdrew a yes, is not asked for anything else."""

    days_after_silence: pydantic.NonNegativeInt = 180
    """The same for an author who did not answer."""

    most_declined_percent: pydantic.NonNegativeFloat = 5
    """Of the last 50 requests; with more declined no further ones are chosen."""
