"""Descriptions of columns in a record's document, read and changed."""

from __future__ import annotations

from typing import Any

from tonle.deposit.field.rules.variables import (
    Said,
    changed,
    filled,
    lines_of,
    of_table,
    placed,
    renamed,
    with_table,
)

RICE = {"name": "rice", "label": {"en": "Rice", "km": "ស្រូវ"}, "unit": "kg"}


def test_one_table_is_changed_and_all_else_stays() -> None:
    elsewhere = {"name": "depth", "unit": "m"}
    document = {"kind": "dataset", "profile": {"schema": "tonle-dataset/1", "repository": "https://a.org",
                                               "variables": [elsewhere]}}  # fmt: skip
    made = with_table(document, "a.csv", "", placed([RICE], "a.csv", ""))
    made = with_table(made, "b.xlsx", "Sheet1", placed([{"name": "x"}], "b.xlsx", "Sheet1"))
    assert made["profile"]["variables"][0] == elsewhere
    assert of_table(made, "a.csv", "") == [{"file": "a.csv", **RICE}]
    assert of_table(made, "b.xlsx", "") == []
    again = with_table(made, "a.csv", "", placed([{"name": "y"}], "a.csv", ""))
    assert [one["name"] for one in again["profile"]["variables"]] == ["depth", "y", "x"]
    assert renamed(made, {"a.csv": "c.csv"})["profile"]["variables"][1]["file"] == "c.csv"
    gone = with_table({"kind": "dataset"}, "a.csv", "", [])
    assert gone == {"kind": "dataset"}


def test_somebody_writes_in_one_language_and_the_others_stay() -> None:
    types = {"rice": "number", "site": "text", "code": "whole"}
    said = [
        Said("rice", label="Paddy", unit="t", description="", values=""),
        Said("site"),
        Said("code", values="1 = Well\n2 =River\n\n1 = again\n 3"),
    ]
    rice, code = changed([RICE], said, types, "en")
    assert rice == {
        "name": "rice", "label": {"en": "Paddy", "km": "ស្រូវ"}, "unit": "t", "type": "number",
    }  # fmt: skip
    assert code["values"] == [
        {"value": "1", "label": {"en": "Well"}},
        {"value": "2", "label": {"en": "River"}},
        {"value": "3"},
    ]
    assert lines_of(code["values"], "en") == "1 = Well\n2 = River\n3 ="
    (khmer,) = changed([code], [Said("code", values="1 = អណ្ដូង\n2 =")], types, "km")
    assert khmer["values"][0]["label"] == {"en": "Well", "km": "អណ្ដូង"}
    # What is on another page of the form was not shown, and stays.
    assert changed([RICE], [Said("code", label="Code")], types, "en")[0]["label"] == RICE["label"]
    assert changed([RICE], [Said("rice")], types, "en")[0]["label"] == {"km": "ស្រូវ"}


def test_a_form_fills_only_what_nobody_has_said() -> None:
    held: list[dict[str, Any]] = [
        {"name": "rice", "label": {"en": "My words"}},
        {"name": "mine", "unit": "m"},
    ]
    found = [{"name": "rice", "label": {"en": "Rice", "km": "ស្រូវ"}, "type": "number"}]
    rice, mine = filled(held, found)
    assert rice == {"name": "rice", "label": {"en": "My words", "km": "ស្រូវ"}, "type": "number"}
    assert mine == held[1]
