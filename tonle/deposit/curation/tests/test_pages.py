"""The curators' pages as Sokha the depositor, Dara the curator and Bopha the outsider meet them."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.constants import NOW
from tonle.catalogue import services as catalogue_services
from tonle.catalogue.public import add_draft_editor, record_view
from tonle.catalogue.tests.factories import make_record
from tonle.deposit.curation import links, publishing, selectors, services
from tonle.deposit.curation.models import Submission
from tonle.deposit.curation.tests.factories import handed_in, in_review, submission
from tonle.infra import clock, jobs
from tonle.infra.idempotency import KeyReused
from tonle.infra.models import AuditEntry
from tonle.kernel.actors import SYSTEM, Actor
from tonle.kernel.errors import Invalid, NotFound, NotPermitted, Refused
from tonle.people.models import Account

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("home"),
    pytest.mark.one_database,
]


def as_(actor: Actor) -> Client:
    client = Client()
    client.force_login(
        Account.objects.get(pk=actor.id),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    return client


def send(client: Client, address: str, data: dict[str, str], *, follow: bool = False) -> Any:
    """Send a form of ours, with the seal that its page carries."""
    page = client.get(address).content.decode()
    seal = re.search(r'name="seal" value="([^"]+)"', page)
    return client.post(address, {"seal": seal[1] if seal else "", **data}, follow=follow)


def words(response: object) -> str:
    text = getattr(response, "content", b"").decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_the_desk_shows_what_waits_the_longest_first(
    sokha: Actor, bopha: Actor, dara: Actor, home: Path
) -> None:
    handed_in(sokha, home, now=clock.now() - timedelta(days=30), titles={"en": "Old rice"})
    handed_in(bopha, home, now=clock.now() - timedelta(days=1), titles={"en": "New rice"})

    page = words(as_(dara).get("/deposit/review"))

    assert page.index("Old rice") < page.index("New rice")
    assert "has waited 30 days" in page
    assert "Late" in page


def test_the_desk_is_paged_by_keyset(sokha: Actor, dara: Actor, home: Path) -> None:
    from tonle.deposit.curation.tests.factories import person

    for n in range(3):
        handed_in(
            person(f"p{n}"), home, now=NOW + timedelta(minutes=n), titles={"en": f"Title {n}"}
        )

    first, following = selectors.queue(dara, "waiting", None, NOW, limit=2)
    rest, end = selectors.queue(dara, "waiting", following, NOW, limit=2)

    assert [row.titles["en"] for row in first + rest] == ["Title 0", "Title 1", "Title 2"]
    assert end is None
    assert sokha


def test_who_has_no_desk_finds_none(sokha: Actor, home: Path) -> None:
    made = handed_in(sokha, home)

    assert as_(sokha).get("/deposit/review").status_code == 404
    assert as_(sokha).get(f"/deposit/review/{made.id}").status_code == 404
    assert Client().get("/deposit/review").status_code == 302


def test_a_curator_takes_it_on_asks_accepts(sokha: Actor, dara: Actor, home: Path) -> None:
    made = handed_in(sokha, home, titles={"en": "Fish of the lake"})
    address, client = f"/deposit/review/{made.id}", as_(dara)

    page = words(client.get(address))
    assert "Fish of the lake" in page
    assert "data.csv" in page
    assert "Take it on" in page
    send(client, address, {"do": "claim", "key": "k1"})
    send(
        client,
        address,
        {"do": "ask_changes", "text": "", "field-rights": "Which one?", "key": "k2"},
    )
    assert selectors.submission_view(made.id, sokha, NOW).asked == {"rights": ["Which one?"]}
    services.hand_in(draft_id=made.id, actor=sokha, now=clock.now())
    send(client, address, {"do": "claim", "key": "k3"})
    done = send(client, address, {"do": "accept", "vouch": "on", "key": "k4"}, follow=True)

    assert "It is published." in words(done)
    assert record_view(record_id=made.record_id, actor=sokha, now=NOW).record.state == "published"


def test_the_second_curator_reads_who_has_it(
    sokha: Actor, dara: Actor, chan: Actor, home: Path
) -> None:
    made = in_review(sokha, dara, home)

    answer = send(as_(chan), f"/deposit/review/{made.id}", {"do": "claim", "key": "k"})

    assert answer.status_code == 409
    assert "dara@example.org has taken this on" in words(answer)


def test_what_was_written_is_not_lost_when_a_reason_is_missing(
    sokha: Actor, dara: Actor, home: Path
) -> None:
    made = in_review(sokha, dara, home)

    answer = send(
        as_(dara), f"/deposit/review/{made.id}", {"do": "decline", "text": "Not ours.", "key": "k"}
    )

    assert answer.status_code == 409
    assert "Choose a reason." in words(answer)
    assert "Not ours." in words(answer)


def test_files_before_publication_are_for_those_who_write_or_curate(
    sokha: Actor, bopha: Actor, dara: Actor, home: Path
) -> None:
    made = handed_in(sokha, home)
    address = f"/deposit/review/{made.id}/files/data.csv"

    answer = as_(dara).get(address)

    assert b"".join(answer.streaming_content) == b"a,b\n1,2\n"  # type: ignore[attr-defined] # A file answer streams.
    assert "no-store" in answer["Cache-Control"]
    assert as_(sokha).get(address).status_code == 200
    hidden, absent = as_(bopha).get(address), as_(bopha).get(address.replace(made.id, "x" * 15))
    assert hidden.status_code == absent.status_code == 404
    assert hidden.content.replace(made.id.encode(), b"") == absent.content.replace(b"x" * 15, b"")


# --- links for reviewers -----------------------------------------------------------------


def test_a_link_shows_the_draft_and_its_files_without_an_account(sokha: Actor, home: Path) -> None:
    made = submission(sokha, home, titles={"en": "Fish of the lake"})
    _link, secret = links.share(draft_id=made.id, days=7, actor=sokha, now=clock.now())

    answer = Client().get(f"/deposit/shared/{secret}")
    page = words(answer)

    assert "Fish of the lake" in page
    assert "This is a draft" in page
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer["X-Robots-Tag"]
    assert secret not in page
    file = Client().get(f"/deposit/shared/{secret}/files/data.csv")
    assert b"".join(file.streaming_content) == b"a,b\n1,2\n"  # type: ignore[attr-defined] # As above.
    assert AuditEntry.objects.filter(action="deposit.link_used").count() == 1


def test_a_link_ends_by_time_and_by_its_owner(sokha: Actor, home: Path) -> None:
    made = submission(sokha, home)
    link, secret = links.share(draft_id=made.id, days=7, actor=sokha, now=NOW)
    assert links.open_link(secret, NOW + timedelta(days=6)).draft_id == made.id

    with pytest.raises(NotFound):
        links.open_link(secret, NOW + timedelta(days=7))
    links.revoke_share(draft_id=made.id, link_id=link.id, actor=sokha, now=NOW)
    links.revoke_share(draft_id=made.id, link_id=link.id, actor=sokha, now=NOW)
    with pytest.raises(NotFound):
        links.open_link(secret, NOW)
    with pytest.raises(NotFound):
        links.open_link("guess", NOW)
    assert Client().get("/deposit/shared/guess").status_code == 404


def test_a_link_asked_for_twice_is_one_link(sokha: Actor, bopha: Actor, home: Path) -> None:
    made = submission(sokha, home)

    def again(days: int = 7) -> tuple[str, str]:
        link, secret = links.share(
            draft_id=made.id, days=days, label="Chan", actor=sokha, now=NOW, key="k"
        )
        return link.id, secret

    first = again()
    assert again() == first
    assert links.open_link(first[1], NOW).draft_id == made.id
    with pytest.raises(KeyReused):
        again(days=8)
    other, secret = links.share(draft_id=made.id, days=7, label="Chan", actor=sokha, now=NOW)
    assert (other.id, secret) != first


def test_a_link_leads_to_the_record_once_it_is_public(
    sokha: Actor, dara: Actor, home: Path
) -> None:
    made = in_review(sokha, dara, home)
    _link, secret = links.share(draft_id=made.id, days=7, actor=sokha, now=clock.now())
    publishing.accept(draft_id=made.id, actor=dara, now=NOW)

    answer = Client().get(f"/deposit/shared/{secret}")

    assert (answer.status_code, answer["Location"]) == (302, f"/records/{made.record_id}")


def test_a_link_ends_with_the_draft(sokha: Actor, home: Path) -> None:
    made = submission(sokha, home)
    _link, secret = links.share(draft_id=made.id, days=7, actor=sokha, now=NOW)
    services.discard(draft_id=made.id, actor=sokha, now=NOW)

    with pytest.raises(NotFound):
        links.open_link(secret, NOW)
    with pytest.raises(Refused):
        links.share(draft_id=made.id, days=7, actor=sokha, now=NOW)


def correction(sokha: Actor, dara: Actor, home: Path, level: str) -> Submission:
    """What is being written about a record of Sokha's that is public, and how its files are."""
    access = {"level": level, "note": {"en": "Ask Sokha."}}
    made = in_review(sokha, dara, home, access=access)
    publishing.accept(draft_id=made.id, actor=dara, now=NOW)
    return services.start_next(record_id=made.record_id, replaces_files=False, actor=sokha, now=NOW)


