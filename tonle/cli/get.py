"""What `tonle get` does and says, from its arguments to its exit code."""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
from pathlib import Path

from config.options import read
from tonle.cli.progress import Progress
from tonle.client.asking import CannotGet, Client
from tonle.client.getting import (
    Job,
    address_of,
    document_of,
    in_order,
    inside,
    listed,
    wanted,
)

DONE, UNDONE, WRONG = 0, 1, 2
_KB = 1000


def run(args: argparse.Namespace) -> int:
    """Get files. 0: all are there. 1: some are not. 2: it was wrongly called."""
    try:
        what = wanted(args.record, args.names, args.version, args.node or this_node())
        token = token_from(args.token_file)
    except (CannotGet, OSError) as error:
        return _say(str(error), WRONG)
    client = Client(token)
    try:
        document = document_of(client, what)
        files = in_order(listed(document, what.names))
    except CannotGet as error:
        return _say(str(error), UNDONE)
    folder = Path(args.to) if args.to else Path(f"{document['id']}-v{document['version']}")
    undone, new = 0, 0
    total = sum(file.size_bytes for file in files)
    with Progress("Getting", max(1, total // _KB), unit="kB") as progress:
        counted = Kilobytes(progress, quiet=args.quiet)
        job = Job(client, counted.add, replace=args.replace, parallel=args.parallel)
        for file in files:
            try:
                place = inside(folder, file.name)
                nodes = [what.node, *args.mirror]
                places = [address_of(node, document, file.name) for node in nodes]
                new += job.get(places, file, place)
            except CannotGet as error:
                undone += _say(str(error), 1)
            except OSError as error:
                # Most often a disk that is full; what was synced before is on it.
                why = error.strerror or str(error)
                undone += _say(f"{file.name}: {why}. What came is kept; repeat the command.", 1)
    if not what.names:
        undone += _keep(document, folder)
    if not args.quiet:
        there = len(files) - undone
        print(f"{folder}: {new} got, {max(0, there - new)} already there, {undone} not got.")
    return UNDONE if undone else DONE


class Kilobytes:
    """Bytes told to a progress line that counts in thousands."""

    def __init__(self, progress: Progress, *, quiet: bool) -> None:
        self._progress, self._quiet, self._bytes = progress, quiet, 0
        # A long file comes over several links at once.
        self._lock = threading.Lock()

    def add(self, number: int) -> None:
        with self._lock:
            before = self._bytes // _KB
            self._bytes += number
            if not self._quiet:
                self._progress.advance(self._bytes // _KB - before)


def _keep(document: dict[str, object], folder: Path) -> int:
    """Put the record's document beside its files. 1 where another file has its name."""
    text = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    place = folder / "record.json"
    if place.exists():
        if place.read_text(encoding="utf-8") == text:
            return 0
        return _say(f"{place} is there and differs. It was left as it is.", 1)
    folder.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8")
    return 0


def this_node() -> str:
    address: str = read("TONLE_URL", os.environ)
    return address or f"http://localhost:{read('TONLE_PORT', os.environ)}"


def token_from(file: str | None) -> str:
    """From a file, so that no list of processes shows it, else from the environment."""
    if file:
        return Path(file).read_text(encoding="utf-8").strip()
    token: str = read("TONLE_TOKEN", os.environ)
    return token.strip()


def _say(sentence: str, code: int) -> int:
    print(sentence, file=sys.stderr)
    return code
