"""
A folder of assets while it is filled: what is wanted, what is there already, what came.

Whether an item may still be used is asked again before each of its files is delivered, and at the
end of all that were: a run may take hours, and whoever withdraws meanwhile is heard.

Nothing here asks the network. Whoever does hands in bytes or a reason (`crawlers/assets.py`), and
everything wanted ends as a file or with a reason in the manifest, which is written every few
seconds: a run that is cut off leaves true papers, and the next one goes on.
"""

import dataclasses
import datetime as dt
import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from search.assets.downloading import refuse_download, refuse_item, refuse_licence
from search.assets.kinds import FileKind, kind_of
from search.assets.manifest import (
    AssetFile,
    Embedded,
    Manifest,
    NoFile,
    Superseded,
    read_manifest,
    sha256_of,
    write_manifest,
    write_whole,
)
from search.assets.notices import notice_of
from search.mention import Media
from search.permissions.lists.granted_item import GrantedItem
from search.rights.iim_writing import iim_values
from search.rights.images import read_image_rights
from search.rights.notice import CannotEmbed, RightsNotice
from search.rights.writing import embed, sidecar

LARGEST_UPLOAD_MB: Final = 1024
SECONDS_BETWEEN_MANIFESTS: Final = 5.0
NOT_REACHED: Final = "not fetched: the run ended before"
_NO_MEDIA: Final = "the file is no picture, film or sound that Sayso knows, whatever its name says"


@dataclasses.dataclass(frozen=True, slots=True)
class Wanted:
    """One file that there should be."""

    item: GrantedItem
    number: int
    """Of the attachment, from 1."""

    media: Media | None
    """What the source says of it; ``None``: its author handed it in."""

    notice: RightsNotice

    @property
    def key(self) -> tuple[str, int]:
        """What it is the file of, on every run."""
        return self.item.stored.id, self.number

    @property
    def url(self) -> str | None:
        """Where it can be fetched; ``None``: nowhere, it was handed in."""
        return self.media.url if self.media is not None else None


