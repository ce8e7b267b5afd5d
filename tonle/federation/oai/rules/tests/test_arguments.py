"""What may be asked (sections 3.1.1 and 3.6), and that all faults come at once."""

from __future__ import annotations

import pytest

from tonle.federation.oai.rules.arguments import VERBS, read


def _faults(**given: str | list[str]) -> list[tuple[str, str]]:
    asked = {name: [value] if isinstance(value, str) else value for name, value in given.items()}
    asked = {name.rstrip("_"): values for name, values in asked.items()}
    return [(fault.code, fault.text) for fault in read(asked).faults]


def _codes(**given: str | list[str]) -> list[str]:
    return [code for code, _ in _faults(**given)]


SOUND: list[dict[str, str]] = [
    {"verb": "Identify"},
    {"verb": "ListMetadataFormats"},
    {"verb": "ListMetadataFormats", "identifier": "oai:a.b:c"},
    {"verb": "ListSets"},
    {"verb": "ListSets", "resumptionToken": "x"},
    {"verb": "GetRecord", "identifier": "oai:a.b:c", "metadataPrefix": "oai_dc"},
    {"verb": "ListRecords", "metadataPrefix": "oai_dc"},
    {"verb": "ListRecords", "resumptionToken": "x"},
    {"verb": "ListIdentifiers", "metadataPrefix": "oai_dc", "set": "a:b-c:d_e.!~*'()"},
    {"verb": "ListIdentifiers", "metadataPrefix": "oai_dc", "from": "2026-01-01"},
    {"verb": "ListRecords", "metadataPrefix": "x", "until": "2026-01-01T00:00:00Z"},
    {"verb": "ListRecords", "metadataPrefix": "x", "from": "2026-01-01", "until": "2026-01-01"},
]


@pytest.mark.parametrize("given", SOUND)
def test_3_1_1_a_sound_question_is_repeated_in_the_answer(given: dict[str, str]) -> None:
    question = read({name: [value] for name, value in given.items()})

    assert not question.faults
    assert question.echo == given


@pytest.mark.parametrize("given", [{}, {"verb": ""}, {"verb": "identify"}, {"verb": "Delete"}])
def test_3_6_no_verb_or_an_unknown_one(given: dict[str, str]) -> None:
    assert _codes(**given) == ["badVerb"]


def test_3_6_a_repeated_verb() -> None:
    assert _codes(verb=["Identify", "Identify"]) == ["badVerb"]


@pytest.mark.parametrize(
    "given",
    [
        {"verb": "Identify", "identifier": "oai:a:b"},
        {"verb": "ListSets", "set": "a"},
        {"verb": "ListMetadataFormats", "metadataPrefix": "oai_dc"},
        {"verb": "GetRecord", "identifier": "oai:a:b"},
        {"verb": "GetRecord", "metadataPrefix": "oai_dc"},
        {"verb": "ListRecords"},
        {"verb": "ListRecords", "metadataPrefix": "oai_dc", "resumptionToken": "x"},
        {"verb": "ListRecords", "metadataPrefix": "oai dc"},
        {"verb": "ListRecords", "metadataPrefix": ""},
        {"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": ""},
        {"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "a::b"},
        {"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "ទឹក"},
        {"verb": "ListRecords", "metadataPrefix": "oai_dc", "page": "2"},
        {"verb": "ListRecords", "metadataPrefix": "x" * 5000},
    ],
)
def test_3_6_what_is_missing_unknown_or_illegal_is_a_bad_argument(given: dict[str, str]) -> None:
    assert set(_codes(**given)) == {"badArgument"}
    assert read({name: [value] for name, value in given.items()}).echo == {}


@pytest.mark.parametrize("verb", VERBS)
def test_3_6_a_repeated_argument(verb: str) -> None:
    name = next(iter(sorted(VERBS[verb].required | VERBS[verb].optional)), "resumptionToken")
    if name == "resumptionToken" and not VERBS[verb].exclusive:
        return  # Identify takes nothing that could be repeated.
    assert "badArgument" in _codes(verb=verb, **{name: ["a", "a"]})


@pytest.mark.parametrize(
    "given",
    [
        {"from_": "2026-02-30"},
        {"from_": "2026-1-1"},
        {"from_": "2026"},
        {"from_": "2026-01-01T00:00Z"},
        {"until": "2026-01-01T00:00:00"},
        {"until": "2026-01-01T00:00:00+07:00"},
        {"until": "2026-01-01T24:00:00Z"},
        {"until": "yesterday"},
        {"until": "២០២៦-០១-០១"},
        {"from_": ""},
        {"from_": "2026-01-01", "until": "2026-01-02T00:00:00Z"},
        {"from_": "2026-01-02", "until": "2026-01-01"},
        {"from_": "2026-01-01T00:00:01Z", "until": "2026-01-01T00:00:00Z"},
    ],
)
def test_3_3_dates_of_no_or_of_two_granularities_or_the_wrong_way_round(
    given: dict[str, str],
) -> None:
    assert _codes(verb="ListRecords", metadataPrefix="oai_dc", **given) == ["badArgument"]


def test_3_6_all_faults_are_told_at_once() -> None:
    faults = _faults(
        verb="ListRecords", set="a b", from_="soon", until="2026-01-01", page=["1", "2"]
    )

    assert [code for code, _ in faults] == ["badArgument"] * 4
    told = " ".join(text for _, text in faults)
    assert all(word in told for word in ("page", "metadataPrefix", "set", "from"))


def test_3_2_an_identifier_that_is_no_uri_is_not_repeated() -> None:
    question = read({"verb": ["ListMetadataFormats"], "identifier": ["<not a uri>"]})

    assert not question.faults
    assert question.echo == {"verb": "ListMetadataFormats"}
