"""Whether a plain name is a person's or an organisation's, in the scripts of the region."""

from __future__ import annotations

import json

import pytest

from tonle.catalogue.crosswalks import parse


def name_types(author: str, **said: object) -> list[str]:
    package = {"id": "1", "name": "rice", "title": "Rice", "author": author, **said}
    (read,) = parse("ckan-json", json.dumps(package).encode(), "x").documents
    assert read.document is not None, read.refusal
    return [one["name_type"] for one in read.document["creators"]]


@pytest.mark.parametrize(
    "name",
    [
        "ក្រសួងធនធានទឹក និងឧតុនិយម", "សាកលវិទ្យាល័យភូមិន្ទភ្នំពេញ", "ກະຊວງກະສິກຳ ແລະ ປ່າໄມ້", "ມະຫາວິທະຍາໄລແຫ່ງຊາດ",
        "กรมชลประทาน", "จุฬาลงกรณ์มหาวิทยาลัย", "Bộ Tài nguyên và Môi trường", "Ủy ban sông Mê Công",
        "ပညာရေးဝန်ကြီးဌာန", "ရန်ကုန်တက္ကသိုလ်", "云南大学", "云南省水利厅", "Ministry of Environment",
    ],
)  # fmt: skip
def test_an_organisation_is_told_by_its_words(name: str) -> None:
    assert name_types(name) == ["Organizational"]


@pytest.mark.parametrize(
    "name",
    [
        "សុខ ដារ៉ា", "ສົມສັກ ພົມມະຈັນ", "สมชาย ใจดี", "กรมหลวงนราธิวาส", "Nguyễn Văn Trường", "Trường Sơn",
        "အောင်ဆန်း", "王小明", "Chea Sophea", "ສູນທອນ ແກ້ວ",
    ],
)  # fmt: skip
def test_a_person_is_told_by_none(name: str) -> None:
    assert name_types(name) == ["Personal"]


def test_what_the_portal_calls_an_organisation_is_one() -> None:
    assert name_types("Open Data Kampot", organization={"title": "Open Data Kampot"}) == [
        "Organizational"
    ]