class Gathering:
    """One run over one folder, which is there and nobody else fills."""

    def __init__(
        self, folder: Path, now: dt.datetime, refuse_now: Callable[[GrantedItem], str | None]
    ) -> None:
        """``refuse_now`` says why an item may not be used any more; ``None``: it still may."""
        for left in folder.glob(".*.part"):  # by a run that was killed
            left.unlink(missing_ok=True)
        self.folder = folder
        self.now = now
        self.fetched = 0
        self.kept = 0
        self._refuse_now = refuse_now
        self._delivered: dict[tuple[str, int], Wanted] = {}
        self._fresh: set[tuple[str, int]] = set()
        self._withdrawn: dict[str, str] = {}
        self._before = read_manifest(folder) or Manifest()
        self._earlier = {(one.mention, one.number): one for one in self._before.files}
        self._files: dict[tuple[str, int], AssetFile] = {}
        self._without: dict[tuple[str, int], NoFile] = {}
        self._first: GrantedItem | None = None
        self._saved = time.monotonic()

    def plan(
        self, items: Iterable[GrantedItem], uploads: Mapping[str, Sequence[Path]]
    ) -> list[Wanted]:
        """Take what is there or handed in, refuse what must be, and list what is to be fetched."""
        wanted = [one for item in items for one in self._want(item, uploads)]
        return [one for one in wanted if not self._keep(one)]

    def take(self, wanted: Wanted, data: bytes) -> None:
        """Deliver a file that came."""
        kind = kind_of(data)
        if kind is None:
            self.refuse(wanted, _NO_MEDIA)
            return
        rights = read_image_rights(data)
        stated = rights.licence if wanted.media is not None else None
        if why := refuse_licence(wanted.item, stated):
            self.refuse(wanted, why)
            return
        named = rights.credit.name if rights.credit is not None else None
        other = named if named != wanted.notice.creator else None
        if why := self._refuse_now(wanted.item):
            self.refuse(wanted, why)
            return
        self._fresh.add(wanted.key)
        self._deliver(wanted, data, kind, hashlib.sha256(data).hexdigest(), other)
        self.fetched += 1

    def refuse(self, wanted: Wanted, reason: str) -> None:
        """Note why there is no file."""
        mention = wanted.item.stored.mention
        self._without[wanted.key] = NoFile(
            mention=mention.id, permalink=mention.url, url=wanted.url, reason=reason
        )
        self._save_sometimes()

    def finish(self) -> Manifest:
        """Take back what may not be used any more, and write the last manifest."""
        reasons: dict[str, str | None] = {}
        for key, wanted in list(self._delivered.items()):
            if key[0] not in reasons:
                reasons[key[0]] = self._refuse_now(wanted.item)
            if why := reasons[key[0]]:
                self._take_back(wanted, why)
        return self.save()

    def _take_back(self, wanted: Wanted, why: str) -> None:
        """Remove a file that this run has brought; one of an earlier run may be in use."""
        made = self._files.pop(wanted.key)
        is_fresh = wanted.key in self._fresh
        for name in filter(None, (made.path, made.sidecar)):
            self._withdrawn[name] = why
            if is_fresh:
                (self.folder / name).unlink(missing_ok=True)
        self.fetched -= is_fresh
        self.kept -= not is_fresh
        self.refuse(wanted, why)

    def save(self) -> Manifest:
        """Write the manifest as things stand."""
        first = self._first
        manifest = Manifest(
            use=first.use if first is not None else None,
            decided_at=first.decided_at if first is not None else None,
            written_at=self.now,
            files=tuple(self._files[key] for key in sorted(self._files)),
            without_file=tuple(self._without[key] for key in sorted(self._without)),
            superseded=tuple(self._superseded()),
        )
        write_manifest(self.folder, manifest)
        self._saved = time.monotonic()
        return manifest

    def _want(self, item: GrantedItem, uploads: Mapping[str, Sequence[Path]]) -> Iterator[Wanted]:
        self._first = self._first or item
        mention = item.stored.mention
        why = refuse_item(item, self.now.astimezone(dt.UTC).date()) or self._refuse_now(item)
        if why is not None:
            self.refuse(Wanted(item, 0, None, notice_of(item)), why)
        elif handed_in := uploads.get(mention.id):
            for number, path in enumerate(handed_in, 1):
                self._take_upload(Wanted(item, number, None, notice_of(item)), path)
        elif not mention.media:
            self.refuse(Wanted(item, 0, None, notice_of(item)), "nothing is attached to it")
        else:
            for number, media in enumerate(mention.media, 1):
                one = Wanted(item, number, media, notice_of(item, media))
                self.refuse(one, refuse_download(item, media) or NOT_REACHED)
                if self._without[one.key].reason == NOT_REACHED:
                    yield one

    def _take_upload(self, wanted: Wanted, path: Path) -> None:
        try:
            if path.stat().st_size > LARGEST_UPLOAD_MB * 1024 * 1024:
                self.refuse(wanted, f"what its author handed in is over {LARGEST_UPLOAD_MB} MB")
                return
            data = path.read_bytes()
        except OSError as error:
            self.refuse(wanted, f"what its author handed in cannot be read: {error.strerror}")
            return
        old = self._earlier.get(wanted.key)
        came = hashlib.sha256(data).hexdigest()
        if old is None or old.fetched_sha256 != came or not self._keep(wanted):
            self.take(wanted, data)

    def _keep(self, wanted: Wanted) -> bool:
        """Use a file of an earlier run, if it is what would be fetched and still whole."""
        old = self._earlier.get(wanted.key)
        if old is None or old.source_url != wanted.url or not self._is_whole(old):
            return False
        if old.notice == wanted.notice:
            self._note(wanted, _renewed(old, wanted.item))
        elif iim_values(old.notice) == iim_values(wanted.notice):
            data = (self.folder / old.path).read_bytes()
            kind = kind_of(data)
            if kind is None:
                return False
            self._deliver(wanted, data, kind, old.fetched_sha256, old.names_maker)
        else:  # other names stand in it, where they cannot be told from the maker's
            return False
        self.kept += 1
        return True

    def _is_whole(self, old: AssetFile) -> bool:
        path = self.folder / old.path
        beside = old.sidecar is None or (self.folder / old.sidecar).is_file()
        return beside and path.is_file() and sha256_of(path) == old.sha256

    def _deliver(
        self, wanted: Wanted, data: bytes, kind: FileKind, fetched: str, other: str | None
    ) -> None:
        why, beside = None, None
        stem = f"{wanted.key[0]}-{wanted.number}"
        try:
            data = embed(data, wanted.notice)
        except CannotEmbed as error:
            why, beside = str(error), f"{stem}.xmp"
            write_whole(self.folder / beside, sidecar(wanted.notice))
        path = f"{stem}.{kind.ending}"
        write_whole(self.folder / path, data)
        if beside is None:
            (self.folder / f"{stem}.xmp").unlink(missing_ok=True)
        item, mention = wanted.item, wanted.item.stored.mention
        made = AssetFile(
            path=path, sidecar=beside, mention=mention.id, number=wanted.number,
            permalink=mention.url, source_url=wanted.url, content_type=kind.content_type,
            size=len(data), sha256=hashlib.sha256(data).hexdigest(), fetched_sha256=fetched,
            embedded=Embedded.YES if beside is None else Embedded.SIDECAR, why_not_embedded=why,
            names_maker=other,
            credit_line=item.credit_line, basis=item.basis, licence=item.licence,
            licence_url=item.licence_url, scope=item.scope, expires=item.expires,
            terms_version=item.terms_version, terms_sha256=item.terms_sha256,
            evidence=item.evidence, notice=wanted.notice,
        )  # fmt: skip
        self._note(wanted, made)

    def _note(self, wanted: Wanted, made: AssetFile) -> None:
        self._files[wanted.key] = made
        self._delivered[wanted.key] = wanted
        self._without.pop(wanted.key, None)
        self._save_sometimes()

    def _save_sometimes(self) -> None:
        if time.monotonic() - self._saved > SECONDS_BETWEEN_MANIFESTS:
            self.save()

    def _superseded(self) -> Iterator[Superseded]:
        now = {one.path for one in self._files.values()}
        now |= {one.sidecar for one in self._files.values() if one.sidecar is not None}
        gone: dict[str, str] = {}
        for one in self._before.superseded:
            gone[one.path] = one.reason
        for key, old in self._earlier.items():
            reason = self._without[key].reason if key in self._without else "not handed out now"
            gone.update({name: reason for name in (old.path, old.sidecar) if name is not None})
        gone |= self._withdrawn
        for path, reason in sorted(gone.items()):
            was_here = path in self._withdrawn or (self.folder / path).exists()
            if path not in now and was_here:
                yield Superseded(path=path, reason=reason)


def _renewed(old: AssetFile, item: GrantedItem) -> AssetFile:
    """Say of a file that stays what holds now, which may be more than what stands in it."""
    return dataclasses.replace(
        old, permalink=item.stored.mention.url, credit_line=item.credit_line, basis=item.basis,
        licence=item.licence, licence_url=item.licence_url, scope=item.scope,
        expires=item.expires, terms_version=item.terms_version, terms_sha256=item.terms_sha256,
        evidence=item.evidence,
    )  # fmt: skip
