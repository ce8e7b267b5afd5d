"""When a page can be read over a slow link, in a real browser.

    python -m benchmarks.links [--kbit 256] [--delay-ms 400] [--runs 3] [URL]

Chromium is told to behave as on such a link (its own emulation of networks: each request waits
the delay, bytes flow at the rate). The emulation leaves the handshakes out, so they are
added: one delay for TCP, one more for TLS 1.3. Readable is the first contentful paint: text
in its place, styled, since the one stylesheet holds painting up and no font is waited for.
Printed beside: the same page on no such link, and a second page of the same visit.

Without an address it makes a node as `./run` does; with one it asks the node that answers there.
Source: W3C Paint Timing; Chrome DevTools Protocol, Network.emulateNetworkConditions.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.figures import Figure, table
from tests.browser_program import find_browser

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# What the search page should reach on 256 kbit/s and 400 ms.
LIMIT_SECONDS = 3.0
PAGES = (("search page", "/search?q=water"), ("front page", "/"))

_PAINTED = """() => new Promise((done) => new PerformanceObserver((list) => {
  const paint = list.getEntriesByName("first-contentful-paint")[0];
  if (paint) done(paint.startTime);
}).observe({ type: "paint", buffered: true }))"""
_BYTES = """() => [...performance.getEntriesByType("navigation"),
  ...performance.getEntriesByType("resource")].map((one) => one.transferSize)"""


def visit(
    browser: Browser, address: str, language: str, kbit: float | None, delay_ms: float
) -> dict[str, Any]:
    """Milliseconds to the first contentful paint of a first and of a second page, and bytes."""
    context = browser.new_context(locale=language, viewport={"width": 320, "height": 640})
    try:
        page = context.new_page()
        if kbit is not None:
            tools = context.new_cdp_session(page)
            tools.send("Network.enable")
            rate = kbit * 1000 / 8
            tools.send(
                "Network.emulateNetworkConditions",
                {
                    "offline": False,
                    "latency": delay_ms,
                    "downloadThroughput": rate,
                    "uploadThroughput": rate,
                },
            )
        page.goto(address, wait_until="load")
        first, sizes = float(page.evaluate(_PAINTED)), page.evaluate(_BYTES)
        mark = "&" if "?" in address else "?"
        page.goto(f"{address}{mark}second=1", wait_until="load")
        return {
            "first": first,
            "second": float(page.evaluate(_PAINTED)),
            "bytes": sum(sizes),
            "requests": len(sizes),
        }
    finally:
        context.close()


def measure(
    url: str, languages: list[str], kbit: float, delay_ms: float, runs: int
) -> Iterator[Figure]:
    from playwright.sync_api import sync_playwright

    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=arguments)
        for name, path in PAGES:
            for language in languages:
                address = url + path
                visit(browser, address, language, None, 0)  # The node has made it once.
                near = [visit(browser, address, language, None, 0) for _ in range(runs)]
                far = [visit(browser, address, language, kbit, delay_ms) for _ in range(runs)]

                def median(found: list[dict[str, Any]], what: str) -> float:
                    return float(statistics.median(one[what] for one in found))

                first, link = median(far, "first") / 1000, median(near, "first") / 1000
                limit = ("limit", LIMIT_SECONDS)
                what = f"{name}, {language}"
                yield Figure(f"{what}: readable", first, "s", "no slow link", link)
                yield Figure("  and a handshake", first + delay_ms / 1000, "s", *limit)
                yield Figure("  and TLS 1.3", first + 2 * delay_ms / 1000, "s", *limit)
                yield Figure("  a second page", median(far, "second") / 1000, "s", *limit)
                yield Figure("  bytes of the first", median(far, "bytes"), "B")
                yield Figure("  asked for", median(far, "requests"), "")
        browser.close()


@contextmanager
def node_at(address: str) -> Iterator[str]:
    """The node that answers at an address; without one, a new node with the starter set."""
    if address:
        yield address.rstrip("/")
        return
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    from tests.starter import starter_node

    with tempfile.TemporaryDirectory() as data, starter_node(Path(data) / "var") as node:
        yield node.url


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.links", description=__doc__)
    parser.add_argument("--kbit", type=float, default=256, help="kbit/s, both ways")
    parser.add_argument("--delay-ms", type=float, default=400, help="added to each request")
    parser.add_argument("--runs", type=int, default=3, help="the median is told")
    parser.add_argument("--languages", default="en,km", help="of the pages, by comma")
    parser.add_argument("url", nargs="?", default="")
    args = parser.parse_args()
    if find_browser() is None:
        print("No Chromium found; name one in TONLE_CHROMIUM.", file=sys.stderr)
        return 1
    with node_at(args.url) as url:
        languages = args.languages.split(",")
        figures = list(measure(url, languages, args.kbit, args.delay_ms, args.runs))
    print(f"{args.kbit:g} kbit/s, {args.delay_ms:g} ms, 320 pixels wide; median of {args.runs}\n")
    print(table(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
