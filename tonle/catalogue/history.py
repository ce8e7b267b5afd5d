"""What changed from one version of a record to the next."""

from __future__ import annotations

import itertools
import json

from tonle.catalogue.models import Document
from tonle.catalogue.rules.changes import Changes, changes
from tonle.catalogue.selectors import RecordView

# So many steps are told; older ones are told by opening them.
MOST_TOLD = 10


def told(view: RecordView) -> dict[str, Changes]:
    """What each of the newest versions changed, by its label. One query; none without history."""
    entries = view.history[: MOST_TOLD + 1]
    if len(entries) < 2:
        return {}
    rows = Document.objects.filter(
        record=view.record, sha256__in=[entry.sha256 for entry in entries]
    ).values_list("sha256", "body")
    # Plain JSON: these bytes were checked when they were written.
    documents = {sha256: json.loads(bytes(body)) for sha256, body in rows}
    return {
        later.label: changes(documents[earlier.sha256], documents[later.sha256])
        for later, earlier in itertools.pairwise(entries)
        if earlier.sha256 in documents and later.sha256 in documents
    }
