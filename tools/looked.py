"""What a node would show of the files in a folder: `python -m tools.looked FOLDER`.

Each file is looked into as on a node: by a confined process of its own, within the same limits.
Prints a table: what the reader made of it, or why there is nothing to see. Ends with 1 where a
file gave neither, which is a fault of ours whatever the file.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import django


def gives(preview: Mapping[str, Any]) -> str:
    """What there is to see, in a few words; "" where there is nothing."""
    found = []
    for table in preview.get("tables", ()):
        found.append(f"table of {len(table['columns'])} columns")
    if picture := preview.get("picture"):
        found.append(f"picture {picture['width']} × {picture['height']}")
    if preview.get("places"):
        found.append("shapes")
    if entries := preview.get("entries"):
        found.append(f"{len(entries)} entries")
    if text := preview.get("text"):
        found.append(f"text, {len(text)} letters")
    return ", ".join(found)


def rows(folder: Path) -> Iterator[tuple[bool, str]]:
    """For each file: whether it gave a preview or a reason, and its line of the table."""
    from tonle.explore.messages import NOTES
    from tonle.explore.tasks import look

    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        began = time.perf_counter()
        preview, _picture = look(path, path.name)[:2]
        seconds = time.perf_counter() - began
        shown, notes = gives(preview), [NOTES[code] for code in preview.get("notes", ())]
        facts = len(preview.get("facts", ()))
        # Facts alone are little to look at; then a note must say why there is no more.
        told = bool(shown or notes)
        yield (
            told,
            f"| {path.relative_to(folder)} | {path.stat().st_size:,} | "
            f"{preview.get('reader') or '–'} | {shown or '–'} | {facts} | {' '.join(notes)} | "
            f"{seconds:.1f} |",
        )


def main() -> int:
    parser = argparse.ArgumentParser(prog="tools.looked", description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    if not folder.is_dir():
        print(f"There is no folder {folder}.", file=sys.stderr)
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    print("| File | Bytes | Reader | Shown | Facts | Notes | Seconds |")
    print("|---|---:|---|---|---:|---|---:|")
    number = silent = 0
    for told, line in rows(folder):
        print(line, flush=True)
        number += 1
        silent += not told
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"\n{number} files, {silent} without a word; the largest process had {largest:.0f} MB.")
    return 1 if silent or not number else 0


if __name__ == "__main__":
    sys.exit(main())
