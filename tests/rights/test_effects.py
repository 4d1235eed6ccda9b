"""The tables of effects."""

from search.rights.effects import DATA_MINING, ROBOTS, USAGE
from search.vocabulary import Effect


def test_every_table_speaks_only_of_effects_there_are() -> None:
    for table in (ROBOTS, USAGE, DATA_MINING):
        assert set(Effect) >= {effect for effects in table.values() for effect in effects}
