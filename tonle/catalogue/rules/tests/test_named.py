"""A record of a node is known by any name that ends with its id."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.catalogue.rules.named import at_home, id_in, names_of
from tonle.kernel import identifiers

ID = identifiers.mint()


@pytest.mark.parametrize(
    "name",
    [
        f"ark:12345/{ID}",
        f"ark:/99999/{ID}",
        f"10.5072/{ID}",
        f"https://doi.org/10.5072/{ID}",
        f"https://node.example/records/{ID}",
        f"https://node.example/records/{ID}/?format=dcat#top",
        f"oai:node.example:{ID}",
        f"tonle:{ID}",
        ID,
    ],
)
def test_a_name_ends_with_the_id(name: str) -> None:
    assert id_in(name) == ID


@pytest.mark.parametrize(
    "name", ["", "https://node.example/records/", "10.5072/abc", f"x{ID}", ID[:-1], "/" * 3000 + ID]
)
def test_what_ends_with_none_means_none(name: str) -> None:
    assert id_in(name) == ""


@given(st.text())
def test_any_text_may_be_asked(name: str) -> None:
    found = id_in(name)
    assert found == "" or identifiers.is_valid(found)


def test_names_numbers_and_addresses_are_names() -> None:
    document = {
        "pids": [{"scheme": "doi", "value": "10.5072/x"}],
        "alternate_identifiers": [{"type": "URL", "value": "https://node.example/y"}],
        "relations": [{"type": "Cites", "target": {"scheme": "tonle", "value": ID}}],
    }
    assert list(names_of(document)) == ["10.5072/x", "https://node.example/y"]


def read_of(host: str, name: str, **said: object) -> dict[str, object]:
    return {"source": {"base_url": host, "identifier": name}, **said}


def test_two_ways_to_one_node_lead_to_one_name() -> None:
    name = ("home", f"node.example/{ID}")
    address = f"https://node.example/records/{ID}"
    ark = [{"scheme": "ark", "value": f"ark:12345/{ID}"}]
    assert at_home(read_of("https://node.example/oai", f"oai:node.example:{ID}")) == name
    assert at_home(read_of("https://node.example/catalog", f"{address}#it")) == name
    assert at_home(read_of("https://NODE.example:8000/", f"https://n2t.net/ark:12345/{ID}")) == name
    assert at_home(read_of("https://node.example/oai", "7", pids=ark)) == name


def test_no_host_speaks_for_another_and_no_page_is_a_name() -> None:
    address = f"https://node.example/records/{ID}"
    assert at_home(read_of("https://liar.example/oai", address)) == ("home", f"liar.example/{ID}")
    page = {"base_url": "https://node.example/oai", "identifier": "7", "home_url": address}
    assert at_home({"source": page}) is None
    assert at_home({"pids": [{"scheme": "url", "value": address}]}) is None
    for other in (f"{address}#part", f"{address}?file=2", f"https://node.example/tags/{ID}", "x"):
        assert at_home(read_of("https://node.example/oai", other)) is None
    assert at_home(read_of("http://[", address)) is None
