"""What Lighthouse says of the pages on a slow link, in a real browser.

    npm install --prefix ~/lighthouse lighthouse        (once; 185 MB; needs Node.js)
    python -m benchmarks.lighthouse --lighthouse ~/lighthouse/node_modules/lighthouse [URL]

Lighthouse is Google's program for such questions. It is no dependency of ours, and no test asks
it: it is as large as a browser and changes its scores with each release. What tests hold are the
budgets of weight and the rules of axe themselves (`tests/browser`).

It loads a page once and works out when it would be painted at 256 kbit/s and 400 ms there and
back, handshakes included (its own simulation, Lantern). `--slower 4` is what it takes for a
telephone, measured on a machine that has nothing else to do. Without an address it asks a node
as `./run` makes it; with one, the node that answers there.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, table
from benchmarks.links import LIMIT_SECONDS, PAGES, node_at
from tests.browser_program import find_browser

# First view of a public page: HTML and CSS, compressed.
LIMIT_BYTES = 14_000
# Of one broken rule, so many places are named.
MOST_PLACES = 5
# A page of a busy machine may take its time.
PATIENCE_SECONDS = 600


def asked_of(
    program: Path, url: str, language: str, kbit: float, delay_ms: float, slower: float
) -> dict[str, Any]:
    """The report of one page. Raises RuntimeError with what the program said."""
    flags = [
        "--headless=new",
        f"--lang={language}",
        *(["--no-sandbox"] if not os.geteuid() else []),
    ]
    headers = json.dumps({"Accept-Language": language})
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [
            "node", str(program / "cli" / "index.js"), url,
            "--quiet", "--output=json", f"--output-path={report}",
            "--only-categories=performance,accessibility,best-practices",
            f"--chrome-flags={' '.join(flags)}", f"--extra-headers={headers}",
            "--throttling-method=simulate",
            f"--throttling.rttMs={delay_ms:g}", f"--throttling.throughputKbps={kbit:g}",
            f"--throttling.cpuSlowdownMultiplier={slower:g}",
            "--screenEmulation.width=320", "--screenEmulation.height=640",
        ]  # fmt: skip
        environment = {**os.environ, "CHROME_PATH": find_browser() or ""}
        done = subprocess.run(
            command,
            check=False,
            env=environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )
        if not report.exists():
            raise RuntimeError(done.stderr.strip() or f"Lighthouse ended with {done.returncode}.")
        found: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
        if "runtimeError" in found:
            raise RuntimeError(f"{url}: {found['runtimeError']['message']}")
        return found


def figures_of(name: str, found: dict[str, Any]) -> Iterator[Figure]:
    """When it is painted, how heavy it is, and what is wrong with it."""

    def value(audit: str) -> float:
        return float(found["audits"][audit].get("numericValue") or 0)

    limit = ("limit", LIMIT_SECONDS)
    yield Figure(
        f"{name}: first contentful paint", value("first-contentful-paint") / 1000, "s", *limit
    )
    yield Figure(
        "  largest contentful paint", value("largest-contentful-paint") / 1000, "s", *limit
    )
    items = found["audits"]["network-requests"]["details"]["items"]
    first = [item for item in items if item.get("resourceType") in {"Document", "Stylesheet"}]
    weight = float(sum(item["transferSize"] for item in first))
    yield Figure("  HTML and CSS, with headers", weight, "B", "limit", LIMIT_BYTES)
    yield Figure("  all that was sent", value("total-byte-weight"), "B")
    yield Figure("  asked for", float(len(items)), "")
    for category in ("performance", "accessibility", "best-practices"):
        score = float(found["categories"][category]["score"] or 0)
        yield Figure(f"  {category}", score * 100, "of 100")


def faults_of(found: dict[str, Any]) -> list[str]:
    """The rules of access that the page breaks, and where."""
    rules = [rule["id"] for rule in found["categories"]["accessibility"]["auditRefs"]]
    return [
        f"{rule} ({item.get('node', {}).get('selector', '')})"
        for rule in rules
        if found["audits"][rule]["score"] == 0
        for item in found["audits"][rule]["details"]["items"][:MOST_PLACES]
    ]


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.lighthouse", description=__doc__)
    parser.add_argument("--lighthouse", type=Path, required=True, help="folder of the npm package")
    parser.add_argument("--kbit", type=float, default=256, help="kbit/s, both ways")
    parser.add_argument("--delay-ms", type=float, default=400, help="there and back")
    parser.add_argument(
        "--slower", type=float, default=1, help="than this processor, so many times"
    )
    parser.add_argument("--languages", default="en,km", help="of the pages, by comma")
    parser.add_argument("url", nargs="?", default="")
    args = parser.parse_args()
    if find_browser() is None:
        print("No Chromium found; name one in TONLE_CHROMIUM.", file=sys.stderr)
        return 1
    figures: list[Figure] = []
    faults: list[str] = []
    with node_at(args.url) as url:
        for name, path in PAGES:
            for language in args.languages.split(","):
                page, what = url + path, f"{name}, {language}"
                found = asked_of(
                    args.lighthouse, page, language, args.kbit, args.delay_ms, args.slower
                )
                figures += figures_of(what, found)
                faults += [f"{what}: {rule}" for rule in faults_of(found)]
    print(f"Lighthouse {found['lighthouseVersion']}: {args.kbit:g} kbit/s, {args.delay_ms:g} ms,")
    print(f"a processor {args.slower:g} times slower, 320 pixels wide\n")
    print(table(figures))
    print("\nRules of access that are broken: " + ("; ".join(faults) or "none"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
