"""A whole text of a joint call, for tests. Its people and ministries are invented."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

ARTICLE = {"heading": "Aim", "text": "Both parties fund projects together."}
CALL_ID = "0000000000000b0"


def words(text: str) -> dict[str, str]:
    """The same words in both languages of the text."""
    return {"en": text, "km": f"{text} (ខ្មែរ)"}


WHOLE: dict[str, Any] = {
    "schema": "tonle-call-text/1",
    "call": CALL_ID,
    "version": 1,
    "node": "https://node.example",
    "title": words("Joint call (invented)"),
    "texts": {
        "en": {"authentic": True, "articles": [ARTICLE]},
        "km": {"authentic": True, "articles": [{"heading": "គោលបំណង", "text": "ភាគីសហការ។"}]},
    },
    "parties": [
        {
            "id": "kh",
            "name": words("Ministry (invented), Cambodia"),
            "country": "KHM",
            "currency": "USD",
            "envelope_minor": 100_000_000,
            "cap_minor": 10_000_000,
        },
        {
            "id": "cn",
            "name": words("Ministry (invented), China"),
            "country": "CHN",
            "currency": "CNY",
            "envelope_minor": 700_000_000,
            "cap_minor": 70_000_000,
        },
    ],
    "themes": [
        {
            "id": "energy",
            "name": words("Clean energy"),
            "caps": [{"party": "kh", "amount_minor": 60_000_000}],
            "earmarks": [{"party": "kh", "amount_minor": 20_000_000}],
        },
        {"id": "health", "name": words("Health innovation")},
    ],
    "eligibility": [
        {
            "id": "kh-side",
            "party": "kh",
            "scope": "applicant",
            "test": "country",
            "values": ["KHM"],
            "text": words("Researchers of institutions in Cambodia"),
        },
        {"id": "partners", "scope": "consortium", "test": "partners_at_least", "number": 2},
    ],
    "criteria": [
        {"id": "quality", "name": words("Quality"), "weight": 60, "lowest": 0, "highest": 5,
         "threshold": 3},
        {"id": "benefit", "name": words("Benefit"), "weight": 40, "lowest": 0, "highest": 5},
    ],
    "form": [
        {
            "id": "project",
            "name": words("The project"),
            "questions": [
                {"id": "aim", "label": words("Aim"), "answer": "text", "required": True}
            ],
        }
    ],
    "budget_categories": [{"id": "staff", "name": words("Staff")}],
    "mode": "joint_panel",
    "blindness": "single",
    "stages": 1,
    "others_join": False,
    "opens_at": "2027-01-11T02:00:00Z",
    "closes_at": "2027-03-15T10:00:00Z",
    "zone": "Asia/Phnom_Penh",
    "windows": {"appeal_days": 10},
    "decision": "strict",
    "asks": [],
    "endorsement": "required",
    "reviewers_named": False,
}  # fmt: skip


def text(**changed: Any) -> dict[str, Any]:
    """The whole text with other parts; a part of None is left out."""
    made = {**deepcopy(WHOLE), **changed}
    return {name: value for name, value in made.items() if value is not None}
