"""From a draft to its end: on screen and on paper, refused and done twice, by the clock."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connections

from tests.constants import NOW
from tests.everyone import everyone
from tonle.agreements import drafting, permissions, services, steps
from tonle.agreements.models import Agreement, Deed, PartyStep, Version
from tonle.agreements.rules import binding, texts
from tonle.agreements.steps import Evidence, What
from tonle.infra import jobs
from tonle.kernel.actors import ANONYMOUS, NODE, Actor, Role, Scope
from tonle.kernel.errors import Conflict, Invalid, NotFound, NotPermitted, Refused, TooLarge

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
PDF = b"%PDF-1.7 a scan of two pages"
KH, CN = "0000000000kh", "0000000000cn"


def officer(organisation: str, name: str = "") -> Actor:
    scope = Scope("organisation", organisation)
    return Actor(name or f"of-{organisation}", roles=frozenset({Role("officer", scope)}))


SOKHA, MEI = officer(KH), officer(CN)
DARA = Actor("dara", roles=frozenset({Role("secretariat")}))
RITH = Actor("rith", roles=frozenset({Role("secretariat")}))
BOPHA = Actor("bopha", roles=frozenset({Role("steward"), Role("curator")}))

TEXTS = {
    "km": {"authentic": True, "articles": [{"heading": "គោលបំណង", "text": "ភាគីសហការ។"}]},
    "zh-Hans": {"authentic": True, "articles": [{"heading": "目的", "text": "双方合作。"}]},
    "en": {"authentic": False, "articles": [{"heading": "Aim", "text": "The parties cooperate."}]},
}


def begun(chinese: str = CN) -> Version:
    return services.create_agreement(
        type="memorandum",
        title={"en": "Memorandum on clean energy", "km": "អនុស្សរណៈ"},
        parties=[
            (services.NewParty("kh", KH), {"en": "Ministry (invented), Cambodia"}),
            (services.NewParty("cn", chinese), {"en": "Ministry (invented), China"}),
        ],
        actor=DARA,
        now=NOW,
    )


def written(version: Version, terms: dict[str, Any] | None = None, **more: Any) -> Version:
    said = {"consent": "signature", "needed": 2, "calendar": "Asia/Phnom_Penh", **(terms or {})}
    document = {
        **version.document,
        "texts": TEXTS,
        "key_areas": [{"id": "energy", "name": {"en": "Clean energy"}}],
        "terms": said,
        **more,
    }
    return services.write_draft(
        version_id=version.id, document=document, edit=version.edit, actor=SOKHA, now=NOW
    )


def agreed(terms: dict[str, Any] | None = None, chinese: str = CN) -> Version:
    return both_agree(written(begun(chinese), terms), chinese)


def both_agree(version: Version, chinese: str = CN) -> Version:
    on_screen(version, "kh", deed="agree")
    if chinese:
        on_screen(version, "cn", deed="agree")
    else:
        words = what(version, "cn", "agree")
        steps.confirm(
            steps.on_paper(words, paper(), actor=DARA, now=NOW).id,
            proved_at=NOW,
            actor=RITH,
            now=NOW,
        )
    assert state(version) == "agreed"
    return version


def what(version: Version, party: str, deed: str = "sign", **data: Any) -> What:
    sha256 = texts.digest(version.document)
    return What("agreement", version.id, party, deed, sha256, data)


def on_screen(version: Version, party: str, now: datetime = NOW, **more: Any) -> PartyStep:
    actor = {"kh": SOKHA, "cn": MEI}[party]
    return steps.on_screen(what(version, party, **more), proved_at=now, actor=actor, now=now)


def paper(**other: Any) -> Evidence:
    said: dict[str, Any] = {
        "done_on": NOW.date() - DAY,
        "signatory": "H.E. Invented Person",
        "office": "Minister",
        "reference": "No. 12/26",
        "scan": PDF,
    }
    return Evidence(**{**said, **other})


def state(version: Version) -> str:
    version.refresh_from_db()
    return version.state


# Words ------------------------------------------------------------------------------------


def test_who_may_read_one_finds_it_and_nobody_else() -> None:
    """The check and the filter of lists, for every role, in every scope."""
    both, one = begun().agreement, begun("").agreement
    scopes = [NODE, *(Scope("organisation", name) for name in (KH, CN, "0000000000la"))]
    seen = set()
    for actor in everyone([DARA.id], [*scopes, Scope("community", KH)], ("read", "curate")):
        checked = {row.id for row in (both, one) if permissions.may_read(actor, row)}
        listed = Agreement.objects.filter(permissions.visible_to(actor))
        assert checked == set(listed.values_list("id", flat=True)), actor
        seen.add(frozenset(checked))
    assert seen == {frozenset(), frozenset({both.id}), frozenset({both.id, one.id})}


def test_each_party_agrees_to_the_same_words() -> None:
    version = written(begun())
    before = what(version, "cn", "agree")
    on_screen(version, "kh", deed="agree")

    # The other officer changes a word: nobody has agreed to that yet.
    changed = written(Version.objects.get(id=version.id), {"months": 36})
    with pytest.raises(Conflict):
        steps.on_screen(before, proved_at=NOW, actor=MEI, now=NOW)
    on_screen(changed, "cn", deed="agree")
    assert state(version) == "draft"
    on_screen(changed, "kh", deed="agree")
    assert state(version) == "agreed"
    assert version.sha256 == texts.digest(changed.document)

    with pytest.raises(Refused):
        services.write_draft(
            version_id=version.id, document=version.document, edit=version.edit, actor=DARA, now=NOW
        )


def test_two_writers_of_a_draft_are_told() -> None:
    version = written(begun())

    with pytest.raises(Conflict):
        services.write_draft(
            version_id=version.id, document=version.document, edit=0, actor=DARA, now=NOW
        )


def test_a_text_that_cannot_be_signed_is_not_agreed() -> None:
    version = begun()

    with pytest.raises(Refused) as refused:
        on_screen(version, "kh", deed="agree")
    assert [reason.code for reason in refused.value.refusals] == ["text_not_whole"]
    assert state(version) == "draft"
    assert version.sha256 == ""


def test_who_is_no_party_learns_nothing() -> None:
    version = begun()

    for actor in (BOPHA, officer("0000000000la"), ANONYMOUS):
        with pytest.raises(NotFound):
            services.load(version.id, actor)
    words = what(version, "kh", "agree")
    with pytest.raises(NotPermitted):
        steps.on_screen(words, proved_at=NOW, actor=DARA, now=NOW)
    with pytest.raises(NotPermitted):
        services.create_agreement(type="memorandum", title={}, parties=[], actor=BOPHA, now=NOW)


# Deeds ------------------------------------------------------------------------------------


def test_one_signs_on_screen_and_one_on_paper() -> None:
    version = agreed({"after_days": 3}, chinese="")  # the Chinese side acts on paper alone
    on_screen(version, "kh")
    assert state(version) == "partly_signed"

    step = steps.on_paper(what(version, "cn"), paper(), actor=DARA, now=NOW)
    assert (step.state, state(version)) == ("waiting", "partly_signed")
    with pytest.raises(NotPermitted):
        steps.confirm(step.id, proved_at=NOW, actor=DARA, now=NOW)
    for stale in (None, NOW - timedelta(hours=1)):
        with pytest.raises(Refused):
            steps.confirm(step.id, proved_at=stale, actor=RITH, now=NOW)
    steps.confirm(step.id, proved_at=NOW, actor=RITH, now=NOW)
    again = steps.confirm(step.id, proved_at=NOW, actor=RITH, now=NOW)

    assert (again.state, again.way, state(version)) == ("confirmed", "paper", "signed")
    assert again.paper.signatory == "H.E. Invented Person"
    # The last one signed today; the midnight of Phnom Penh three days later is the instant.
    jobs.tick(NOW + 2 * DAY)
    jobs.run_all_due(NOW + 2 * DAY)
    assert state(version) == "signed"
    jobs.tick(NOW + 3 * DAY)
    jobs.run_all_due(NOW + 3 * DAY)
    assert state(version) == "in_force"


def test_a_signature_is_refused_with_its_reason() -> None:
    version = agreed()
    sign = what(version, "kh")

    with pytest.raises(NotPermitted):
        steps.on_screen(sign, proved_at=NOW, actor=MEI, now=NOW)
    for proved_at in (None, NOW - timedelta(hours=1), NOW + timedelta(hours=1)):
        with pytest.raises(Refused):
            steps.on_screen(sign, proved_at=proved_at, actor=SOKHA, now=NOW)
    by_token = Actor(SOKHA.id, roles=SOKHA.roles, token_scopes=frozenset({"write"}))
    with pytest.raises(Refused):
        steps.on_screen(sign, proved_at=NOW, actor=by_token, now=NOW)
    other = What("agreement", version.id, "kh", "sign", "0" * 64, {})
    with pytest.raises(Conflict):
        steps.on_screen(other, proved_at=NOW, actor=SOKHA, now=NOW)
    with pytest.raises(NotFound):
        steps.on_screen(what(version, "la"), proved_at=NOW, actor=SOKHA, now=NOW)
    for deed in ("ratify", "withdraw", "dance"):
        with pytest.raises(Refused):
            on_screen(version, "kh", deed=deed)

    on_screen(version, "kh")
    with pytest.raises(Refused) as twice:
        on_screen(version, "kh")
    assert [reason.code for reason in twice.value.refusals] == ["done"]
    assert PartyStep.objects.filter(deed="sign").count() == 1


def test_a_paper_is_refused_with_its_reason() -> None:
    version = agreed()
    sign = what(version, "cn")

    with pytest.raises(NotFound):
        steps.on_paper(sign, paper(), actor=BOPHA, now=NOW)
    bad = paper(signatory=" ", office="", scan=b"MZ a program")
    with pytest.raises(Invalid) as wrong:
        steps.on_paper(sign, bad, actor=DARA, now=NOW)
    assert {where for where, _ in wrong.value.problems} == {"signatory", "office", "scan"}
    with pytest.raises(Invalid):
        steps.on_paper(sign, paper(done_on=NOW.date() + 2 * DAY), actor=DARA, now=NOW)
    huge = paper(scan=PDF + b" " * steps.MAX_SCAN_BYTES)
    with pytest.raises(TooLarge):
        steps.on_paper(sign, huge, actor=DARA, now=NOW)

    step = steps.on_paper(sign, paper(), actor=DARA, now=NOW)
    with pytest.raises(Refused):
        steps.on_paper(sign, paper(), actor=RITH, now=NOW)
    refused = steps.refuse(step.id, reason="The seal cannot be read.", actor=RITH, now=NOW)
    assert (refused.state, state(version)) == ("refused", "agreed")
    with pytest.raises(Refused):
        steps.confirm(step.id, proved_at=NOW, actor=RITH, now=NOW)
    # Written down anew, it can be.
    steps.confirm(
        steps.on_paper(sign, paper(), actor=DARA, now=NOW).id, proved_at=NOW, actor=SOKHA, now=NOW
    )
    assert state(version) == "partly_signed"


def test_a_memorandum_ends_as_its_text_says() -> None:
    version = agreed({"months": 12, "renews_months": 12, "notice_months": 6})
    on_screen(version, "kh")
    on_screen(version, "cn")
    assert state(version) == "in_force" or _due(version, NOW) == "in_force"

    on_screen(version, "cn", NOW + 30 * DAY, deed="stop_renewal")
    entry = _day(NOW)
    end = date(entry.year + 1, entry.month, entry.day)
    _, deeds = services.known(version.agreement)
    assert binding.end_of_force(texts.terms(version.document), deeds) == end
    assert _due(version, NOW + 364 * DAY) == "in_force"
    assert _due(version, NOW + 367 * DAY) == "expired"


def test_a_party_leaves_after_its_notice_and_both_may_end_it() -> None:
    version = agreed({"withdrawal_months": 6})
    on_screen(version, "kh")
    on_screen(version, "cn")
    _due(version, NOW)
    today = _day(NOW)

    with pytest.raises(Refused) as soon:
        on_screen(version, "kh", deed="withdraw", effective=(today + 30 * DAY).isoformat())
    assert [reason.code for reason in soon.value.refusals] == ["too_soon"]
    with pytest.raises(Refused):
        on_screen(version, "kh", deed="withdraw")

    end = (today + 10 * DAY).isoformat()
    on_screen(version, "kh", deed="terminate", effective=end)
    assert Deed.objects.filter(kind="termination").count() == 0  # one alone ends nothing
    on_screen(version, "cn", deed="terminate", effective=end)
    assert _due(version, NOW + 9 * DAY) == "in_force"
    assert _due(version, NOW + 11 * DAY) == "terminated"


def test_who_does_not_take_the_next_version_keeps_the_old_one() -> None:
    first = agreed({"needed": 1})
    on_screen(first, "kh")
    on_screen(first, "cn")
    _due(first, NOW)
    draft = services.next_version(agreement_id=first.agreement.id, actor=MEI, now=NOW)
    again = services.next_version(agreement_id=first.agreement.id, actor=SOKHA, now=NOW)
    assert draft.id == again.id
    second = written(draft, {"needed": 1, "months": 60})
    both_agree(second)
    later = NOW + 10 * DAY
    on_screen(second, "kh", later)
    assert _due(second, later) == "in_force"

    standings = binding.standings(*services.known(first.agreement), _day(later))
    assert {party: standing.version for party, standing in standings.items()} == {"kh": 2, "cn": 1}
    assert state(first) == "in_force"
    on_screen(second, "cn", later + DAY)
    assert _due(first, later + 2 * DAY) == "superseded"


def test_a_text_is_given_up_before_all_have_signed() -> None:
    version = agreed()
    on_screen(version, "kh")

    services.abandon(version_id=version.id, reason="Talks ended.", actor=SOKHA, now=NOW)
    assert state(version) == "abandoned"
    with pytest.raises(Refused):
        on_screen(version, "cn")


# What one party cannot do to another ----------------------------------------------------


def test_nobody_writes_down_the_other_sides_paper_and_no_token_compares_one() -> None:
    version = agreed()
    other = officer(KH, "second of kh")

    with pytest.raises(NotPermitted):
        steps.on_paper(what(version, "cn"), paper(), actor=SOKHA, now=NOW)
    own = steps.on_paper(what(version, "kh"), paper(), actor=SOKHA, now=NOW)
    by_token = Actor(other.id, roles=other.roles, token_scopes=frozenset({"agreements"}))
    with pytest.raises(NotPermitted):
        steps.confirm(own.id, proved_at=NOW, actor=by_token, now=NOW)
    assert steps.confirm(own.id, proved_at=NOW, actor=other, now=NOW).state == "confirmed"


def test_the_parties_of_a_text_are_those_who_act() -> None:
    version = begun()
    strangers = [{"id": one, "name": {"en": one}} for one in ("la", "vn")]

    with pytest.raises(Invalid):
        written(version, parties=strangers)
    for bad in (
        {"terms": {"consent": "signature", "needed": 2.0, "calendar": "UTC"}},
        {"terms": {"consent": "signature", "needed": 2, "calendar": "Nowhere/There"}},
        {"terms": {"consent": "signature", "needed": 2, "calendar": "UTC", "until": "9990-01-01"}},
        {"texts": "a string"},
        {"texts": {"en": {"authentic": True, "articles": [{"text": "x" * 49_999}] * 99}}},
    ):
        with pytest.raises(Invalid):
            services.write_draft(
                version_id=version.id, document={**version.document, **bad}, edit=version.edit,
                actor=SOKHA, now=NOW,
            )  # fmt: skip
    with pytest.raises(Invalid):
        steps.on_paper(what(agreed(), "cn"), paper(done_on=date(1, 1, 1)), actor=DARA, now=NOW)


def test_all_whom_it_binds_end_it_together_by_whatever_version() -> None:
    first = agreed({"needed": 1})
    on_screen(first, "kh")
    _due(first, NOW)
    end = (_day(NOW) + 30 * DAY).isoformat()
    later = NOW + 2 * DAY
    on_screen(first, "cn", later)
    # Dated before the other side was bound, it ends nothing for the other side.
    early = steps.on_paper(
        what(first, "kh", "terminate", effective=end), paper(done_on=_day(NOW)), actor=DARA,
        now=later,
    )  # fmt: skip
    steps.confirm(early.id, proved_at=later, actor=RITH, now=later)
    assert Deed.objects.filter(kind="termination").count() == 0

    second = both_agree(
        written(
            services.next_version(agreement_id=first.agreement.id, actor=SOKHA, now=later),
            {"needed": 1, "months": 60},
        )
    )
    on_screen(second, "cn", later)
    _due(second, later)
    on_screen(second, "cn", later + DAY, deed="terminate", effective=end)
    assert Deed.objects.filter(kind="termination").count() == 1


def test_what_will_bind_is_not_given_up_and_who_left_may_come_back() -> None:
    version = agreed({"needed": 1, "withdrawal_months": 0, "not_before": "2026-12-31"})
    on_screen(version, "kh")
    with pytest.raises(Refused) as refused:
        services.abandon(version_id=version.id, reason="No.", actor=MEI, now=NOW)
    assert [reason.code for reason in refused.value.refusals] == ["will_bind"]

    bound = datetime(2027, 1, 2, tzinfo=NOW.tzinfo)
    on_screen(version, "cn", bound - 10 * DAY)
    assert _due(version, bound) == "in_force"
    on_screen(version, "cn", bound, deed="withdraw", effective=_day(bound + DAY).isoformat())
    on_screen(version, "cn", bound + 5 * DAY)
    found = binding.standings(*services.known(version.agreement), _day(bound + 3 * DAY))
    assert found["cn"].version is None
    found = binding.standings(*services.known(version.agreement), _day(bound + 5 * DAY))
    assert found["cn"].version == 1


# Beside the words -------------------------------------------------------------------------


def test_parties_and_annexes_change_and_what_was_agreed_becomes_public_as_agreed() -> None:
    version = begun()
    names = {"en": "Ministry (invented), Laos"}
    parties = [
        (services.NewParty("kh", KH, "KHM"), {"en": "Ministry (invented), Cambodia"}),
        (services.NewParty("la", "", "LAO"), names),
    ]
    agreement = version.agreement
    with pytest.raises(Invalid):
        drafting.change_parties(
            version_id=version.id, parties=parties[1:], edit=0, actor=SOKHA, now=NOW
        )
    version = drafting.change_parties(
        version_id=version.id, parties=parties, edit=0, actor=SOKHA, now=NOW
    )
    assert list(agreement.parties.order_by("key").values_list("slug", flat=True)) == ["kh", "la"]
    with pytest.raises(NotFound):
        services.load(version.id, MEI)

    version = drafting.add_annex(
        version_id=version.id, name="C:\\budget.csv", content=b"1", edit=1, actor=SOKHA, now=NOW
    )
    assert drafting.annex(version, "budget.csv")[0] == b"1"
    version = drafting.add_annex(
        version_id=version.id, name="budget.csv", content=b"2", edit=2, actor=SOKHA, now=NOW
    )
    assert drafting.annexes_of(version) == [("budget.csv", "text/csv", b"2")]
    version = drafting.remove_annex(
        version_id=version.id, name="budget.csv", edit=3, actor=SOKHA, now=NOW
    )
    with pytest.raises(NotFound):
        drafting.annex(version, "budget.csv")
    with pytest.raises(Refused):
        drafting.ask_parties(version_id=version.id, actor=SOKHA, now=NOW)

    public: dict[str, Any] = {"agreement_id": agreement.id, "now": NOW}
    drafting.set_public_from(public_from="agreed", actor=SOKHA, **public)
    version = written(version)
    drafting.ask_parties(version_id=version.id, actor=SOKHA, now=NOW)
    on_screen(version, "kh", deed="agree")
    with pytest.raises(Refused):
        drafting.set_public_from(public_from="in_force", actor=SOKHA, **public)


@pytest.mark.django_db(transaction=True)
def test_two_confirm_one_paper_at_once_and_it_counts_once() -> None:
    version = agreed(chinese="")
    step = steps.on_paper(what(version, "cn"), paper(), actor=DARA, now=NOW)
    found: list[str] = []

    def go(actor: Actor) -> None:
        try:
            found.append(steps.confirm(step.id, proved_at=NOW, actor=actor, now=NOW).state)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=go, args=[one]) for one in (RITH, SOKHA)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == ["confirmed", "confirmed"]
    assert Deed.objects.filter(kind="consent").count() == 1


def _due(version: Version, now: datetime) -> str:
    jobs.tick(now)
    jobs.run_all_due(now)
    return state(version)


def _day(now: datetime) -> date:
    from zoneinfo import ZoneInfo

    return now.astimezone(ZoneInfo("Asia/Phnom_Penh")).date()
