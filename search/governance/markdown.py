"""Values of a configuration as Markdown shows them: as they are, whatever signs they hold."""

import re
from collections.abc import Mapping
from typing import Any, Final

_SPECIAL: Final = re.compile(r"[\\`*_\[\]<>|~#&$]")
_AT_THE_START: Final = re.compile(r"^(\d{1,9})?([-+=.)])")
_PLAIN_LINK: Final = re.compile(r"https?://[\w\-./~%+:?=,;]+", re.ASCII)
_UNSEEN: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+"
)


def escape(text: str) -> str:
    """Write text on one line so that Markdown reads it as text; a web address is a link."""
    line = " ".join(_UNSEEN.sub(" ", text).split())
    if _PLAIN_LINK.fullmatch(line):
        return f"<{line}>"
    return _AT_THE_START.sub(r"\1\\\2", _SPECIAL.sub(r"\\\g<0>", line))


def escape_all(value: Any) -> Any:
    """Escape every text in lists and tables; keys are ours."""
    match value:
        case str():
            return escape(value)
        case Mapping():
            return {key: escape_all(each) for key, each in value.items()}
        case list() | tuple():
            return [escape_all(each) for each in value]
        case _:
            return value
