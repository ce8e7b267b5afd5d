"""Code lists."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from tests.shared import shared
from tonle.kernel import codes, identifiers, text

SEVEN = ["en", "km", "lo", "th", "vi", "my", "zh-hans"]

DATACITE = {
    "resource_types": "resourceType",
    "relation_types": "relationType",
    "contributor_types": "contributorType",
    "date_types": "dateType",
    "title_types": "titleType",
    "description_types": "descriptionType",
    "name_types": "nameType",
    "number_types": "numberType",
    "related_identifier_types": "relatedIdentifierType",
    "funder_identifier_types": "funderIdentifierType",
}


@pytest.mark.parametrize("name", codes.LISTS)
def test_every_list_says_its_date_source_and_licence(name: str) -> None:
    found = codes.code_list(name)

    date.fromisoformat(found.as_of)
    assert found.title
    assert found.source
    assert found.licence
    assert found.codes


@pytest.mark.parametrize("name", codes.LISTS)
def test_every_code_has_an_english_name_and_clean_names(name: str) -> None:
    for code in codes.codes(name).values():
        assert code.names.get("en"), code.code
        assert text.clean_language_map(code.names, line=True) == dict(sorted(code.names.items()))


@pytest.mark.parametrize("name", codes.LISTS)
def test_every_parent_is_there(name: str) -> None:
    known = set(codes.codes(name)) | set(codes.members())

    assert {code.parent for code in codes.codes(name).values()} - {None} <= known


@pytest.mark.parametrize(("name", "element"), DATACITE.items())
def test_datacite_lists_are_those_of_the_published_schema(name: str, element: str) -> None:
    schema = shared(f"schemas/datacite/kernel-4.7/include/datacite-{element}-v4.xsd")
    values = re.findall(r'enumeration value="([^"]*)"', schema.read_text(encoding="utf-8"))

    assert list(codes.codes(name)) == values


def test_relations_know_their_other_side() -> None:
    relations = codes.codes("relation_types")

    for code in relations.values():
        if "inverse" in code.data:
            assert relations[code.data["inverse"]].data["inverse"] == code.code


@pytest.mark.parametrize("name", ["related_identifier_types", "funder_identifier_types"])
def test_identifier_types_are_schemes_that_we_read(name: str) -> None:
    for code in codes.codes(name).values():
        if code.code != "Other":
            assert identifiers.SCHEMES[code.data["scheme"]].label == code.code


# --- the region ---------------------------------------------------------------------


def test_the_six_members_have_names_in_the_seven_languages() -> None:
    assert list(codes.members()) == ["KHM", "LAO", "THA", "VNM", "MMR", "CHN-YN"]
    for code in codes.members():
        assert len({codes.label("members", code, language) for language in SEVEN}) >= 5


def test_members_point_to_a_country_and_a_currency() -> None:
    for member in codes.members().values():
        assert codes.valid("countries", member.data["country"])
        assert codes.valid("currencies", member.data["currency"])
        assert all(text.valid_language(language) for language in member.data["languages"])


@pytest.mark.parametrize(
    ("member", "count"),
    [("KHM", 25), ("LAO", 18), ("THA", 77), ("VNM", 34), ("MMR", 15), ("CHN-YN", 16)],
)
def test_the_members_have_their_divisions_of_today(member: str, count: int) -> None:
    divisions = [c for c in codes.codes("provinces").values() if c.parent == member]
    own_language = text.language_tag(codes.members()[member].data["languages"][0])

    assert len(divisions) == count
    assert all(code.names.get(own_language) for code in divisions)
    assert len({code.names[own_language] for code in divisions}) == count


def test_cambodian_provinces_are_those_of_the_ministry() -> None:
    rows = shared("data/records/files/khm_provinces_2025.csv").read_text(encoding="utf-8-sig")
    for row in rows.splitlines()[1:]:
        number, khmer, _ = row.split(",")
        code = codes.codes("provinces")[f"KH-{int(number)}"]
        # The ministry calls Phnom Penh by its title, "capital city".
        assert text.normalise(khmer).removeprefix("រាជធានី") == code.names["km"]


def test_thai_provinces_are_those_of_the_open_table() -> None:
    rows = shared("data/records/files/tha_provinces.csv").read_text(encoding="utf-8").splitlines()
    table = {row.split(",")[1] for row in rows[1:]}

    listed = {c.names["th"] for c in codes.codes("provinces").values() if c.parent == "THA"}
    assert listed == table


def test_a_province_is_in_use_from_its_day_on() -> None:
    assert not codes.valid("provinces", "VN.25", on=date(2025, 6, 30))
    assert codes.valid("provinces", "VN.25", on=date(2025, 7, 1))
    assert codes.valid("provinces", "VN.01", on=date(2020, 1, 1))
    assert codes.valid("provinces", "VN.25")
    assert not codes.valid("provinces", "VN.02")


def test_a_withdrawn_currency_is_not_in_use_afterwards() -> None:
    assert codes.valid("currencies", "BGN", on=date(2025, 12, 31))
    assert not codes.valid("currencies", "BGN", on=date(2026, 1, 1))


# --- labels -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "code", "tongue", "shown"),
    [
        ("countries", "KH", "km", "កម្ពុជា"),
        ("countries", "KH", "zh-hans", "柬埔寨"),
        ("countries", "KH", "tlh", "Cambodia"),
        ("languages", "km", "th", "เขมร"),
        ("languages", "vi", "zh-hans", "越南语"),
        ("languages", "tpu", "km", "Tampuan"),
        ("currencies", "KHR", "km", "រៀល\u200bកម្ពុជា"),
        ("members", "CHN-YN", "zh-hans", "云南（中国）"),
        ("members", "CHN-YN", "km-KH", "យូណាន (ចិន)"),
        ("sdg", "6", "lo", "ນ້ຳສະອາດ ແລະ ສຸຂາພິບານ"),
        ("resource_types", "Dataset", "km", "សំណុំទិន្នន័យ"),
        ("resource_types", "Dataset", "fr", "Dataset"),
        ("resource_types", "Hologram", "km", "Hologram"),
    ],
)
def test_a_code_is_shown_in_the_readers_language(
    name: str, code: str, tongue: str, shown: str
) -> None:
    assert codes.label(name, code, tongue) == shown


@pytest.mark.parametrize("tongue", SEVEN)
def test_countries_of_the_region_have_names_in_every_interface_language(tongue: str) -> None:
    for member in codes.members().values():
        assert codes.label("countries", member.data["country"], tongue) != member.data["country"]


def test_an_unknown_list_is_a_mistake_of_the_program() -> None:
    with pytest.raises(KeyError, match="colours"):
        codes.codes("colours")


def test_lists_cannot_be_changed() -> None:
    goals: Any = codes.codes("sdg")

    with pytest.raises(TypeError):
        goals["18"] = None


@pytest.mark.parametrize(
    ("name", "wanted", "code"),
    [
        ("languages", "Khmer", "km"),
        ("languages", "KM", "km"),
        ("countries", "khm", "KH"),
        ("countries", "cambodia", "KH"),
        ("provinces", "ភ្នំពេញ", "KH-12"),
        ("resource_types", "journalarticle", "JournalArticle"),
        ("resource_types", "journal article", "JournalArticle"),
        ("languages", "Klingonese", None),
        ("provinces", "", None),
    ],
)
def test_a_code_is_found_by_its_name(name: str, wanted: str, code: str | None) -> None:
    found = codes.find(name, wanted)

    assert (found.code if found else None) == code


# --- licences -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("CC-BY-4.0", "CC-BY-4.0"),
        ("cc-by-4.0", "CC-BY-4.0"),
        ("CC BY-NC-SA 4.0", "CC-BY-NC-SA-4.0"),
        ("Creative Commons Attribution 4.0 International", "CC-BY-4.0"),
        ("https://creativecommons.org/licenses/by/4.0/legalcode", "CC-BY-4.0"),
        ("http://www.creativecommons.org/licenses/by-sa/4.0", "CC-BY-SA-4.0"),
        ("https://creativecommons.org/licenses/by/4.0/deed.km", "CC-BY-4.0"),
        ("https://creativecommons.org/licenses/by/3.0/igo/", "CC-BY-3.0-IGO"),
        ("https://creativecommons.org/publicdomain/zero/1.0/legalcode", "CC0-1.0"),
        ("https://opensource.org/licenses/MIT", "MIT"),
        ("https://spdx.org/licenses/MIT.html", "MIT"),
        ("https://www.apache.org/licenses/LICENSE-2.0.txt", "Apache-2.0"),
        ("http://www.gnu.org/licenses/gpl-3.0.en.html", "GPL-3.0-only"),
        ("https://opendatacommons.org/licenses/odbl/1-0/", "ODbL-1.0"),
        ("Apache License 2.0", "Apache-2.0"),
        ("CC BY", None),
        ("info:eu-repo/semantics/openAccess", None),
        ("All rights reserved", None),
        ("https://example.org/licence", None),
        ("", None),
    ],
)
def test_a_licence_is_known_by_id_name_or_address(written: str, code: str | None) -> None:
    assert codes.licence_from(written) == code


def test_every_licence_is_found_again_by_its_own_address() -> None:
    for code in codes.codes("licences"):
        address = codes.licence_url(code)
        assert address is not None
        # Ports that Creative Commons never numbered so lead back to the same family.
        assert codes.licence_from(address) in {code, None}, address


@pytest.mark.parametrize(
    ("code", "open"),
    [
        ("CC-BY-4.0", True),
        ("CC0-1.0", True),
        ("ODbL-1.0", True),
        ("Apache-2.0", True),
        ("CC-BY-NC-4.0", False),
        ("CC-BY-ND-4.0", False),
        ("Unknown-1.0", None),
    ],
)
def test_open_licences_are_told_from_others(code: str, open: bool | None) -> None:
    assert codes.is_open(code) is open
