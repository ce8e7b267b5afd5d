"""Ids, ARKs and the identifiers of others."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.kernel import identifiers
from tonle.kernel.errors import Invalid
from tonle.kernel.identifiers import BETANUMERICS, SCHEMES, Ark

ids = st.integers().map(lambda seed: identifiers.mint(random.Random(seed)))


# --- our own ids --------------------------------------------------------------------


def test_an_id_is_fourteen_betanumerics_and_a_check_character() -> None:
    id = identifiers.mint()

    assert len(id) == 15
    assert set(id) <= set(BETANUMERICS)
    assert identifiers.check_character(id[:-1]) == id[-1]


def test_the_alphabet_has_a_prime_number_of_characters_and_none_that_mislead() -> None:
    assert len(BETANUMERICS) == 29
    assert not set("aeiouyl") & set(BETANUMERICS)


def test_the_check_character_is_that_of_the_noid_manual() -> None:
    # The manual's own example: `noid` prints 13030/xf93gt2q for 13030/xf93gt2.
    assert identifiers.check_character("13030/xf93gt2") == "q"


@given(ids, st.data())
def test_one_wrong_character_is_always_noticed(id: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(id) - 1))
    other = data.draw(st.sampled_from(BETANUMERICS).filter(lambda c: c != id[place]))

    assert not identifiers.is_valid(id[:place] + other + id[place + 1 :])


@given(ids, st.integers(0, 13))
def test_two_neighbours_swapped_are_always_noticed(id: str, place: int) -> None:
    swapped = id[:place] + id[place + 1] + id[place] + id[place + 2 :]

    assert swapped == id or not identifiers.is_valid(swapped)


@given(ids)
def test_an_id_is_read_however_it_is_written(id: str) -> None:
    shouted = f" {id[:5]}-{id[5:10]} {id[10:]}\n".upper()

    assert identifiers.normalise_id(shouted) == id


@pytest.mark.parametrize("text", ["", "abc", "x" * 16, "aaaaaaaaaaaaaaa", "០១២៣៤៥៦៧៨៩០១២៣៤"])
def test_what_is_no_id_is_refused_with_a_sentence(text: str) -> None:
    assert not identifiers.is_valid(text)
    with pytest.raises(Invalid, match="not a record's name"):
        identifiers.normalise_id(text)


def test_a_mistyped_id_is_told_from_something_else() -> None:
    id = identifiers.mint(random.Random(1))
    wrong = ("0" if id[0] != "0" else "1") + id[1:]

    with pytest.raises(Invalid, match="mistyped"):
        identifiers.normalise_id(wrong)


def test_a_string_too_long_for_its_check_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="27"):
        identifiers.check_character("b" * 28)


# --- ARK ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "written", "inflection"),
    [
        ("ark:99999/fk4ws5", "ark:99999/fk4ws5", ""),
        ("ark:/99999/fk4ws5", "ark:99999/fk4ws5", ""),
        ("ARK:/99999/fk4-ws-5", "ark:99999/fk4ws5", ""),
        ("ark:9999-9/fk4ws5", "ark:99999/fk4ws5", ""),
        ("https://n2t.net/ark:/99999/fk4ws5?info", "ark:99999/fk4ws5", "?info"),
        ("http://localhost:8000/ark:99999/fk4ws5??", "ark:99999/fk4ws5", "??"),
        ("ark:12148/btv1b8449691v/f29.png", "ark:12148/btv1b8449691v/f29.png", ""),
        ("ark:99999/fk4ws5/", "ark:99999/fk4ws5", ""),
        ("ark:99999/fk4ws5.v2", "ark:99999/fk4ws5.v2", ""),
        ("ark:B5060/d8bc75", "ark:b5060/d8bc75", ""),
        ("ark:99999/Fk4WS5", "ark:99999/Fk4WS5", ""),
    ],
)
def test_an_ark_is_read_in_every_spelling(text: str, written: str, inflection: str) -> None:
    ark = Ark.parse(text)

    assert (str(ark), ark.inflection) == (written, inflection)
    assert str(Ark.parse(str(ark))) == written


@pytest.mark.parametrize("text", ["", "ark:", "ark:1/x", "ark:99999", "ark:99999/", "ark:-----/x"])
def test_what_is_no_ark_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="not an ARK"):
        Ark.parse(text)


def test_a_shouted_ark_of_ours_still_names_its_record() -> None:
    id = identifiers.mint(random.Random(2))

    assert Ark.parse(f"ARK:/99999/{id.upper()}").record_id == id
    assert Ark.parse("ark:99999/fk4ws5").record_id is None


# --- identifiers of others ----------------------------------------------------------

GOOD = [
    ("doi", "https://doi.org/10.5555/ABC(2)-x", "10.5555/abc(2)-x"),
    ("doi", "doi:10.1594/PANGAEA.726855", "10.1594/pangaea.726855"),
    ("doi", "http://dx.doi.org/10.1002/%28SICI%291", "10.1002/(sici)1"),
    ("doi", "doi:https://doi.org/10.5281/zenodo.1", "10.5281/zenodo.1"),
    ("doi", "\u200b10.5555/12345678\ufeff ", "10.5555/12345678"),
    ("orcid", "https://orcid.org/0000-0002-1825-0097", "0000-0002-1825-0097"),
    ("orcid", "0000000218250097", "0000-0002-1825-0097"),
    ("orcid", "0000-0002-1694-233x", "0000-0002-1694-233X"),
    ("orcid", "0000‐0002‐1825‐0097", "0000-0002-1825-0097"),
    ("ror", "https://ror.org/03yrm5c26", "03yrm5c26"),
    ("ror", "ror.org/03YRM5C26/", "03yrm5c26"),
    ("isni", "ISNI 0000 0001 2103 2683", "0000000121032683"),
    ("isni", "https://isni.org/isni/0000000121032683", "0000000121032683"),
    ("issn", "ISSN 2049-3630", "2049-3630"),
    ("issn", "https://portal.issn.org/resource/ISSN/2049-3630", "2049-3630"),
    ("issn", "2434561x", "2434-561X"),
    ("isbn", "ISBN 978-3-16-148410-0", "9783161484100"),
    ("isbn", "3-16-148410-X", "9783161484100"),
    ("isbn", "urn:isbn:9783161484100", "9783161484100"),
    ("ean13", "4006381333931", "4006381333931"),
    ("handle", "https://hdl.handle.net/20.500.12345/6789", "20.500.12345/6789"),
    ("handle", "hdl:2027/AbC", "2027/AbC"),
    ("swhid", "SWH:1:CNT:94A9ED024D3859793618152EA559A168BBCBB5E2",
     "swh:1:cnt:94a9ed024d3859793618152ea559a168bbcbb5e2"),
    ("swhid", "https://archive.softwareheritage.org/swh:1:dir:94a9ed024d3859793618152ea559a168bbcbb5e2;origin=https://example.org/x",
     "swh:1:dir:94a9ed024d3859793618152ea559a168bbcbb5e2;origin=https://example.org/x"),
    ("raid", "https://raid.org/10.83962/A1B2", "10.83962/a1b2"),
    ("cstr", "CSTR:31253.11.sciencedb.j00001.00123", "31253.11.sciencedb.j00001.00123"),
    ("cstr", "https://cstr.cn/31253.11.sciencedb.00001", "31253.11.sciencedb.00001"),
    ("arxiv", "arXiv:2301.00001v2", "2301.00001v2"),
    ("arxiv", "https://arxiv.org/pdf/2301.00001.pdf", "2301.00001"),
    ("arxiv", "math.GT/0309136", "math.GT/0309136"),
    ("url", "HTTP://EXAMPLE.org:80", "http://example.org/"),
    ("url", "https://example.org:8443/ក?q=1#x", "https://example.org:8443/ក?q=1#x"),
    ("url", "http://[2001:DB8::1]/", "http://[2001:db8::1]/"),
    ("crossref_funder", "https://doi.org/10.13039/501100001809", "10.13039/501100001809"),
    ("grid", "https://www.grid.ac/grid.431418.b", "grid.431418.b"),
    ("wikidata", "https://www.wikidata.org/wiki/Q42", "Q42"),
    ("pmid", "PMID: 12082125", "12082125"),
    ("urn", "urn:nbn:de:101:1-2019", "urn:nbn:de:101:1-2019"),
]  # fmt: skip

BAD = [
    ("doi", "10.5555"),
    ("doi", "10.55/x"),
    ("doi", "๑๐.5555/x"),
    ("orcid", "0000-0002-1825-0098"),
    ("orcid", "0000-0002-1825"),
    ("orcid", "0000-0002-1825-009X"),
    ("ror", "03yrm5c27"),
    ("ror", "13yrm5c26"),
    ("isni", "0000000121032684"),
    ("issn", "2049-3631"),
    ("isbn", "9783161484101"),
    ("isbn", "3-16-148410-1"),
    ("handle", "no handle"),
    ("swhid", "swh:1:cnt:94a9"),
    ("swhid", "swh:2:cnt:94a9ed024d3859793618152ea559a168bbcbb5e2"),
    ("cstr", "12345"),
    ("arxiv", "2313.00001"),
    ("url", "javascript:alert(1)"),
    ("url", "https://user:secret@example.org/"),
    ("url", "https://@example.org/"),
    ("url", "https://exa mple.org/"),
    ("url", "https://example.org:99999/"),
    ("url", "https://hdl.handle.net/\x00"),
    ("handle", "https://hdl.handle.net/1234/%00"),
    ("crossref_funder", "10.5555/501100001809"),
    ("tonle", "aaaaaaaaaaaaaaa"),
]


@pytest.mark.parametrize(("scheme", "text", "canonical"), GOOD)
def test_an_identifier_has_one_written_form(scheme: str, text: str, canonical: str) -> None:
    assert identifiers.normalise(scheme, text) == canonical
    assert identifiers.normalise(scheme, canonical) == canonical


@pytest.mark.parametrize(("scheme", "text"), [*BAD, *((name, "") for name in SCHEMES)])
def test_a_wrong_identifier_is_refused_with_an_example(scheme: str, text: str) -> None:
    with pytest.raises(Invalid, match=SCHEMES[scheme].label) as caught:
        identifiers.normalise(scheme, text)

    assert "looks like" in str(caught.value)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_example_of_every_scheme_is_in_its_written_form(scheme: str) -> None:
    example = SCHEMES[scheme].example

    assert identifiers.normalise(scheme, example) == example


def test_an_unknown_scheme_is_refused_with_the_known_ones() -> None:
    with pytest.raises(Invalid, match="doi, orcid, ror"):
        identifiers.normalise("passport", "1")


def test_an_endless_identifier_is_refused_before_it_is_read() -> None:
    with pytest.raises(Invalid, match="2000 characters"):
        identifiers.normalise("url", "https://example.org/" + "x" * 10_000)
    assert identifiers.detect("https://example.org/" + "x" * 10_000) is None


@given(st.sampled_from(sorted(SCHEMES)), st.text(max_size=60))
def test_normalising_twice_changes_nothing_and_nothing_breaks(scheme: str, text: str) -> None:
    try:
        once = identifiers.normalise(scheme, text)
    except Invalid:
        return
    assert identifiers.normalise(scheme, once) == once


@pytest.mark.parametrize(
    ("text", "scheme", "value"),
    [
        ("https://doi.org/10.5555/ABC", "doi", "10.5555/abc"),
        ("10.5555/abc", "doi", "10.5555/abc"),
        ("0000-0002-1825-0097", "orcid", "0000-0002-1825-0097"),
        ("0000 0001 2103 2683", "isni", "0000000121032683"),
        ("https://ror.org/03yrm5c26", "ror", "03yrm5c26"),
        ("03yrm5c26", "ror", "03yrm5c26"),
        ("ark:/99999/fk4ws5", "ark", "ark:99999/fk4ws5"),
        ("20.500.12345/6789", "handle", "20.500.12345/6789"),
        ("2049-3630", "issn", "2049-3630"),
        ("978-3-16-148410-0", "isbn", "9783161484100"),
        ("arXiv:2301.00001", "arxiv", "2301.00001"),
        ("https://raid.org/10.83962/a1b2", "raid", "10.83962/a1b2"),
        ("CSTR:31253.11.sciencedb.00001", "cstr", "31253.11.sciencedb.00001"),
        ("https://example.org/a", "url", "https://example.org/a"),
        ("urn:nbn:de:101:1-2019", "urn", "urn:nbn:de:101:1-2019"),
        ("5qn2pxm0wp0f6zs", "tonle", "5qn2pxm0wp0f6zs"),
    ],
)
def test_a_pasted_text_tells_which_identifier_it_is(text: str, scheme: str, value: str) -> None:
    assert identifiers.detect(text) == (scheme, value)


@pytest.mark.parametrize(
    "text", ["", "rice", "20240507", "0000-0002-1825-0098", "2049-3631", "ទឹក", "1234567"]
)
def test_what_tells_nothing_is_not_guessed(text: str) -> None:
    assert identifiers.detect(text) is None


@pytest.mark.parametrize(
    ("scheme", "value", "address"),
    [
        ("doi", "10.5555/a<b>#c", "https://doi.org/10.5555/a%3Cb%3E%23c"),
        ("doi", "10.1002/(sici)1", "https://doi.org/10.1002/(sici)1"),
        ("orcid", "0000-0002-1825-0097", "https://orcid.org/0000-0002-1825-0097"),
        ("ror", "03yrm5c26", "https://ror.org/03yrm5c26"),
        ("url", "https://example.org/", "https://example.org/"),
        ("isbn", "9783161484100", None),
        ("ark", "ark:99999/x", None),
        ("passport", "1", None),
    ],
)
def test_an_identifier_has_an_address_where_somebody_resolves_it(
    scheme: str, value: str, address: str | None
) -> None:
    assert identifiers.resolver_url(scheme, value) == address
