"""Files that are no text: told by how they begin, and answered with what to do instead."""

HEAD = 1_024
"""Bytes looked at."""

_WORKBOOK = "a workbook: save it as csv"
_BOOK_PARTS = (b"xl/", b"[Content_Types].xml", b"opendocument.spreadsheet")
_SIGNATURES = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _WORKBOOK),
    (b"SQLite format 3\x00", "a SQLite database, not a text file: export a table of it as csv"),
    (b"PAR1", "a parquet file: only ndjson and csv can be imported"),
    (b"PK\x03\x04", "a zip archive: unpack it first"),
    (b"PK\x05\x06", "an empty zip archive"),
)
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def refusal(head: bytes) -> str | None:
    """Say what a file is that begins like this, or return ``None`` for what may be text."""
    if head.startswith(b"PK\x03\x04") and any(part in head for part in _BOOK_PARTS):
        return _WORKBOOK
    for signature, what in _SIGNATURES:
        if head.startswith(signature):
            return what
    first_line = head.partition(b"\n")[0]  # in a later one it is a fault of that line alone
    if b"\x00" in first_line and not head.startswith(_UTF_16):
        return "not a text file"
    return None
