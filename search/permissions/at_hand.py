"""What composing needs beside the mention, read once for many messages."""

import dataclasses
from pathlib import Path
from typing import Self

from search.config import Config
from search.people.suppression import Suppressions
from search.permissions.keeping import Permissions
from search.permissions.wording.shelf import Shelf, read_shelf, shipped
from search.stores.base import Store


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class AtHand:
    """Read at one moment; what others record later is seen by `permissions` alone."""

    permissions: Permissions
    shelf: Shelf
    """The templates that the configuration names, or those of Sayso."""

    suppressions: Suppressions
    """Who is not to be contacted."""

    @classmethod
    def of(cls, store: Store, config: Config) -> Self:
        """Read it; raises `BadTemplate` and `SuppressionError`."""
        folder = config.asking.templates if config.asking else None
        return cls(
            permissions=Permissions(store),
            shelf=shipped() if folder is None else read_shelf(config.folder / Path(folder)),
            suppressions=Suppressions.open(store, config),
        )
