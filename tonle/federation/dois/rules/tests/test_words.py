"""What DataCite is told, from the catalogue's DataCite form."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tonle.federation.dois.rules.wishes import Wanted
from tonle.federation.dois.rules.words import Aim, body, digest, to_describe

NAME = "10.82433/0123456789bcdfg"
AIM = Aim(NAME, "https://node.example/records/0123456789bcdfg", "findable", 2026, "Library")
WRITTEN: dict[str, Any] = {
    "id": "https://doi.org/x",
    "titles": [{"title": "ទន្លេសាប"}],
    "identifiers": [{"identifier": "ark:12345/x", "identifierType": "ARK"}],
    "geoLocations": [{"geoLocationPoint": {"pointLatitude": 12.9, "pointLongitude": 104.1}}],
}
OWN: dict[str, Any] = {
    "id": "0123456789bcdfg",
    "kind": "dataset",
    "titles": {"en": "Yields"},
    "creators": [{"name_type": "Personal", "name": "Sokha"}],
    "pids": [{"scheme": "doi", "value": NAME}, {"scheme": "handle", "value": "20.500/x"}],
    "published_at": "2026-11-22T02:30:00Z",
}
HEIR: dict[str, Any] = {
    "id": "bcdfghjkmnpqrst",
    "titles": {"en": "The same"},
    "pids": [{"scheme": "doi", "value": "10.5555/heir"}],
}


def attributes(written: dict[str, Any] = WRITTEN, aim: Aim = AIM) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(body(json.dumps(written), aim))["data"]["attributes"]
    return made


def test_the_body_names_the_doi_its_page_and_what_is_to_happen() -> None:
    sent = json.loads(body(json.dumps(WRITTEN), AIM))["data"]

    assert (sent["id"], sent["type"]) == (NAME, "dois")
    told = sent["attributes"]
    assert (told["doi"], told["url"], told["event"]) == (NAME, AIM.url, "publish")
    assert "id" not in told
    assert told["alternateIdentifiers"] == [
        {"alternateIdentifier": "ark:12345/x", "alternateIdentifierType": "ARK"}
    ]
    hidden = attributes(aim=Aim(NAME, AIM.url, "registered", 2026, "Library"))
    assert hidden["event"] == "hide"


def test_who_registers_a_name_publishes_what_nobody_else_does() -> None:
    unknown = attributes({**WRITTEN, "publisher": {"name": ":unav"}})
    known = attributes({**WRITTEN, "publisher": {"name": "Ministry"}})

    assert (unknown["publisher"], known["publisher"]) == ({"name": "Library"}, {"name": "Ministry"})


def test_what_a_record_has_lost_is_taken_away_there() -> None:
    told = attributes({"id": "", "titles": []})

    assert told["descriptions"] == told["contributors"] == told["identifiers"] == []
    assert told["language"] is None


def test_a_polygon_is_one_list_of_points() -> None:
    ring = [{"polygonPoint": {"pointLatitude": 1.0, "pointLongitude": float(n)}} for n in range(4)]
    place = {"geoLocationPlace": "Takeo", "geoLocationPolygon": [ring, ring]}
    grant = {"funderName": "F", "awardTitle": "ក", "lang": "km"}

    told = attributes({**WRITTEN, "geoLocations": [place], "fundingReferences": [grant]})

    assert told["geoLocations"] == [
        {"geoLocationPlace": "Takeo", "geoLocationPolygon": ring},
        {"geoLocationPolygon": ring},
    ]
    assert told["fundingReferences"] == [{"funderName": "F", "awardTitle": "ក"}]


@given(st.sampled_from(["titles", "url", "standing", "geo"]))
def test_whatever_changes_changes_the_digest(what: str) -> None:
    first, aim = json.loads(json.dumps(WRITTEN)), AIM
    if what == "titles":
        first["titles"][0]["title"] += "។"
    elif what == "geo":
        first["geoLocations"][0]["geoLocationPoint"]["pointLatitude"] = 12.91
    elif what == "url":
        aim = Aim(NAME, AIM.url + "x", "findable", 2026, "Library")
    else:
        aim = Aim(NAME, AIM.url, "registered", 2026, "Library")

    assert digest(json.dumps(first), aim) != digest(json.dumps(WRITTEN), AIM)
    assert digest(json.dumps(WRITTEN, sort_keys=True), AIM) == digest(json.dumps(WRITTEN), AIM)


def test_a_tombstone_tells_when_and_why() -> None:
    gone = OWN | {
        "tombstone": {
            "category": "by_author",
            "reason": {"km": "ខុស", "en": "Wrong."},
            "at": "2026-11-23T01:00:00Z",
        }
    }
    made = to_describe(gone, gone, NAME, Wanted("registered", "own", OWN["id"]))

    assert made["dates"] == [{"type": "Withdrawn", "date": "2026-11-23", "information": "Wrong."}]
    # The DOI is the thing's own name, not one of its others.
    assert made["pids"] == [{"scheme": "handle", "value": "20.500/x"}]


def test_a_duplicate_says_what_it_is_the_same_as() -> None:
    made = to_describe(OWN, HEIR, NAME, Wanted("registered", "own", HEIR["id"]))
    same = {"type": "IsIdenticalTo", "target": {"scheme": "doi", "value": "10.5555/heir"}}
    assert made["relations"] == [same]

    nameless = {**HEIR, "pids": []}
    made = to_describe(OWN, nameless, NAME, Wanted("registered", "own", HEIR["id"]))
    assert made["relations"][0]["target"] == {"scheme": "tonle", "value": HEIR["id"]}


def test_what_is_hidden_is_described_by_nothing() -> None:
    made = to_describe(OWN, OWN, NAME, Wanted("registered", "nothing", OWN["id"]))

    assert "Sokha" not in json.dumps(made)
    assert "Yields" not in json.dumps(made)


def test_a_year_that_nobody_knows_is_that_of_publication_here() -> None:
    assert attributes({**WRITTEN, "publicationYear": 0})["publicationYear"] == 2026
    assert attributes({**WRITTEN, "publicationYear": 1999})["publicationYear"] == 1999
