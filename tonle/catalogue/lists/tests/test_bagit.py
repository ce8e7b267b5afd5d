"""Bags are valid whatever their files are called, and no name leaves the folder."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.catalogue.lists.rules import bagit
from tonle.catalogue.lists.whole import safe_names


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "etc/passwd"),
        ("/absolute", "absolute"),
        ("C:\\Windows\\x", "C/Windows/x"),
        ("a\nb", "a_b"),
        ("..", "file"),
        ("a//b/./c", "a/b/c"),
    ],
)
def test_a_hostile_name_cannot_leave_the_folder(name: str, safe: str) -> None:
    assert safe_names([name]) == [safe]


@given(st.lists(st.text(max_size=30), max_size=8))
def test_safe_names_are_many_and_stay_inside(names: list[str]) -> None:
    safe = safe_names(names)

    assert len(set(safe)) == len(names)
    for name in safe:
        assert not name.startswith("/")
        assert not {"", ".", ".."} & set(name.split("/"))
        assert "\\" not in name


@given(st.dictionaries(st.text(min_size=1, max_size=20), st.binary(max_size=50), max_size=5))
def test_any_names_make_a_valid_bag(files: dict[str, bytes]) -> None:
    payload = [
        bagit.Payload(name, len(body), hashlib.sha512(body).hexdigest())
        for name, body in files.items()
    ]
    tags = bagit.tag_files(payload, [("Label", "a\nb")], {"x": b"y"})

    whole = {**tags, **{f"data/{file.name}": files[file.name] for file in payload}}
    assert bagit.faults(whole) == []
    assert bagit.faults({**whole, "data/more": b"1"}) == ["data/more is not in manifest-sha512.txt"]
    assert bagit.faults({**whole, "x": b"z"}) == ["x has another digest"]
