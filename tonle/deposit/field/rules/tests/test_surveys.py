"""A form's words on the columns of its exports, and what the child says of files."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

from tonle.deposit.field.rules.forms import Form, Question, plain
from tonle.deposit.field.rules.headings import (
    MOST_FORMS,
    MOST_VALUES,
    SYSTEM,
    WORDS,
    Forms,
    Heading,
    described,
    fitness,
    is_export,
    lightened,
)
from tonle.deposit.field.rules.tables import Found, look
from tonle.deposit.field.rules.tongues import tag_of
from tonle.deposit.field.tests import exports

TEXTS = {word: {"en": text} for word, text in WORDS.items()}


@pytest.fixture
def form(tmp_path: Path) -> Form:
    found = looked(tmp_path, "form.xlsx", exports.form()).form
    assert found is not None
    return found


def looked(folder: Path, name: str, data: bytes) -> Found:
    path = folder / "file"
    path.write_bytes(data)
    return Found.from_json(look(path, name).to_json())


def labels(columns: list[dict[str, Any]], language: str = "en") -> dict[str, str]:
    return {one["name"]: one.get("label", {}).get(language, "") for one in columns}


@pytest.mark.parametrize(
    ("said", "tag"),
    [
        ("Khmer (km)", "km"), ("English", "en"), ("ខ្មែរ", "km"), ("ລາວ", "lo"),
        ("zh-hans", "zh-Hans"), ("Tiếng Việt (vi)", "vi"), ("မြန်မာ", "my"), ("", "und"),
        ("Français (fr)", "fr"), ("language of my village", None),
    ],
)  # fmt: skip
def test_a_form_names_languages_in_many_ways(said: str, tag: str | None) -> None:
    assert tag_of(said) == tag


def test_a_form_is_read_with_its_groups_lists_and_languages(form: Form) -> None:
    assert (form.title, form.id, form.languages) == (
        "Water and fields 2026", "water_2026", ("en", "km"),
    )  # fmt: skip
    by_name = {one.name: one for one in form.questions}
    assert "thanks" not in by_name
    assert by_name["members"].path == ("household",)
    assert by_name["members"].hint == {"en": "Count those who slept here last night"}
    assert by_name["head_name"].label["en"] == "Name of the household head"
    assert by_name["source"].label["en"] == "Where does {head_name} fetch water?"
    assert (by_name["area"].repeat, by_name["crops"].type) == ("plot", "select_multiple")
    assert form.lists["water"][1] == ("2", {"en": "River", "km": "ទន្លេ"})


@pytest.mark.parametrize(("head", "between"), [
    (exports.KOBO_HEAD, "/"), (exports.CENTRAL_HEAD, "-"),
    ([name.replace("household/", "") for name in exports.KOBO_HEAD], ""),
])  # fmt: skip
def test_columns_say_what_the_form_asked_however_groups_are_written(
    form: Form, head: list[str], between: str
) -> None:
    made = described([Heading(name) for name in head], form, TEXTS)

    assert [one["name"] for one in made] == head
    said, khmer = labels(made), labels(made, "km")
    members = f"household{between}members" if between else "members"
    assert said[members] == "How many people live here?"
    assert khmer[members] == "តើមានមនុស្សប៉ុន្មាននាក់?"
    assert (said["crops/rice"], khmer["crops/maize"]) == (
        "Which crops? – Rice", "ដាំដំណាំអ្វីខ្លះ? – ពោត",
    )  # fmt: skip
    latitude = next(name for name in head if name.lower().endswith("latitude"))
    assert said[latitude] == "Where is the house? – latitude"
    source = next(one for one in made if one["name"] == "source")
    assert source["values"][1] == {"value": "2", "label": {"en": "River", "km": "ទន្លេ"}}
    unsaid = [name for name, text in said.items() if not text]
    assert unsaid == []


def test_headings_may_be_labels_and_repeats_have_sheets_of_their_own(form: Form) -> None:
    made = described([Heading("តើយកទឹកពីណា?"), Heading("_id"), Heading("my own sum")], form, TEXTS)
    assert labels(made) == {
        "តើយកទឹកពីណា?": "Where does {head_name} fetch water?",
        "_id": WORDS["number"],
        "my own sum": "",
    }
    repeated = [Heading("plot/area"), Heading("_parent_index"), Heading("_index")]
    assert labels(described(repeated, form, TEXTS, table="plot"))["plot/area"] == (
        "Its area in hectares"
    )


def test_without_a_form_only_what_the_tools_add_is_told(form: Form) -> None:
    head = [Heading(name) for name in exports.KOBO_HEAD]
    made = described(head, None, TEXTS)
    assert "household/members" not in labels(made)
    assert labels(made)["_submission_time"] == WORDS["sent"]
    other = [Heading("species"), Heading("weight"), Heading("site")]
    assert described(other, None, TEXTS) == described(other, form, TEXTS) == []
    assert is_export(exports.CENTRAL_HEAD)
    assert not is_export(["start", "end", "status"])
    assert fitness(head, form) > fitness(other, form) == 0


def test_of_forms_the_one_that_names_most_is_meant(form: Form) -> None:
    head = [Heading(name) for name in exports.KOBO_HEAD]
    less = Form(questions=form.questions[:2])

    assert Forms([less, form]).best(head) is form
    assert Forms([less, form]).best([Heading("species")]) is None
    assert Forms([less] * MOST_FORMS + [form]).best(head) is not form


def test_many_questions_with_many_answers_each_take_no_room() -> None:
    """Spelt out, their columns would be hundreds of millions."""
    path = tuple(f"g{n}" for n in range(12))
    crops = tuple((f"v{n}", {"en": f"Crop {n}", "km": f"ដំណាំ {n}"}) for n in range(2_000))
    form = Form(
        questions=tuple(
            Question(
                f"q{n}", "select_multiple", {"en": f"Question {n}"}, path=path, choices="crops"
            )
            for n in range(100)
        ),
        lists={"crops": crops},
    )
    head = ["g11/q99/v1999", "q0-Crop 7", "q1/ដំណាំ 3", "q100/v1", "q2/v2000"]
    assert labels(described([Heading(name) for name in head], form, TEXTS)) == {
        "g11/q99/v1999": "Question 99 – Crop 1999",
        "q0-Crop 7": "Question 0 – Crop 7",
        "q1/ដំណាំ 3": "Question 1 – Crop 3",
        "q100/v1": "",
        "q2/v2000": "",
    }


def test_a_record_carries_no_more_than_it_may(form: Form) -> None:
    many = [{"name": f"c{n}", "label": {"en": "x"}, "values": [{"value": "v" * 200}] * 50}
            for n in range(60)]  # fmt: skip
    light = lightened(many, 100_000)
    assert 0 < sum("values" in one for one in light) < 60
    assert all(one["label"] for one in light)
    long = Form(questions=form.questions, lists={"water": (("1", {}),) * (MOST_VALUES + 1)})
    (source,) = described([Heading("source")], long, TEXTS)
    assert "values" not in source


def test_every_word_for_columns_of_the_tools_is_one_that_is_translated() -> None:
    assert set(SYSTEM.values()) <= set(WORDS)


def test_what_a_child_tells_is_measured_again(form: Form) -> None:
    assert Form.from_json(form.to_json()) == form
    said = form.to_json()
    wrongs: list[dict[str, Any]] = [
        {"questions": [{}]}, {"lists": {"a": [["1", {"en": 7}]]}}, {"title": 5},
    ]  # fmt: skip
    for wrong in wrongs:
        with pytest.raises((ValueError, KeyError, TypeError)):
            Form.from_json(said | wrong)


def test_labels_lose_their_marks() -> None:
    assert plain('<span style="color:red">Age</span>\nof **${who}**') == "Age of {who}"


def test_tables_of_every_kind_name_their_columns(tmp_path: Path) -> None:
    book = looked(tmp_path, "export.xlsx", exports.kobo_workbook())
    assert [one.name for one in book.tables] == ["Water and fields 2026", "plot"]
    types = {one.name: one.type for one in book.tables[0].headings}
    assert (types["household/members"], types["household/head_name"], types["_id"]) == (
        "whole", "text", "whole",
    )  # fmt: skip
    assert types["start"] == "instant"
    for mark in ",;\t":
        data = exports.csv_text(exports.KOBO_HEAD, exports.kobo_rows(), mark)
        (table,) = looked(tmp_path, "export.csv", data).tables
        assert [one.name for one in table.headings] == exports.KOBO_HEAD
    thai = "พืช;น้ำหนัก\nข้าว;12.5\nข้าวโพด;7\n".encode("cp874")
    (table,) = looked(tmp_path, "thai.csv", thai).tables
    assert [(one.name, one.type) for one in table.headings] == [("พืช", "text"), ("น้ำหนัก", "number")]


def test_what_is_no_table_says_nothing(tmp_path: Path) -> None:
    assert looked(tmp_path, "a.csv", b"1,2,3\n4,5,6\n").tables == ()
    assert looked(tmp_path, "a.csv", b"").tables == ()
    with pytest.raises(zipfile.BadZipFile):
        looked(tmp_path, "a.xlsx", b"PK\x03\x04 no workbook")
