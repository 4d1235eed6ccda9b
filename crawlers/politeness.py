"""
How Sayso behaves towards sites: the parts, and the order in which Scrapy asks them.

A request passes from the smallest number to the largest, a response back. The guard comes first,
since nothing may be asked of a private address, robots.txt included. Reservations are read after
redirects and decompression (590, 600); pauses see a refusal before it is retried (550). Budgets
are last, so that whatever reaches a host is counted, robots.txt and redirects included.

Scrapy's ``DOWNLOAD_TIMEOUT`` covers a whole response and not only its silence, so one that
trickles in for ever is cut by it; ``DOWNLOAD_MAXSIZE`` counts decompressed bytes as well.
"""

DOWNLOADER_MIDDLEWARES: dict[str, int | None] = {
    "crawlers.addresses.AddressGuard": 50,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawlers.robots.RobotsTxt": 100,
    "crawlers.reservations.Reservations": 110,
    "crawlers.pauses.Pauses": 560,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # sources stay on their site
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "crawlers.redirects.MetaRefresh": 580,
    "crawlers.budgets.middleware.Budgets": 990,
}

DNS_RESOLVER = "crawlers.addresses.PublicResolver"
"""For ``TWISTED_DNS_RESOLVER``: the guard judges names where they are resolved."""
