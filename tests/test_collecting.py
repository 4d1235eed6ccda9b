"""A crawl looks for garbage rarely; nothing else in the program does so."""

import json
import subprocess
import sys

import pytest

from crawlers.collecting import THRESHOLDS
from tests.crawling import process_environment

SCRIPT = """
import gc, json
from scrapy.utils.test import get_crawler
from crawlers.base import Plan
from crawlers.spiders.website import WebsiteSpider
from search.config import Brand, Config
if {crawls}:
    plan = Plan(source="website", brands=(Brand(name="a", query="a"),), address="https://a.example")
    crawler = get_crawler(WebsiteSpider, {{"SAYSO_CONFIG": Config(store="{store}")}})
    WebsiteSpider.from_crawler(crawler, plan=plan)
print(json.dumps(gc.get_threshold()))
"""


@pytest.mark.parametrize("crawls", [True, False])
def test_only_a_crawl_changes_how_often_garbage_is_looked_for(
    tmp_path_factory: pytest.TempPathFactory, *, crawls: bool
) -> None:
    store = tmp_path_factory.mktemp("crawl") / "sayso.db"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT.format(crawls=crawls, store=store)],
        capture_output=True,
        text=True,
        check=True,
        env=process_environment(),
    )

    expected = THRESHOLDS if crawls else (700, 10, 10)
    assert list(expected) == json.loads(done.stdout)