@pytest.mark.parametrize(("level", "given"), [("open", True), ("restricted", False)])
def test_a_link_gives_out_what_is_published_only_where_anybody_gets_it(
    level: str, given: bool, sokha: Actor, dara: Actor, bopha: Actor, home: Path
) -> None:
    following = correction(sokha, dara, home, level)
    add_draft_editor(draft_id=following.id, account_actor_id=bopha.id, actor=sokha, now=NOW)

    for maker in (sokha, bopha):
        _link, secret = links.share(draft_id=following.id, days=7, actor=maker, now=clock.now())
        address = f"/deposit/shared/{secret}/files/data.csv"
        assert (address in Client().get(f"/deposit/shared/{secret}").content.decode()) is given
        answer = Client().get(address)
        assert answer.status_code == (200 if given else 403)
        body = b"".join(answer.streaming_content) if given else answer.content  # type: ignore[attr-defined] # As above.
        assert (b"1,2" in body) is given


@pytest.mark.parametrize("event", ["withdraw", "purge"])
def test_a_link_ends_for_good_when_the_record_is_taken_back(
    event: str, sokha: Actor, dara: Actor, home: Path
) -> None:
    following = correction(sokha, dara, home, "open")
    _link, secret = links.share(draft_id=following.id, days=7, actor=sokha, now=NOW)
    why: dict[str, Any] = {
        "record_id": following.record_id, "category": "x", "reason": {"en": "x"},
        "actor": SYSTEM, "now": NOW,
    }  # fmt: skip

    catalogue_services.withdraw(**why)
    for name in ("", "/files/data.csv"):
        assert Client().get(f"/deposit/shared/{secret}{name}").status_code == 404
    with pytest.raises((Refused, NotFound)):
        links.share(draft_id=following.id, days=7, actor=sokha, now=NOW)
    if event == "purge":
        catalogue_services.purge(**why)
    jobs.run_all_due(clock.now())
    if event == "withdraw":
        catalogue_services.reinstate(record_id=following.record_id, actor=SYSTEM, now=NOW)

    with pytest.raises(NotFound):
        links.open_link(secret, NOW)
    following.refresh_from_db()
    assert following.state == ("discarded" if event == "purge" else "preparing")
    assert AuditEntry.objects.filter(action="deposit.link_revoked").count() == 1


