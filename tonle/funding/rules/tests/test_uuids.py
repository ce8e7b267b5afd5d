"""A record's UUID: the same everywhere, and back again."""

from __future__ import annotations

import random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.funding.rules.uuids import record_of, uuid_of
from tonle.kernel.identifiers import noid


@given(st.integers())
def test_a_record_comes_back_from_its_uuid(seed: int) -> None:
    record = noid.mint(random.Random(seed))

    uuid = uuid_of(record)

    assert record_of(uuid) == record
    assert (uuid.version, uuid.variant) == (8, "specified in RFC 4122")


@given(st.uuids())
def test_the_uuid_of_somebody_else_is_no_record(uuid: UUID) -> None:
    assert record_of(uuid) is None


@pytest.mark.parametrize("body", ["0" * 14, "z" * 14])
def test_the_first_and_the_last_name_have_room(body: str) -> None:
    record = body + noid.check_character(body)

    assert record_of(uuid_of(record)) == record


def test_a_uuid_beyond_the_last_name_is_no_record() -> None:
    last = uuid_of("z" * 14 + noid.check_character("z" * 14))

    assert record_of(UUID(int=last.int + 1)) is None


@pytest.mark.parametrize("name", ["", "0123456789bcdfz", "A" * 15, "../../etc/passwd"])
def test_what_is_no_name_has_no_uuid(name: str) -> None:
    with pytest.raises(ValueError, match="15 characters"):
        uuid_of(name)
