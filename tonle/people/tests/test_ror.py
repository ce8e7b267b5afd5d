"""Organisations of the members from a dump of ROR: read as a stream, added once."""

from __future__ import annotations

import argparse
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.constants import NOW
from tonle.kernel.actors import ANONYMOUS, SYSTEM
from tonle.kernel.errors import Invalid, NotPermitted
from tonle.people import organisations_command, selectors
from tonle.people.crosswalks import ror_2
from tonle.people.models import Organisation
from tonle.people.services import add_organisation
from tonle.people.services.organisations import add_from_ror


def record(id: str, country: str, name: str, **fields: Any) -> dict[str, Any]:
    """A record as ROR writes it (schema 2.1), with the parts that are read."""
    place = {"country_code": country, "country_subdivision_code": fields.pop("part", None)}
    return {
        "id": f"https://ror.org/{id}",
        "status": "active",
        "names": [
            {"lang": None, "types": ["acronym"], "value": "RUPP"},
            {"lang": "en", "types": ["alias"], "value": "Another name"},
            {"lang": "en", "types": ["label", "ror_display"], "value": name},
            {"lang": "km", "types": ["label"], "value": "សាកលវិទ្យាល័យ"},
        ],
        "locations": [{"geonames_details": place, "geonames_id": 1}],
        "links": [{"type": "website", "value": "https://example.org"}],
        "external_ids": [
            {"type": "isni", "preferred": None, "all": ["0000 0004 6513 478X"]},
            {"type": "fundref", "preferred": "1", "all": ["1"]},
        ],
        "types": ["education", "funder"],
        **fields,
    }


PHNOM_PENH = record("00pcwya82", "KH", "University of the River")
DUMP = [
    record("03yrm5c26", "FR", "Institut", external_ids=[]),
    PHNOM_PENH,
    record("01e70gy59", "CN", "Institute of Kunming", part="YN", external_ids=[]),
    record("037kzc759", "CN", "Institute of Anhui", part="AH", external_ids=[]),
    record("05v78qy15", "KH", "Closed", status="withdrawn", external_ids=[]),
]


def stream(records: list[Any]) -> io.StringIO:
    return io.StringIO(json.dumps(records, ensure_ascii=False, indent=2))


class Sips(io.StringIO):
    """A file that gives a few letters at a time, and remembers the most that was asked for."""

    most = 0

    def read(self, size: int | None = -1) -> str:
        Sips.most = max(Sips.most, size if size is not None and size >= 0 else 1 << 40)
        return super().read(7)


def test_a_dump_is_read_record_by_record_wherever_a_piece_ends() -> None:
    assert list(ror_2.records(Sips(stream(DUMP).getvalue()))) == DUMP
    assert Sips.most <= 1 << 16
    assert list(ror_2.records(io.StringIO("[]"))) == []


@pytest.mark.parametrize(
    "wrong", ["", "{}", "[1]", '[{"id": 1}', '[{"id": ', "[" + "[" * 100_000, "<html>"]
)
def test_what_is_no_dump_is_refused(wrong: str) -> None:
    with pytest.raises(Invalid):
        list(ror_2.records(io.StringIO(wrong)))


@pytest.mark.django_db
def test_the_members_organisations_are_added_once_and_nobody_elses() -> None:
    add_organisation(
        description={"names": {"en": "Institute of Kunming"}, "member": "CHN-YN"},
        actor=SYSTEM,
        now=NOW,
    )
    tried = add_from_ror(stream(DUMP), actor=SYSTEM, now=NOW, dry_run=True)
    assert (tried.added, Organisation.objects.count()) == (2, 1)

    report = add_from_ror(stream(DUMP), actor=SYSTEM, now=NOW)
    assert (report.added, report.here, report.elsewhere, report.refused) == (2, 0, 3, [])
    # The same name is possible, never the same.
    assert report.alike == ["Institute of Kunming, https://ror.org/01e70gy59"]
    found = selectors.organisation_by_identifier("ror", "00pcwya82")
    assert found is not None
    assert found.names == {"en": "University of the River", "km": "សាកលវិទ្យាល័យ"}
    assert (found.member, found.country, found.acronym) == ("KHM", "KHM", "RUPP")
    assert selectors.organisation_by_identifier("isni", "000000046513478X") == found

    again = add_from_ror(stream(DUMP), actor=SYSTEM, now=NOW)
    assert (again.added, again.here, Organisation.objects.count()) == (0, 2, 3)


@pytest.mark.django_db
def test_what_cannot_be_taken_is_named_and_the_rest_is_added() -> None:
    broken = [{"id": "https://ror.org/00s8xgq82", "status": "active", "locations": [3]}]
    unnamed = record("02y7rck89", "KH", "", names=[], external_ids=[])
    first_schema = {"id": "https://ror.org/05v78qy15", "country": {"country_code": "KH"}}
    report = add_from_ror(
        stream([*broken, unnamed, first_schema, PHNOM_PENH]), actor=SYSTEM, now=NOW
    )
    assert report.added == 1
    assert [line.partition(": ")[0] for line in report.refused] == [
        "https://ror.org/00s8xgq82",
        "https://ror.org/02y7rck89",
        "https://ror.org/05v78qy15",
    ]
    with pytest.raises(NotPermitted):
        add_from_ror(stream([]), actor=ANONYMOUS, now=NOW)


@pytest.mark.django_db
def test_the_command_reads_the_zip_as_ror_gives_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with zipfile.ZipFile(tmp_path / "dump.zip", "w") as packed:
        packed.writestr("v1.9-ror-data.json", "[]")
        packed.writestr("v1.9-ror-data_schema_v2.json", json.dumps(DUMP))
        packed.writestr("v1.9-ror-data.csv", "")
    parser = argparse.ArgumentParser()
    organisations_command.IMPORT.configure(parser)

    assert (
        organisations_command.IMPORT.run(
            parser.parse_args([str(tmp_path / "dump.zip"), "--dry-run"])
        )
        == 0
    )
    assert "2  organisations would be added" in capsys.readouterr().out
    assert not Organisation.objects.exists()
    assert organisations_command.IMPORT.run(parser.parse_args([str(tmp_path / "dump.zip")])) == 0
    assert "2  organisations added\n" in capsys.readouterr().out
    assert Organisation.objects.count() == 2
