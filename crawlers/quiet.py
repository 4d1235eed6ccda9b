"""Log lines without anybody's words: a mention's text never reaches a log."""

from typing import Any

from scrapy.logformatter import LogFormatter, LogFormatterResult

from search.mention import Mention


class QuietFormatter(LogFormatter):
    """Scrapy's formatter, but a mention is named by its id."""

    def scraped(self, item: Any, response: Any, spider: Any) -> LogFormatterResult:
        """Describe a mention that went through."""
        return super().scraped(_name(item), response, spider)

    def dropped(
        self, item: Any, exception: BaseException, response: Any, spider: Any
    ) -> LogFormatterResult:
        """Describe a mention that was left out."""
        return super().dropped(_name(item), exception, response, spider)

    def item_error(
        self, item: Any, exception: BaseException, response: Any, spider: Any
    ) -> LogFormatterResult:
        """Describe a mention that could not be delivered."""
        return super().item_error(_name(item), exception, response, spider)


def _name(item: Any) -> Any:
    return f"mention {item.id}" if isinstance(item, Mention) else item
