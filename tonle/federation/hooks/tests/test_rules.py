"""Signatures, waits, types of messages and selections, without a database."""

from __future__ import annotations

import base64
import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from config.options import BASE_DIR
from tests.constants import NOW
from tonle.federation.hooks.rules import events, signing
from tonle.federation.hooks.rules.matching import Wish, matches
from tonle.federation.hooks.rules.retrying import (
    FEWEST_TRIES,
    LONGEST_SECONDS,
    PATIENCE,
    asked_seconds,
    is_given_up,
    wait_seconds,
)

# --- signatures ---------------------------------------------------------------------------

# The vector that the specification's own libraries are tested with.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID, TIMESTAMP, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

keys = st.binary(min_size=24, max_size=64)
ids = st.from_regex(r"msg_[0-9a-z]{15}", fullmatch=True)


def secret_of(key: bytes) -> str:
    return signing.new_secret(lambda _count: key)


def test_the_reference_vector_is_signed_as_it_should_be() -> None:
    assert signing.sign(SECRET, ID, TIMESTAMP, BODY) == SIGNATURE


@given(keys, keys, ids, st.text())
def test_another_implementation_takes_our_signatures_and_no_others(
    key: bytes, other: bytes, id: str, text: str
) -> None:
    assume(key != other)
    # A key of HMAC is filled up with zeros to a block.
    assume(key.rstrip(b"\0") != other.rstrip(b"\0"))
    body, now = text.encode("utf-8", "replace"), int(time.time())
    receiver = Webhook(secret_of(key))

    receiver.verify(body, signing.headers([secret_of(key)], id, now, body), json_parse=False)
    # While a secret is changed, both sign, in any order.
    both = signing.headers([secret_of(other), secret_of(key)], id, now, body)
    receiver.verify(body, both, json_parse=False)
    for wrong in (
        signing.headers([secret_of(other)], id, now, body),
        signing.headers([secret_of(key)], id, now, body + b"!"),
        {**signing.headers([secret_of(key)], id, now, body), "webhook-id": "msg_other"},
        signing.headers([secret_of(key)], id, now - 3600, body),
    ):
        with pytest.raises(WebhookVerificationError):
            receiver.verify(body, wrong, json_parse=False)


def test_a_secret_is_long_and_tells_what_it_is() -> None:
    secret = signing.new_secret(lambda count: b"\x01" * count)

    assert secret.startswith("whsec_")
    assert 24 <= len(base64.b64decode(secret[6:])) <= 64


def test_an_id_with_a_full_stop_is_not_signed() -> None:
    with pytest.raises(ValueError, match="full stop"):
        signing.sign(SECRET, "msg.1", 1, b"")


def test_the_receiver_of_the_guide_tells_ours_from_others() -> None:
    page = (BASE_DIR / "docs" / "how-to" / "receive-webhooks.md").read_text(encoding="utf-8")
    code = re.search(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert code is not None
    written: dict[str, Any] = {}
    exec(code[1], written)  # noqa: S102 # Our own page.
    is_genuine = written["is_genuine"]
    headers = signing.headers([SECRET], ID, int(time.time()), BODY)
    both = signing.headers([secret_of(b"x" * 32), SECRET], ID, int(time.time()), BODY)

    assert is_genuine(SECRET, headers, BODY)
    assert is_genuine(SECRET, both, BODY)
    assert not is_genuine(SECRET, headers, BODY + b" ")
    assert not is_genuine(SECRET, signing.headers([SECRET], ID, 1, BODY), BODY)


# --- waiting ------------------------------------------------------------------------------


@given(st.integers(1, 10_000), st.floats(0, 1), st.none() | st.floats(0, 86_400))
def test_a_wait_grows_to_its_bound_and_heeds_the_receiver(
    tries: int, jitter: float, asked: float | None
) -> None:
    wait = wait_seconds(tries, jitter, asked)

    assert 2.5 <= wait <= max(LONGEST_SECONDS, asked or 0)
    assert wait >= (asked or 0)
    assert wait_seconds(tries + 1, jitter) >= wait_seconds(tries, jitter)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("9" * 40, 86_400),
        ("Sun, 22 Nov 2026 02:31:00 GMT", 60),
        ("Sun, 22 Nov 2026 02:31:00", 60),
        ("Sun, 22 Nov 2020 02:31:00 GMT", 0),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("Sun, 99 Nov 2026 02:31:00 GMT", None),
    ],
)
def test_what_a_receiver_asks_is_read_as_number_or_instant(
    header: str, seconds: float | None
) -> None:
    assert asked_seconds(header, NOW) == seconds


