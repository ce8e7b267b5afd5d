"""The starter set is data that people read: it is checked as such."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest

from config.options import BASE_DIR
from tonle.catalogue import starter
from tonle.catalogue.document import problems
from tonle.kernel import canonical, codes, identifiers
from tonle.kernel.codes import members
from tonle.kernel.text import normalise

RECORDS = dict(starter.documents())
ORGANISATIONS = dict(starter.organisations())

SCRIPTS = {
    "km": "[\u1780-\u17ff]",
    "lo": "[\u0e80-\u0eff]",
    "th": "[\u0e00-\u0e7f]",
    "my": "[\u1000-\u109f]",
    "zh-Hans": "[\u4e00-\u9fff]",
    "zh": "[\u4e00-\u9fff]",
    "vi": "[ăâđêôơưĂÂĐÊÔƠƯáàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ]",
}
LANGUAGE = {"KHM": "km", "LAO": "lo", "THA": "th", "VNM": "vi", "MMR": "my", "CHN-YN": "zh-Hans"}
# Stored copies under these names were read; nobody is to be sent there.
ODD_HOSTS = re.compile(
    r"zkzbjc|boronfuelsource|hcxc\.net|hzweihu|wiki\.x\.io|cloudfront|123dok|vdocument|pdfslide"
)


def texts(value: Any) -> list[tuple[str, str]]:
    """Every (language, text) of every language map in a document."""
    found = []
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("titles", "text", "names", "place", "note") and isinstance(inner, dict):
                found += [(language, text) for language, text in inner.items()]
            else:
                found += texts(inner)
    elif isinstance(value, list):
        for inner in value:
            found += texts(inner)
    return found


def test_there_are_enough_real_things_of_many_kinds() -> None:
    kinds = Counter(document["kind"] for document in RECORDS.values())
    assert len(RECORDS) >= 150
    assert {
        "software", "dataset", "publication", "funding_opportunity", "fellowship", "facility",
        "instrument", "service", "agreement", "policy",
    } <= set(kinds)  # fmt: skip


def test_readme_and_tutorial_tell_how_many_there_are() -> None:
    records, organisations = len(RECORDS), len(ORGANISATIONS)
    readme = (BASE_DIR / "README.md").read_text(encoding="utf-8")
    assert f"{records} real records and {organisations} organisations" in readme
    tutorial = (BASE_DIR / "docs/tutorials/first-node.md").read_text(encoding="utf-8")
    assert f"loads {records} records of the starter set" in tutorial
    assert re.findall(r"^ +(\d+)  (?:organisations added|added as new)", tutorial, re.M) == [
        str(organisations),
        str(records),
    ]


def test_keys_name_one_record_each() -> None:
    keys = [key for key, _ in starter.documents()] + [key for key, _ in starter.organisations()]
    assert [key for key, count in Counter(keys).items() if count > 1] == []
    assert all(document["source"]["key"] == key for key, document in RECORDS.items())


@pytest.mark.parametrize("key", RECORDS)
def test_each_record_is_a_record_document(key: str) -> None:
    assert problems(RECORDS[key], whole=False) == []
    canonical.dumps(RECORDS[key])


@pytest.mark.parametrize("key", RECORDS)
def test_each_record_speaks_english_and_its_members_languages(key: str) -> None:
    document = RECORDS[key]
    description = document["descriptions"][0]["text"]
    wanted = {"en"} | {LANGUAGE[member] for member in document.get("members", ())}
    assert wanted <= set(document["titles"])
    assert wanted <= set(description)
    assert set(document.get("members", ())) <= set(members())


@pytest.mark.parametrize("key", RECORDS)
def test_each_text_is_in_the_script_of_its_language(key: str) -> None:
    wrong = [
        (language, text)
        for language, text in texts(RECORDS[key])
        # A name in Latin letters may stand alone as a title; a sentence may not.
        if language in SCRIPTS and not re.search(SCRIPTS[language], text) and " " in text
    ]
    # These are names, the same in every language.
    assert [pair for pair in wrong if not re.match(r"RAD Lab|SATREPS", pair[1])] == []


@pytest.mark.parametrize("key", RECORDS)
def test_each_text_is_unicode_in_its_one_written_form(key: str) -> None:
    assert [text for _, text in texts(RECORDS[key]) if normalise(text) != text] == []


@pytest.mark.parametrize("key", RECORDS)
def test_each_record_names_its_source_and_marks_what_a_machine_translated(key: str) -> None:
    document = RECORDS[key]
    source = document["source"]
    assert source["citation"]
    assert source["format"] == "tonle-starter"
    assert not ODD_HOSTS.search(canonical.dumps(document).decode())
    marked = document["translations"]
    description = document["descriptions"][0]["text"]
    assert all(marked[language] == "machine" for language in description if language != "en")
    assert "@" not in re.sub(r"https?://\S+", "", canonical.dumps(document).decode())


@pytest.mark.parametrize("word", ["rice", "ទឹក", "ข้าว", "ນ້ຳ", "nước", "水", "ရေ"])
def test_the_words_people_try_first_find_something(word: str) -> None:
    wanted = normalise(word)
    found = [
        key
        for key, document in RECORDS.items()
        if any(
            wanted in text
            for text in [
                *document["titles"].values(),
                *document["descriptions"][0]["text"].values(),
            ]
        )
    ]
    assert found


def test_records_name_others_of_the_set_that_name_none() -> None:
    links = starter.links()

    assert {key for others in links.values() for _, key in others} <= set(RECORDS) - set(links)
    assert links


@pytest.mark.parametrize("key", [key for key in RECORDS if key.startswith(("agreement", "policy"))])
def test_what_an_agreement_or_policy_says_beside_its_source_adds_nothing_to_it(key: str) -> None:
    profile = RECORDS[key]["profile"]
    if key.startswith("agreement"):
        # A state, a signature or an end that no source states is not there.
        assert not {"versions", "acts", "signed_on", "in_force_on", "ended_on"} & set(profile)
        said = [party["name"]["en"] for party in profile["contracting_parties"]]
        assert said == profile["parties"]
        stated = profile.get("areas_as_stated", "")
        assert all(area["name"]["en"] in stated for area in profile.get("key_areas", ()))
        return
    goals = {goal["id"] for goal in profile.get("goals", ())}
    targets = profile.get("targets", ())
    assert {target["goal"] for target in targets if "goal" in target} <= goals
    assert len({target["id"] for target in targets}) == len(targets)


def test_organisations_have_names_identifiers_and_sources() -> None:
    assert len(ORGANISATIONS) >= 100
    for key, organisation in ORGANISATIONS.items():
        assert organisation["names"]["en"]
        assert organisation["member"] in members()
        assert organisation["source"]["citation"]
        assert not ODD_HOSTS.search(str(organisation))
        for identifier in organisation.get("identifiers", ()):
            value = identifiers.normalise(identifier["scheme"], identifier["value"])
            assert value == identifier["value"], key
        for language, name in organisation["names"].items():
            assert normalise(name) == name
            if language in SCRIPTS:
                assert re.search(SCRIPTS[language], name), (key, language)


@pytest.mark.parametrize("key", [key for key in RECORDS if key.startswith("opportunity")])
def test_what_a_call_says_as_data_stands_in_the_words_of_its_source(key: str) -> None:
    profile = RECORDS[key]["profile"]
    for amount in profile.get("amounts", ()):
        assert amount["currency"] == profile["currency"]
        unit = 10 ** codes.codes("currencies")[amount["currency"]].data["exponent"]
        for bound in {"min_minor", "max_minor"} & set(amount):
            assert str(amount[bound] // unit) in profile["amounts_as_stated"]
        for note in amount.get("note", {}).values():
            words = set(re.findall(r"\w+", profile["amounts_as_stated"]))
            assert set(re.findall(r"\w+", note)) <= words
    for theme in profile.get("themes", ()):
        assert theme["name"]["en"].lower() in profile["themes_as_stated"].lower()
    for funder in profile.get("funders", ()):
        assert funder["name"]["en"] in profile["funders_as_stated"]
    for rule in profile.get("eligibility", ()):
        assert str(rule.get("number", "")) in profile["who_may_apply"]
    # An instant is made only of a day, a time and a zone.
    assert ("closes_at" in profile) == ("zone" in profile)
    if "closes_at" in profile:
        assert "12:00" in profile["deadline_as_stated"]
        assert profile["zone_as_stated"]
