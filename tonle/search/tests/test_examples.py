"""The examples of the search help, asked of the starter set in each language."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.utils import translation

from tonle.catalogue import starter
from tonle.catalogue.models import Record
from tonle.catalogue.search_source import as_document
from tonle.search import asking, indexing
from tonle.search.examples import examples
from tonle.search.schema import COVERS
from tonle.search.selectors import search
from tonle.search.tests.memory import NOW, MemorySource
from tonle.web.public import language_tag


@pytest.mark.django_db
def test_every_example_finds_something_in_its_language(source: MemorySource) -> None:
    made_at = datetime(2026, 1, 1, tzinfo=UTC)
    for number, (_, written) in enumerate(starter.documents()):
        if len(written["titles"]) < len(settings.LANGUAGES) - 1:
            continue  # A few dozen are enough, and sooner indexed.
        record = Record(id=f"r{number}", kind=written["kind"], created_at=made_at)
        document = {"files": [], **written, "id": record.id}
        source.put(as_document(record, document))
    indexing.catch_up()
    found = {}
    for code, _ in settings.LANGUAGES:
        with translation.override(code):
            for one in examples():
                read = asking.read(one.asked, language_tag(code))
                assert not read.slips, one.asked
                assert read.understood, one.asked
                # Nothing in the starter set says of which years its data are.
                if not any(part.part.field == COVERS for part in read.understood):
                    page = search(one.asked, language=language_tag(code), now=NOW)
                    own = [
                        hit.hit.title[0] for hit in page.hits if page.interpretation.mode == "all"
                    ]
                    found[code, one.asked] = len(own)
    assert {asked for asked, number in found.items() if not number} == set()
