"""Object check and query filter agree, for every role, scope and state."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.constants import NOW
from tests.everyone import everyone
from tonle.catalogue import permissions as catalogue_permissions
from tonle.catalogue.public import Draft, add_draft_editor
from tonle.deposit.curation import permissions, selectors, services
from tonle.deposit.curation.models import Submission
from tonle.deposit.curation.tests.factories import handed_in, person, submission, with_role
from tonle.kernel.actors import NODE, SYSTEM, Actor, Role, Scope
from tonle.kernel.errors import NotFound
from tonle.people.public import add_community
from tonle.people.tests.factories import holder

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def anybody(ids: list[str], community: str) -> Iterator[Actor]:
    scopes = [NODE, Scope("community", community), Scope("community", "elsewhere")]
    return everyone([*ids, ""], scopes, ("deposit", "curate"))


@pytest.fixture
def community(db: None) -> str:
    steward = with_role("rith", "steward")
    made = add_community(
        description={"slug": "rice", "names": {"en": "Rice"}}, actor=steward, now=NOW
    )
    return str(made.pk)


@pytest.mark.one_database
def test_each_check_agrees_with_its_filter(
    sokha: Actor, bopha: Actor, home: Path, community: str
) -> None:
    shared = submission(sokha, home)
    add_draft_editor(draft_id=shared.id, account_actor_id=bopha.id, actor=sokha, now=NOW)
    submission(bopha, home)
    handed_in(person("vanna"), home, community=community)
    handed_in(person("thida"), home)
    taken = handed_in(person("nary"), home)
    services.take_back(draft_id=taken.id, actor=Actor(taken.depositor), now=NOW)
    rows = list(Submission.objects.select_related("draft__record"))

    for actor in anybody([sokha.id, bopha.id, taken.depositor], community):
        for rule, twin in (
            (permissions.may_read, permissions.visible_to),
            (permissions.writes, permissions.written_by),
        ):
            checked = {row.id for row in rows if rule(actor, row)}
            listed = set(Submission.objects.filter(twin(actor)).values_list("id", flat=True))
            assert checked == listed, (actor, rule.__name__)
        decided = {
            row.id for row in rows if row.handed_in_at and permissions.may_curate(actor, row)
        }
        filtered = Submission.objects.filter(permissions.curated_by(actor))
        assert decided == set(filtered.values_list("id", flat=True)), actor


def test_a_communitys_curators_see_its_deposits_and_no_others(
    sokha: Actor, bopha: Actor, home: Path, community: str
) -> None:
    aimed = handed_in(sokha, home, community=community)
    other = handed_in(bopha, home)
    holder("mony", "curator", Scope("community", community))
    from tonle.people.public import account_by_email, actor_for_account

    account = account_by_email("mony@example.org")
    assert account is not None
    mony = actor_for_account(account, NOW)

    rows, _ = selectors.queue(mony, "waiting", None, NOW)

    assert [row.id for row in rows] == [aimed.id]
    assert selectors.submission_view(aimed.id, mony, NOW).curates
    with pytest.raises(NotFound):
        selectors.submission_view(other.id, mony, NOW)
    with pytest.raises(NotFound):
        services.claim(draft_id=other.id, actor=mony, now=NOW)
    assert services.claim(draft_id=aimed.id, actor=mony, now=NOW).curator == mony.id
    assert selectors.waiting_counts(mony)["waiting"] == 1


def test_who_writes_along_sees_and_hands_in(sokha: Actor, bopha: Actor, home: Path) -> None:
    made = submission(sokha, home)
    add_draft_editor(draft_id=made.id, account_actor_id=bopha.id, actor=sokha, now=NOW)

    found, _ = selectors.my_submissions(bopha, NOW)
    assert [row.id for row in found] == [made.id]
    assert services.hand_in(draft_id=made.id, actor=bopha, now=NOW).state == "submitted"


@pytest.mark.one_database
def test_the_catalogue_shows_a_draft_to_whom_its_submission_is_shown(
    sokha: Actor, bopha: Actor, home: Path, community: str
) -> None:
    """One door for drafts, in the catalogue; what it hides is what may not be read here."""
    shared = submission(sokha, home)
    add_draft_editor(draft_id=shared.id, account_actor_id=bopha.id, actor=sokha, now=NOW)
    submission(bopha, home, community=community)
    handed_in(person("vanna"), home, community=community)
    taken = handed_in(person("nary"), home)
    services.take_back(draft_id=taken.id, actor=Actor(taken.depositor), now=NOW)
    rows = list(Submission.objects.select_related("draft__record"))

    for actor in anybody([sokha.id, bopha.id, taken.depositor], community):
        shown = {row.id for row in rows if catalogue_permissions.may_read_draft(actor, row.draft)}
        listed = Draft.objects.filter(catalogue_permissions.readable(actor))
        assert set(listed.values_list("id", flat=True)) == shown, actor
        if actor != SYSTEM:
            assert shown == {row.id for row in rows if permissions.may_read(actor, row)}, actor


def test_a_token_without_the_scope_is_no_curators(sokha: Actor, home: Path) -> None:
    mine, other = submission(sokha, home), handed_in(person("vanna"), home)
    role = frozenset({Role("curator")})
    for scopes, sees in ((None, True), ({"deposit", "curate"}, True), ({"deposit"}, False)):
        token = None if scopes is None else frozenset(scopes)
        actor = Actor(sokha.id, "person", role, token)
        assert bool(permissions.may_read(actor, other)) is sees
        assert permissions.is_curator(actor) is sees
        assert permissions.may_read(actor, mine)