def test_nobody_else_makes_or_revokes_a_link(
    sokha: Actor, bopha: Actor, dara: Actor, home: Path
) -> None:
    made = handed_in(sokha, home)
    link, _secret = links.share(draft_id=made.id, days=7, actor=sokha, now=NOW)

    with pytest.raises(NotFound):
        links.share(draft_id=made.id, days=7, actor=bopha, now=NOW)
    with pytest.raises(NotFound):
        links.revoke_share(draft_id=made.id, link_id=link.id, actor=bopha, now=NOW)
    links.revoke_share(draft_id=made.id, link_id=link.id, actor=dara, now=NOW)


def test_only_the_digest_of_the_secret_is_kept(sokha: Actor, home: Path) -> None:
    from tonle.deposit.curation.models import ShareLink

    made = submission(sokha, home)
    _link, secret = links.share(draft_id=made.id, days=30, actor=sokha, now=NOW)

    assert secret not in str(list(ShareLink.objects.values()))
    assert not AuditEntry.objects.filter(data__contains=secret).exists()
    for days in (0, 9999):
        with pytest.raises(Invalid):
            links.share(draft_id=made.id, days=days, actor=sokha, now=NOW)


# --- taking back what is public ----------------------------------------------------------


def test_an_owner_asks_and_a_curator_withdraws(
    sokha: Actor, bopha: Actor, dara: Actor, home: Path
) -> None:
    made = in_review(sokha, dara, home)
    publishing.accept(draft_id=made.id, actor=dara, now=NOW)
    address = f"/records/{made.record_id}/request-withdrawal"

    assert as_(bopha).get(address).status_code == 404
    owner = as_(sokha)
    assert send(owner, address, {"category": "", "text": "x", "key": "a"}).status_code == 422
    for _ in range(2):
        send(owner, address, {"category": "error", "text": "The unit is wrong.", "key": "b"})
    from tonle.deposit.curation.models import Withdrawal

    request = Withdrawal.objects.get()
    desk = as_(dara)
    assert "The unit is wrong." in words(desk.get("/deposit/review/withdrawals"))
    send(
        desk,
        "/deposit/review/withdrawals",
        {"request": request.id, "do": "grant", "text": "Wrong unit."},
    )

    request.refresh_from_db()
    assert request.state == "granted"
    view = record_view(record_id=made.record_id, actor=bopha, now=clock.now())
    assert view.record.state == "withdrawn"
    assert view.document["tombstone"]["reason"] == {"und": "Wrong unit."}


