"""`tonle organisation import`: organisations of the six members, from a dump of ROR."""

from __future__ import annotations

import argparse
import io
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tonle.cli.public import Command, Progress, register

_SHOWN = 20  # of each sort of remark; a dump can have thousands


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="a dump of ROR, schema 2: the zip, or its JSON")
    parser.add_argument("--dry-run", action="store_true", help="add nothing, and say what would be")


@contextmanager
def _opened(path: Path) -> Iterator[IO[str]]:
    """The JSON of a dump, read as a stream. The zip of ROR holds one file for each schema."""
    if not zipfile.is_zipfile(path):
        with path.open(encoding="utf-8") as file:
            yield file
        return
    with zipfile.ZipFile(path) as packed:
        names = sorted(name for name in packed.namelist() if name.endswith(".json"))
        chosen = [name for name in names if "schema_v2" in name] or names
        if not chosen:
            raise FileNotFoundError(f"{path} holds no JSON file")
        with packed.open(chosen[-1]) as raw:
            yield io.TextIOWrapper(raw, encoding="utf-8")


def _import(args: argparse.Namespace) -> int:
    from tonle.infra import clock
    from tonle.kernel.actors import SYSTEM
    from tonle.people.services.organisations import add_from_ror

    with _opened(args.file) as file, Progress("Reading", None, "organisations") as progress:
        report = add_from_ror(
            file, actor=SYSTEM, now=clock.now(), dry_run=args.dry_run, tick=progress.advance
        )
    for remarks, said in (
        (report.alike, "possibly the same as one without a ROR id"),
        (report.refused, "not taken"),
    ):
        for remark in remarks[:_SHOWN]:
            sys.stdout.write(f"{said}: {remark}\n")
        if len(remarks) > _SHOWN:
            sys.stdout.write(f"{said}: {len(remarks) - _SHOWN:,} more\n")
    word = "would be added" if args.dry_run else "added"
    for count, what in (
        (report.added, word),
        (report.here, "here already"),
        (report.elsewhere, "elsewhere, or closed"),
        (len(report.refused), "not taken"),
    ):
        sys.stdout.write(f"{count:>8,}  organisations {what}\n")
    return 1 if report.refused else 0


IMPORT = Command(
    "organisation import", "Add organisations of the members from ROR.", _import, _configure
)
register(IMPORT)
