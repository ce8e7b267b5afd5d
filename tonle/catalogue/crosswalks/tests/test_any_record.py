"""What holds for every record of every kind in every format that it comes in.

Each format's own checks are in its own tests; these are the promises that all of them make.
"""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from lxml import etree

from tonle.catalogue.crosswalks.tests.documents import WILD, documents, minimal
from tonle.catalogue.crosswalks.tests.test_writers import HERE
from tonle.catalogue.crosswalks.writers import FORMATS, Here, dublin_core, head, linkset, schema_org
from tonle.catalogue.kinds import kinds
from tonle.catalogue.rules.citation import styles, work_of

CLOSED = Here(**{**HERE.__dict__, "files_open": False})


def parsed(name: str, text: str) -> Any:
    """The text as the simplest reader of its syntax has it. Raises for what is none."""
    media_type = FORMATS[name].media_type
    text.encode()
    if media_type.endswith("json"):
        return json.loads(text)
    if media_type.endswith("xml"):
        return etree.fromstring(text.encode())
    if media_type.endswith("yaml"):
        return yaml.safe_load(text)
    return text


@settings(max_examples=25, deadline=None)
@given(documents(WILD))
def test_it_is_written_leaves_the_record_alone_and_can_be_parsed(document: dict[str, Any]) -> None:
    before = copy.deepcopy(document)
    for name, written in FORMATS.items():
        if written.possible(document, HERE):
            assert parsed(name, written.write(document, HERE)) is not None
    assert document == before


@settings(max_examples=25, deadline=None)
@given(documents(WILD))
def test_no_format_leads_to_a_closed_file(document: dict[str, Any]) -> None:
    for written in FORMATS.values():
        if written.possible(document, CLOSED):
            assert f"{HERE.url}/files/" not in written.write(document, CLOSED)
    assert f"{HERE.url}/files/" not in head.header(head.of_page(document, CLOSED, []))
    assert f"{HERE.url}/files/" not in str(dublin_core.meta(document, CLOSED))


@settings(max_examples=25, deadline=None)
@given(documents(WILD))
def test_head_links_and_citations_of_any_record(document: dict[str, Any]) -> None:
    assert "<" not in schema_org.in_page(document, HERE)
    links = head.of_page(document, HERE, [])
    field = head.header(links)
    assert len(field) <= head.LONGEST
    assert field.isascii()
    assert field.isprintable()
    json.loads(linkset.as_json(linkset.contexts(HERE.url, links)))
    for name, content in dublin_core.meta(document, HERE):
        assert name
        assert content
    for language in ("en", "th", "km", "zh-hans"):
        work = work_of(
            document, languages=language, pid=HERE.pid_url, kind_label="x", zone=HERE.zone
        )
        assert all(one.text for one in styles(work))


@pytest.mark.parametrize("name", FORMATS)
def test_the_least_record_of_every_kind(name: str) -> None:
    for kind in kinds():
        document = minimal(kind.name)
        if FORMATS[name].possible(document, HERE):
            assert parsed(name, FORMATS[name].write(document, HERE)) is not None
