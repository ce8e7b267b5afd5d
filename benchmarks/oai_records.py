"""Fills a node with made-up records as a harvest keeps them: in segments, quickly.

    TONLE_DATA=DIR python -m benchmarks.oai_records FOLDER

FOLDER: files of `benchmarks.material`. A process of its own, as Django is set up for one node.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django


def main(folder: Path) -> None:
    django.setup()
    from tonle.catalogue.public import Foreign, parse, prepare_foreign, segments
    from tonle.infra import clock

    name = "harvest:benchmark"
    for path in sorted(folder.iterdir()):
        reader = "datacite-json" if path.name.endswith(".datacite.json") else "oai-pmh"
        parsed = parse(reader, path.read_bytes(), path.name)
        things = [
            Foreign(one.key, {**one.document, "access": {"level": "open"}})
            for one in parsed.documents
            if one.document is not None
        ]
        made = prepare_foreign(name, things, clock.now())
        entries = [one.entry for one in made if one.entry is not None]
        segments.keep(name, entries, clock.now())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
