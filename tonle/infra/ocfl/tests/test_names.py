"""Names that people, attackers and old systems give to files."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.infra.ocfl import BadPath, check_logical_path
from tonle.infra.ocfl.layout import object_id_of, object_path
from tonle.infra.ocfl.paths import ContentNames, check_logical_paths
from tonle.infra.ocfl.tests.helpers import assert_sound, contents, make_root, put

HOSTILE = [
    "",
    "/etc/passwd",
    "../outside",
    "a/../../outside",
    "a//b",
    "a/",
    "./a",
    "a\0b",
    "a\nb",
    "a\x7fb",
    "\ud800",
    "photo\u202egpj.exe",
    "e\u0301.csv",
    "a/" * 40 + "b",
    "x" * 256,
    "/".join(["x" * 250] * 5),
]
AWKWARD = [
    "ទិន្នន័យទឹកទន្លេសាប" * 12 + ".csv",
    "ข้อมูล/น้ำ.csv",
    "ခင်မောင်/အချက်အလက်.txt",
    "数据/水.csv",
    "CON",
    "con.txt",
    "aux.tar.gz",
    "README",
    "Readme",
    "readme/inside",
    "ends with a dot.",
    "back\\slash",
    'quote"<>|?*:',
    "%41",
    "-rf",
    "~",
    ".hidden",
    " ",
    "zero\u200bwidth",
    "a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p",
    "/".join(["ក" * 100] * 9),
]


@pytest.mark.parametrize("path", HOSTILE)
def test_a_hostile_name_is_refused_with_a_reason(path: str) -> None:
    with pytest.raises(BadPath) as refused:
        check_logical_path(path)
    assert refused.value.data["problem"]
    str(refused.value).encode()


def test_a_file_cannot_also_be_a_folder() -> None:
    with pytest.raises(BadPath):
        check_logical_paths(["a", "a/b"])


def test_awkward_names_are_kept_as_they_are(tmp_path: Path) -> None:
    root = make_root(tmp_path)
    files = {name: name.encode() for name in AWKWARD} | {"empty": b""}

    put(root, files)

    assert contents(root) == [files]
    assert_sound(root)


def part() -> st.SearchStrategy[str]:
    return st.text(min_size=1, max_size=60).filter(lambda text: "/" not in text)


@given(st.sets(st.lists(part(), min_size=1, max_size=4).map("/".join), max_size=12))
def test_content_paths_are_plain_short_and_differ_even_without_case(paths: set[str]) -> None:
    names = ContentNames()
    allowed: list[str] = []
    for path in sorted(paths):
        try:
            check_logical_paths([*allowed, path])
        except BadPath:
            continue
        allowed.append(path)

    given_names = [PurePosixPath(names.place(path).lower()) for path in allowed]

    assert len(set(given_names)) == len(given_names)
    folders = {parent for name in given_names for parent in name.parents}
    assert not folders & set(given_names), "none is the folder of another"
    for name in given_names:
        assert re.fullmatch(r"[a-z0-9._%/-]+", str(name))
        assert len(str(name)) <= 600
        assert all(len(p) <= 255 and p not in {".", ".."} for p in name.parts)


@given(st.text(min_size=1, max_size=200))
def test_an_object_lies_where_ocfl_py_expects_it(object_id: str) -> None:
    from ocfl.layout_0003_hash_and_id_n_tuple import Layout_0003_Hash_And_Id_N_Tuple as Layout

    theirs = Layout()
    theirs.tuple_size = theirs.number_of_tuples = 2

    path = object_path(object_id)

    assert str(path) == theirs.identifier_to_path(object_id)
    assert object_id_of(path) in {object_id, None}
    assert (object_id_of(path) is None) == (len(path.name) > 100)
