"""What two descriptions must share to be of one thing."""

from __future__ import annotations

from typing import Any

import pytest

from tonle.catalogue.rules.akin import same_thing, something_in_common


def about(title: str, *creators: str, **more: Any) -> dict[str, Any]:
    made = [{"name_type": "Personal", "name": name} for name in creators]
    return {"titles": {"und": title}, "creators": made, **more}


PID = [{"scheme": "doi", "value": "10.5555/a"}]
PAGE = [{"type": "URL", "value": "https://example.org/a/"}]
NUMBER = [{"type": "Local", "value": "T-001"}]


@pytest.mark.parametrize(
    ("one", "other", "related", "same"),
    [
        (about("Rain", "Chea"), about("Fish", "Neth"), False, False),
        (about("Rain", "Chea"), about("Fish", "Chea"), True, False),
        (about("Rain in Takeo", "Chea, Sok"), about("RAIN in  Takeo.", "Sok Chea"), True, True),
        (about("Report", "Chea"), about("Report", "Neth"), True, False),
        (about("Report"), about("Report", "Neth"), True, True),
        (about("Report", "Chea", publication_year=2024),
         about("Report", "Chea", publication_year=2025), True, False),
        (about("Rain", pids=PID), about("Fish", pids=PID), True, True),
        (about("Rain", alternate_identifiers=PAGE),
         about("Fish", alternate_identifiers=PAGE), True, False),
        (about("Rain", alternate_identifiers=NUMBER),
         about("Fish", alternate_identifiers=NUMBER), False, False),
        (about("ភ្លៀង"), about("ភ្លៀង "), True, True),
        (about("?"), about("!"), False, False),
    ],
)  # fmt: skip
def test_what_two_descriptions_share(
    one: dict[str, Any], other: dict[str, Any], related: bool, same: bool
) -> None:
    assert something_in_common(one, other) is something_in_common(other, one) is related
    assert same_thing(one, other) is same_thing(other, one) is same