def test_a_curator_has_a_record_that_nobody_reviewed_lead_to_the_one_that_stays(
    dara: Actor, home: Path
) -> None:
    """Two that came by an import: no review page offers to merge them."""
    gone, stays = make_record(), make_record()
    desk, address = as_(dara), f"/records/{gone.id}/withdraw"
    said = {"category": "duplicate", "text": "The same survey.", "into": "https://x/records/1"}

    assert send(desk, address, said).status_code == 422
    sent = send(desk, address, {**said, "into": f"https://node.example/records/{stays.id}"})

    assert sent["Location"] == f"/records/{stays.id}"
    assert desk.get(f"/records/{gone.id}")["Location"] == f"/records/{stays.id}"


def test_a_request_to_withdraw_may_be_refused_and_is_not_decided_by_its_owner(
    sokha: Actor, dara: Actor, home: Path
) -> None:
    from tonle.deposit.curation import withdrawals

    made = in_review(sokha, dara, home)
    publishing.accept(draft_id=made.id, actor=dara, now=NOW)
    request = withdrawals.ask_withdrawal(
        record_id=made.record_id, category="by_author", text="Please.", actor=sokha, now=NOW
    )

    with pytest.raises(NotPermitted):
        withdrawals.decide_withdrawal(
            request_id=request.id, grant=True, text="Me.", actor=sokha, now=NOW
        )
    done = withdrawals.decide_withdrawal(
        request_id=request.id, grant=False, text="It is cited.", actor=dara, now=NOW
    )

    assert done.state == "refused"
    assert record_view(record_id=made.record_id, actor=sokha, now=NOW).record.state == "published"


