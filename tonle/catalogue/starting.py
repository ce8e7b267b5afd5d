"""Loading the starter set, by the same import as everything else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from tonle.catalogue import starter
from tonle.catalogue.importing import Incoming, Item, import_documents
from tonle.kernel.actors import SYSTEM


def load(now: datetime) -> Iterator[Item]:
    """Take in the starter set; a second call finds everything unchanged."""
    documents = (
        Incoming(f"starter/{key}", key, "starter", document)
        for key, document in starter.documents()
    )
    return import_documents(documents, actor=SYSTEM, now=now)