@given(st.text())
def test_any_header_is_read_without_a_fault(header: str) -> None:
    found = asked_seconds(header, NOW)

    assert found is None or 0 <= found <= 86_400


def test_a_receiver_that_fails_is_waited_for_about_three_days() -> None:
    for jitter in (0.0, 0.5, 1.0):
        at, tries = NOW, 1
        while not is_given_up(tries, NOW, at):
            at += timedelta(seconds=wait_seconds(tries, jitter))
            tries += 1
        assert PATIENCE <= at - NOW <= PATIENCE + timedelta(hours=12)
        assert FEWEST_TRIES <= tries <= 25


def test_the_first_failure_after_a_week_of_rest_is_not_the_last() -> None:
    assert not is_given_up(1, NOW - timedelta(days=7), NOW)


# --- types and bodies ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "first", "newest", "gone", "type"),
    [
        ("publish", True, True, False, "record.published"),
        ("publish", True, False, False, "record.published"),
        ("publish", False, True, False, "record.updated"),
        ("revise", False, False, False, "record.updated"),
        ("access", False, True, False, "record.updated"),
        ("lapse", False, True, False, "record.updated"),
        ("reinstate", False, True, False, "record.restored"),
        # A later entry tells that it is gone, and this one must not tell that it is there.
        ("publish", True, False, True, None),
        ("revise", False, False, True, None),
        # Withdrawn, merged, purged or hidden by a decision: one word for all.
        ("withdraw", False, True, True, "record.withdrawn"),
        ("merge", False, True, True, "record.withdrawn"),
        ("purge", False, True, True, "record.withdrawn"),
        ("effects", False, True, True, "record.withdrawn"),
        ("publish", True, True, True, "record.withdrawn"),
        # It was gone once and is there again: a later entry tells of that.
        ("withdraw", False, False, False, None),
    ],
)
def test_an_entry_is_told_as_what_is_so_now(
    action: str, first: bool, newest: bool, gone: bool, type: str | None
) -> None:
    assert events.event_of(action, is_first=first, is_newest=newest, gone=gone) == type
    assert type is None or type in events.EVENTS


def test_a_message_is_the_same_bytes_each_time() -> None:
    at = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)

    assert events.body_of("record.updated", at, {"position": 7, "id": "x"}) == (
        b'{"data":{"id":"x","position":7},"timestamp":"2026-11-22T02:30:00Z",'
        b'"type":"record.updated"}'
    )


# --- selections ---------------------------------------------------------------------------

kinds = st.sampled_from(["", "dataset", "software"])
members = st.sampled_from(["", "KHM", "LAO"])
communities = st.sampled_from(["", "rice", "fish"])
levels = st.sampled_from(["", "open", "restricted"])
names = st.sampled_from(list(events.EVENTS))
wishes = st.builds(
    Wish, st.frozensets(names), kinds, members, communities, levels, own_only=st.booleans()
)
documents = st.fixed_dictionaries(
    {"kind": kinds.filter(bool), "access": st.fixed_dictionaries({"level": levels.filter(bool)})},
    optional={
        "members": st.lists(members.filter(bool)),
        "communities": st.lists(communities.filter(bool)),
        "source": st.sampled_from([{}, {"harvested_at": "2026-11-22T02:30:00Z"}]),
    },
)


@given(wishes, names, documents)
def test_what_a_hook_hears_is_what_every_part_of_its_wish_allows(
    wish: Wish, event: str, document: dict[str, Any]
) -> None:
    alone = [
        Wish(events=wish.events),
        Wish(kind=wish.kind),
        Wish(member=wish.member),
        Wish(community=wish.community),
        Wish(access=wish.access),
        Wish(own_only=wish.own_only),
    ]

    assert matches(Wish(), event, document)
    assert matches(wish, event, document) == all(matches(one, event, document) for one in alone)
    assert matches(Wish(kind=wish.kind), event, document) == (wish.kind in {"", document["kind"]})
    assert matches(Wish(own_only=True), event, document) == (not document.get("source"))
