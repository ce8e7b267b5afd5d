"""What may be the same is shown with its reasons; what is another thing is not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.constants import NOW
from tonle.catalogue.lists.similar import Possible, similar_records
from tonle.catalogue.tests.factories import description, make_draft, make_record
from tonle.search import indexing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home", "index")]

TITLE = "Rice yields of Takeo"


def like(**fields: Any) -> list[Possible]:
    indexing.catch_up()
    return similar_records(description(**fields), now=NOW)


def codes(found: Possible) -> list[str]:
    return [reason.code for reason in found.reasons]


def person(name: str, orcid: str = "") -> dict[str, Any]:
    agent: dict[str, Any] = {"name_type": "Personal", "name": name}
    if orcid:
        agent["identifiers"] = [{"scheme": "orcid", "value": orcid}]
    return agent


def test_the_same_doi_is_certain() -> None:
    record = make_record(
        titles={"en": "Otherwise"}, pids=[{"scheme": "doi", "value": "10.5555/abc"}]
    )

    (found,) = like(titles={"en": "Entirely new"}, pids=[{"scheme": "doi", "value": "10.5555/abc"}])

    assert (found.id, found.score, codes(found)) == (record.id, 100, ["identifier"])
    assert found.reasons[0].data == {"value": "doi 10.5555/abc"}


@pytest.mark.parametrize("title", [TITLE, "RICE YIELDS of Takeo.", "Rice-yields of Tākeo"])
@pytest.mark.parametrize("name", ["Nguyen Van An", "Nguyễn, Văn An", "N. V. An"])
def test_the_same_title_and_a_name_that_fits_is_likely(title: str, name: str) -> None:
    record = make_record(
        titles={"en": TITLE}, creators=[person("Nguyễn Văn An")], publication_year=2024
    )

    (found,) = like(titles={"en": title}, creators=[person(name)], publication_year=2024)

    assert found.id == record.id
    assert codes(found) == ["title", "creator", "year"]
    assert 70 <= found.score < 100


def test_one_person_by_orcid_weighs_more_than_a_name() -> None:
    make_record(titles={"en": TITLE}, creators=[person("An", "0000-0002-1825-0097")])

    (by_orcid,) = like(titles={"en": TITLE}, creators=[person("Binh", "0000-0002-1825-0097")])
    (by_name,) = like(titles={"en": TITLE}, creators=[person("An Nguyen")])

    assert codes(by_orcid) == ["title", "person"]
    assert by_orcid.score > by_name.score


@pytest.mark.parametrize("title", ["ទិន្នផលស្រូវខេត្តតាកែវ", "ទិន្នផល\u200bស្រូវ ខេត្តតាកែវ"])
def test_a_title_in_another_script_is_enough_to_be_shown(title: str) -> None:
    record = make_record()

    assert [found.id for found in like(titles={"km": title}, creators=[person("Bopha")])] == [
        record.id
    ]


def test_nearly_the_same_title_by_the_same_author_is_shown() -> None:
    record = make_record(titles={"en": "Rice yields of Takeo, 2019 to 2023"})

    (found,) = like(titles={"en": "Rice yields of Takeo 2019-2024"})

    assert (found.id, codes(found)) == (record.id, ["title_alike", "creator"])


@pytest.mark.parametrize(
    "fields",
    [
        {"titles": {"en": "Fish of Takeo"}},
        {"titles": {"en": "Rice yields of Kampot and Kep"}, "creators": [person("Bopha")]},
        {"kind": "publication"},
    ],
)
def test_another_thing_is_not_shown(fields: dict[str, Any]) -> None:
    make_record(titles={"en": TITLE})

    assert like(**{"titles": {"en": TITLE}, **fields}) == []


def test_what_is_not_public_is_never_shown() -> None:
    make_draft(titles={"en": TITLE}, pids=[{"scheme": "doi", "value": "10.5555/abc"}])

    assert like(titles={"en": TITLE}, pids=[{"scheme": "doi", "value": "10.5555/abc"}]) == []


def test_a_record_is_not_like_itself() -> None:
    record = make_record(titles={"en": TITLE})
    indexing.catch_up()

    assert similar_records(description(titles={"en": TITLE}), now=NOW, without=record.id) == []


def test_an_empty_draft_is_like_nothing() -> None:
    make_record()
    indexing.catch_up()

    assert similar_records({}, now=NOW) == []
