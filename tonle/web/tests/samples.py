"""A record with every field a landing page knows, and one with almost none."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

AT = datetime(2026, 11, 20, 3, 4, tzinfo=UTC)

BARE: dict[str, Any] = {
    "id": "x9k2m4p7qrst5vz",
    "kind": "dataset",
    "version": 1,
    "revision": 0,
    "state": "published",
    "titles": {"und": "Readings <b>bold</b>"},
    "access": {"level": "metadata_only"},
}

RICH: dict[str, Any] = {
    **BARE,
    "titles": {"en": "Water levels of the lake", "km": "កម្រិតទឹកនៃបឹង", "my": "ရေမျက်နှာပြင်"},
    "translations": {"km": "node", "my": "machine"},
    "other_titles": [{"type": "Subtitle", "text": {"en": "Checked by hand"}}],
    "creators": [
        {
            "name_type": "Personal",
            "name": "Sok, Dara",
            "names": {"km": "សុខ ដារ៉ា"},
            "identifiers": [{"scheme": "orcid", "value": "0000-0002-1825-0097"}],
            "affiliations": [
                {"name": "Institute", "identifier": {"scheme": "ror", "value": "03yrm5c26"}}
            ],
        },
        *({"name_type": "Personal", "name": f"Person {n}"} for n in range(200)),
    ],
    "contributors": [{"name": "Office", "name_type": "Organizational", "type": "DataCollector"}],
    "descriptions": [
        {"type": "Abstract", "text": {"en": "Read at seven.\n\nEvery day.", "km": "រាល់ព្រឹក"}},
        {"type": "Methods", "text": {"en": "Copied twice."}},
    ],
    "publisher": {"name": "Institute"},
    "publication_year": 2024,
    "resource_type": {"general": "Dataset", "text": "Time series"},
    "dates": [{"type": "Collected", "date": "1996/2024", "information": "daily"}],
    "subjects": [{"text": {"en": "hydrology", "km": "ជលសាស្ត្រ"}}],
    "languages": ["en", "km"],
    "members": ["KHM", "CHN-YN"],
    "rights": [
        {"identifier": "CC-BY-4.0"},
        {"uri": "javascript:alert(1)", "text": {"en": "Ask us"}},
        {"uri": "https://example.org/terms"},
    ],
    "pids": [{"scheme": "doi", "value": "10.5555/12345678"}],
    "alternate_identifiers": [{"type": "local", "value": "17"}],
    "relations": [
        {"type": "IsSupplementTo", "target": {"scheme": "doi", "value": "10.5555/x"}},
        {"type": "Cites", "target": {"scheme": "url", "value": "javascript:alert(1)"}},
        *(
            {"type": "Cites", "target": {"scheme": "doi", "value": f"10.5555/{n}"}}
            for n in range(99)
        ),
    ],
    "related_items": [
        {
            "type": "Journal",
            "relation_type": "IsPublishedIn",
            "titles": [{"text": {"en": "Annals"}}],
            "volume": "7",
            "first_page": "1",
        }
    ],
    "geo_locations": [
        {"place": {"en": "Kampong Luong"}, "point": {"latitude": "12.5", "longitude": "104.2"}},
        {"box": {"west": "1", "east": "2", "south": "3", "north": "4"}},
    ],
    "funding_references": [
        {"funder_name": "Ministry", "award_number": "7", "award_uri": "javascript:alert(1)"}
    ],
    "access": {"level": "embargoed", "embargo_until": "2027-01-01", "note": {"en": "Soon"}},
    "source": {"format": "datacite", "uri": "javascript:alert(1)", "retrieved_on": "2026-10-02"},
    "profile": {"schema": "tonle-dataset/1", "unit": {"en": "metre"}, "variables": ["level"]},
    "version_label": "2",
    "sizes": ["3 files"],
    "formats": ["text/csv"],
    "tombstone": {"category": "error", "reason": {"en": "Wrong"}, "at": "2026-10-03T03:00:00Z"},
}


def record_context(*, bare: bool = False) -> dict[str, Any]:
    """What the landing pages are given; see templates/catalogue/record.html."""
    versions = [{"number": 1, "revision": 0, "published_at": AT, "label": "1", "url": "/v1"}]
    if bare:
        return {
            "record": {**BARE, "tombstone": {}},
            "kind_label": "Dataset",
            "versions": versions,
            "files": [],
            "citation": "",
            "decisions": {"read_files": {"allowed": True}},
            "is_latest": True,
            "json_url": "/x",
        }
    return {
        "record": RICH,
        "type_said": "Time series",
        "kind_label": "Dataset",
        "kind_url": "/search?kind=dataset",
        "versions": versions,
        "files": [
            {"name": f"{n}.csv", "size_bytes": n, "media_type": "text/csv", "sha256": "0" * 64}
            for n in range(40)
        ],
        "citation": "Sok, Dara (2024)",
        "sizes": {"total": 3_204, "number": 1, "wait": ""},
        "decisions": {"read_files": {"allowed": False, "reasons": ["Under embargo."]}},
        "is_latest": False,
        "latest_url": "/records/x",
        "json_url": "/x",
    }
