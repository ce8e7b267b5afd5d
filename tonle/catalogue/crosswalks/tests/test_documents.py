"""The documents that other tests draw are what they say: valid, of every kind, and repeatable."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.catalogue.crosswalks.tests.documents import TIDY, WILD, documents, minimal
from tonle.catalogue.document import check
from tonle.catalogue.kinds import kinds
from tonle.kernel import canonical


@given(st.deferred(lambda: documents(TIDY) | documents(WILD)))
def test_drawn_documents_are_records(document: dict[str, Any]) -> None:
    check(document, whole=True)
    canonical.dumps(document)


@pytest.mark.parametrize("kind", [kind.name for kind in kinds()])
def test_the_least_of_each_kind_is_a_record(kind: str) -> None:
    check(minimal(kind), whole=True)