def test_a_possible_duplicate_is_shown_and_once_public_merged(
    sokha: Actor, bopha: Actor, dara: Actor, home: Path
) -> None:
    from tonle.search.public import catch_up

    title = {"en": "Fish catch of the Tonle Sap, by month and village"}
    first = in_review(bopha, dara, home, titles=title)
    publishing.accept(draft_id=first.id, actor=dara, now=clock.now())
    catch_up()
    made = in_review(sokha, dara, home, titles=title)
    address, desk = f"/deposit/review/{made.id}", as_(dara)

    page = desk.get(address)
    assert f"/records/{first.record_id}".encode() in page.content
    assert "It has the same title." in words(page)
    assert "Merge into it" not in words(page)
    publishing.accept(draft_id=made.id, actor=dara, now=clock.now())
    assert "Merge into it" in words(desk.get(address))
    nothing_said = send(desk, address, {"do": "merge", "into": first.record_id, "text": " "})
    assert nothing_said.status_code == 409
    send(desk, address, {"do": "merge", "into": first.record_id, "text": "The same survey."})

    answer = Client().get(f"/records/{made.record_id}")
    assert (answer.status_code, answer["Location"]) == (301, f"/records/{first.record_id}")
    assert send(as_(sokha), address, {"do": "merge", "into": first.record_id}).status_code in {
        403,
        409,
    }


def test_what_a_curator_wrote_outlives_the_login(sokha: Actor, dara: Actor, home: Path) -> None:
    made = in_review(sokha, dara, home)
    address, client = f"/deposit/review/{made.id}", as_(dara)
    seal = re.search(r'name="seal" value="([^"]+)"', client.get(address).content.decode())
    assert seal is not None
    sent = {"seal": seal[1], "do": "comment", "text": "A long and careful comment.", "key": "k"}

    asked = Client().post(address, sent)

    assert asked.status_code == 401
    assert "A long and careful comment." in words(asked)
    as_(dara).post(address, sent)
    timeline = selectors.submission_view(made.id, sokha, NOW).timeline
    assert timeline[-1].text == "A long and careful comment."
    assert Client().post(address, {}).status_code == 401
    assert as_(sokha).post(address, sent).status_code == 403


def test_a_curator_withdraws_a_record_and_shows_it_again(
    sokha: Actor, dara: Actor, bopha: Actor, home: Path
) -> None:
    made = in_review(sokha, dara, home)
    done = publishing.accept(draft_id=made.id, actor=dara, now=NOW)
    record_id = done.draft.record.id
    page = f"/records/{record_id}/withdraw"
    assert "Withdraw it" in words(as_(dara).get(f"/records/{record_id}"))
    assert "Withdraw it" not in words(as_(bopha).get(f"/records/{record_id}"))
    for outsider in (bopha, sokha):
        assert as_(outsider).get(page).status_code == 404

    refused = send(as_(dara), page, {"category": "rights", "text": " "})
    assert refused.status_code == 422
    gone = send(as_(dara), page, {"category": "rights", "text": "Not ours to give."}, follow=True)
    assert gone.status_code == 410
    assert "Not ours to give." in words(Client().get(f"/records/{record_id}"))
    # Once, also where the node tells it a minute later, as after a crash in between.
    jobs.run_all_due(clock.now() + timedelta(minutes=2))
    told = words(as_(sokha).get("/me/notices"))
    assert told.count("Its page says why.") == 1
    assert "Rice" in told

    assert "Show it again" in words(as_(dara).get(f"/records/{record_id}"))
    back = send(as_(dara), page, {}, follow=True)
    assert back.status_code == 200
    assert Client().get(f"/records/{record_id}").status_code == 200
