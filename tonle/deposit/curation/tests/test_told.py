"""What depositors and curators are told about one deposit, each in words of their own."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tonle.catalogue import public as catalogue
from tonle.deposit.checks.tests.factories import files_read
from tonle.deposit.curation import publishing, services, telling
from tonle.deposit.curation.tests.factories import handed_in, in_review, person
from tonle.deposit.forms.tests.conftest import Reader
from tonle.deposit.forms.tests.conftest import reader as reader
from tonle.infra import clock
from tonle.kernel.actors import Actor
from tonle.people import public as people
from tonle.people.notices.models import Notice

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("home"),
    pytest.mark.one_database,
]
Open = Callable[..., Reader]


def next_box(one: Reader) -> str:
    """The words of “What happens next”."""
    found = re.search(r'<section class="next">.*?</section>', one.page, re.DOTALL)
    assert found
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0]))


def test_what_a_curator_says_of_the_whole_comes_before_the_fields(
    reader: Open, sokha: Actor, dara: Actor, home: Path
) -> None:
    made = in_review(sokha, dara, home, now=clock.now())
    services.ask_changes(
        draft_id=made.id, text="Please add units.", fields={"titles": "Say the year."},
        actor=dara, now=clock.now(),
    )  # fmt: skip
    one = reader(sokha)
    one.open(f"/deposit/{made.id}")

    box = next_box(one)
    assert box.index("Please add units.") < box.index("Say the year.")
    assert "Please add units." in one.open(f"/deposit/{made.id}/describe")


def test_why_it_was_declined_stands_where_the_depositor_looks(
    reader: Open, sokha: Actor, dara: Actor, home: Path
) -> None:
    made = in_review(sokha, dara, home, now=clock.now())
    services.decline(
        draft_id=made.id, reason="rights", text="The survey belongs to the ministry.",
        actor=dara, now=clock.now(),
    )  # fmt: skip
    one = reader(sokha)
    one.open(f"/deposit/{made.id}")

    assert "The rights do not allow it" in next_box(one)
    assert "The survey belongs to the ministry." in next_box(one)


def test_a_curator_is_told_what_others_do_and_not_to_do_it(
    reader: Open, sokha: Actor, dara: Actor, home: Path
) -> None:
    made = in_review(sokha, dara, home, now=clock.now())
    curator = reader(dara)
    review = f"/deposit/review/{made.id}"
    services.ask_changes(draft_id=made.id, text="Units.", actor=dara, now=clock.now())
    words = curator.open(review)
    assert "The depositor changes what was asked" in words
    assert "then hand it in again" not in words
    crumbs = re.search(r'<nav class="crumbs".*?</nav>', curator.page, re.DOTALL)
    assert crumbs
    assert made.id not in crumbs[0]
    assert "Rice" in crumbs[0]

    services.decline(draft_id=made.id, reason="other", text="No.", actor=dara, now=clock.now())
    words = curator.open(review)
    assert "You can appeal" not in words
    assert "The depositor can appeal" in words


def test_what_is_public_is_not_said_to_be_hidden(
    reader: Open, sokha: Actor, dara: Actor, home: Path
) -> None:
    made = in_review(sokha, dara, home, now=clock.now())
    curator = reader(dara)
    assert "This is not public." in curator.open(f"/deposit/review/{made.id}")
    publishing.accept(draft_id=made.id, actor=dara, now=clock.now())

    assert "not public" not in curator.open(f"/deposit/review/{made.id}")


def test_a_new_version_says_so_and_what_it_changes(
    reader: Open, sokha: Actor, dara: Actor, home: Path
) -> None:
    made = in_review(sokha, dara, home, now=clock.now())
    publishing.accept(draft_id=made.id, actor=dara, now=clock.now())
    following = services.start_next(
        record_id=made.record_id, replaces_files=True, actor=sokha, now=clock.now()
    )
    view = catalogue.draft_view(draft_id=following.id, actor=sokha, now=clock.now())
    catalogue.edit_draft(
        draft_id=following.id,
        document={**view.document, "titles": {"en": "Rice, second count"}},
        actor=sokha,
        now=clock.now(),
    )
    upload = home / "more"
    upload.write_bytes(b"c,d")
    catalogue.add_file(
        draft_id=following.id, file=catalogue.NewFile("more.csv", upload), actor=sokha,
        now=clock.now(),
    )  # fmt: skip
    files_read(following.id, clock.now())
    services.hand_in(draft_id=following.id, actor=sokha, now=clock.now())
    services.claim(draft_id=following.id, actor=dara, now=clock.now())
    curator = reader(dara)
    words = curator.open(f"/deposit/review/{following.id}")

    assert "A new version of a published record." in words
    assert f'href="/records/{made.record_id}"' in curator.page
    assert "What publishing it would change" in words
    assert "<ins" in curator.page
    assert "Rice, second count" in words
    assert "new in this version" in words
    assert "from the version before" in words
    assert "home" not in re.findall(r"<dt>(.*?)</dt>", curator.page)


def test_the_desk_counts_each_deposit_once(
    reader: Open, sokha: Actor, dara: Actor, home: Path
) -> None:
    handed_in(sokha, home, now=clock.now())
    words = reader(dara).open("/deposit")

    assert re.search(r"desk\s*:\s*1\b", words)


def test_changes_can_be_asked_for_in_every_part_of_the_form(
    reader: Open, sokha: Actor, dara: Actor, home: Path
) -> None:
    made = in_review(sokha, dara, home, now=clock.now())
    one = reader(dara)
    one.open(f"/deposit/review/{made.id}")
    asked = {"members", "languages", "geo_locations", "relations", "funding_references"}

    assert asked <= set(re.findall(r'name="field-([a-z_]+)"', one.page))


def test_a_message_names_its_deposit_on_the_readers_page_and_ends_with_its_matter(
    reader: Open, sokha: Actor, dara: Actor, home: Path
) -> None:
    made = handed_in(sokha, home, now=clock.now())
    assert people.unread_count(dara) == 1
    services.claim(draft_id=made.id, actor=dara, now=clock.now())
    assert people.unread_count(dara) == 0, "nothing waits that somebody has taken on"

    services.ask_changes(draft_id=made.id, text="Units.", actor=dara, now=clock.now())
    words = reader(sokha).open("/me/notices")
    assert "1 thing waits for you." in words
    assert "Rice" in words
    # What may leave the node says no title, and nobody else's page names it.
    notice = Notice.objects.get(about=f"deposit/{made.id}", topic="deposit.changes_asked")
    assert notice.data == {}
    assert telling.names([made.id], person("bopha", clock.now()), clock.now()) == {}

    services.hand_in(draft_id=made.id, actor=sokha, now=clock.now())
    assert people.unread_count(sokha) == 0
