"""Tidying up at the start: what a process left on disk that was killed over a form."""

from pathlib import Path

from search.notes import all_under
from search.permissions.form_answers import files_of_answers
from search.permissions.keeping import Permissions
from search.stores.base import Store
from search.web.creator.originals import NOTES, Originals, prepare


def tidy(store: Store, uploads: Path) -> None:
    """
    Make the folder of originals, and delete parts, and originals that nothing names.

    Only files that this store noted as coming to this folder: others may share it.
    """
    prepare(uploads)
    permissions = Permissions(store)
    for key, _ in list(all_under(store.notes, NOTES)):
        mention = key.removeprefix(NOTES)
        named = files_of_answers(store, permissions, mention)
        Originals(store.notes, uploads, mention).forget_unnamed(named)
