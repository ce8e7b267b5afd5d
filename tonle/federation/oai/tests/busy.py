"""A node at work, in a process of its own: publishes, revises and withdraws, one step a line.

    python -m tonle.federation.oai.tests.busy SEED

Each line on standard input is one step, answered by `done`. The line `truth` is answered, as
JSON, by what became of every record it made: record id to its title, or null where withdrawn.
"""

from __future__ import annotations

import json
import os
import random
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django


def main(seed: int) -> None:
    django.setup()
    from tonle.catalogue import drafts, services
    from tonle.catalogue.tests.factories import CURATOR, make_record
    from tonle.infra import clock
    from tonle.kernel import canonical

    chance = random.Random(seed)
    titles: dict[str, str | None] = {}

    def publish(number: int) -> None:
        title = f"Rice {number}"
        record = make_record(now=clock.now(), titles={"en": title})
        titles[record.id] = title

    def revise(number: int) -> None:
        record_id = chance.choice([one for one, title in titles.items() if title])
        draft = drafts.create_successor(
            record_id=record_id, actor=CURATOR, now=clock.now(), replaces_files=False
        )
        document = canonical.loads(bytes(draft.body)) | {"titles": {"en": f"Rice {number}"}}
        drafts.edit_draft(draft_id=draft.id, document=document, actor=CURATOR, now=clock.now())
        services.publish(draft_id=draft.id, actor=CURATOR, now=clock.now())
        titles[record_id] = f"Rice {number}"

    def withdraw(_number: int) -> None:
        record_id = chance.choice([one for one, title in titles.items() if title])
        services.withdraw(
            record_id=record_id,
            category="error",
            reason={"en": "Wrong."},
            actor=CURATOR,
            now=clock.now(),
        )
        titles[record_id] = None

    for number, line in enumerate(sys.stdin):
        if line == "truth\n":
            print(json.dumps(titles), flush=True)
            continue
        enough = sum(title is not None for title in titles.values()) > 2
        step = chance.choice([publish, revise, revise, withdraw]) if enough else publish
        step(number)
        print("done", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
