"""What the indices and aliases of a store are called."""

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True)
class Names:
    """The names of one store's parts, which begin with its prefix."""

    prefix: str

    @property
    def mentions(self) -> str:
        """The alias to read by."""
        return f"{self.prefix}-mentions"

    @property
    def write_alias_begin(self) -> str:
        """How the aliases to write by begin."""
        return f"{self.mentions}-write-"

    def index(self, number: int) -> str:
        """Name one index of mentions."""
        return f"{self.mentions}-{number:06d}"

    def write_alias(self, number: int) -> str:
        """Name the alias by which new mentions go into one index, while it is the last."""
        return f"{self.write_alias_begin}{number:06d}"

    def own(self, name: str) -> str:
        """Name one of the small indices."""
        return f"{self.prefix}-{name}"

    def is_of_mentions(self, index: str) -> bool:
        """Whether an index holds mentions, by its name."""
        return index.startswith(f"{self.mentions}-0")
