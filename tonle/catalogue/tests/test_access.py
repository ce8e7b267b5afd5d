"""One rule, two forms: the object check and the query filter agree for everybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from tests.constants import NOW
from tonle.catalogue import log
from tonle.catalogue.models import AccessGrant, Document, Effect, Record, RecordCommunity
from tonle.catalogue.permissions import may_grant, may_publish, may_succeed, may_withdraw
from tonle.catalogue.rules.access import (
    READ_FILES,
    READ_METADATA,
    EffectFacts,
    GrantFacts,
    RecordFacts,
    next_change,
    role_key,
    rule,
)
from tonle.catalogue.selectors import facts_of, permitted
from tonle.kernel import identifiers
from tonle.kernel.actors import ANONYMOUS, NODE, SYSTEM, Actor, Role, Scope

LEVELS = ["open", "embargoed", "restricted", "metadata_only", "a level of tomorrow"]
COMMUNITY = Scope("community", "rice")
KEPT = frozenset({Role("steward"), Role("curator"), Role("curator", COMMUNITY)})

instants = st.none() | st.integers(-2, 2).map(lambda days: NOW + timedelta(days=days))
roles = st.sampled_from(
    [
        Role(name, scope)
        for name in ("steward", "curator", "contributor", "member")
        for scope in (NODE, COMMUNITY)
    ]
)
actors = st.one_of(
    st.just(ANONYMOUS),
    st.just(SYSTEM),
    st.builds(
        lambda who, held, scopes: Actor(who, roles=frozenset(held), token_scopes=scopes),
        st.sampled_from(["sokha", "dara"]),
        st.sets(roles, max_size=3),
        st.none() | st.frozensets(st.sampled_from(["read", "deposit", "curate"])),
    ),
)
params = st.one_of(
    st.just({}),
    st.just({"role": 7}),
    st.builds(lambda name: {"role": name}, st.sampled_from(["member", "curator"])),
    st.builds(
        lambda name: {"role": name, "scope_kind": "community", "scope_id": "rice"},
        st.sampled_from(["member", "curator"]),
    ),
)
effects = st.builds(
    EffectFacts,
    st.sampled_from([READ_FILES, READ_METADATA, "train_model"]),
    st.sampled_from(["deny", "ask", "role", "a rule of tomorrow"]),
    params,
    instants,
    instants,
)
grants = st.builds(
    lambda who, begins, days, withdrawn: GrantFacts(
        who, begins, begins + timedelta(days=days), withdrawn
    ),
    st.sampled_from(["sokha", "dara"]),
    instants.filter(bool),
    st.integers(1, 3),
    instants,
)
communities = st.sampled_from([(), ("rice",), ("fish",), ("fish", "rice")])
# Those a cache may hold: nobody in particular was let in.
ungranted = st.builds(
    RecordFacts,
    st.sampled_from(["reserved", "published", "withdrawn", "purged"]),
    st.sampled_from(LEVELS),
    instants,
    st.sampled_from(["", "sokha", "dara"]),
    st.lists(effects, max_size=2),
    communities,
)
records = st.builds(replace, ungranted, grants=st.lists(grants, max_size=2))
ACTIONS = [READ_METADATA, READ_FILES, "train_model"]


class Rollback(Exception):
    """Ends the block of one example, so that the next begins with an empty table."""


@pytest.mark.django_db
@pytest.mark.usefixtures("home")
def test_object_check_and_filter_agree_for_every_actor_record_and_instant() -> None:
    @given(st.lists(records, min_size=1, max_size=4), actors, st.sampled_from(ACTIONS), instants)
    def agree(given: list[RecordFacts], actor: Actor, action: str, at: datetime | None) -> None:
        now = at or NOW
        try:
            with transaction.atomic():
                rows = [_insert(facts) for facts in given]
                by_rule = {row.id for row in rows if rule(actor, action, facts_of(row), now)}
                by_filter = set(
                    Record.objects.filter(permitted(actor, action, now)).values_list(
                        "id", flat=True
                    )
                )
                assert by_filter == by_rule
                raise Rollback
        except Rollback:
            pass

    agree()


def _insert(facts: RecordFacts) -> Record:
    """A row as the lifecycle would have left it; triggers ask for the steps, so write them."""
    from tonle.catalogue.lifecycles import RECORD
    from tonle.infra.lifecycle import admit_many

    record_id = identifiers.mint()
    seq = 0
    if facts.state != "reserved":
        seq = admit_many(RECORD, {record_id: facts.state}, "admit", SYSTEM, NOW)[record_id]
    fields: dict[str, Any] = {
        "id": record_id,
        "kind": "dataset",
        "origin": log.head().origin,
        "created_at": NOW,
        "created_by": facts.owner,
        "access_level": facts.access_level,
        "embargo_until": facts.embargo_until,
        "state_seq": seq,
    }
    if facts.state == "reserved":
        record = Record.objects.create(**fields)
    else:
        # The document must exist with the row, and belongs to a row: a stand-in holds it.
        holder = Record.objects.create(
            id=identifiers.mint(), kind="x", origin=fields["origin"], created_at=NOW,
            created_by="nobody",
        )  # fmt: skip
        document = Document.objects.create(record=holder, sha256="0" * 64, body=b"{}")
        record = Record.objects.create(**fields, state=facts.state, document=document)
        Document.objects.filter(key=document.key).update(record=record)
        holder.delete()
    for effect in facts.effects:
        Effect.objects.create(
            record=record,
            action=effect.action,
            rule=effect.rule,
            params=dict(effect.params),
            needed_role=role_key(effect.params) if effect.rule == "role" else "",
            valid_from=effect.valid_from,
            valid_until=effect.valid_until,
        )
    RecordCommunity.objects.bulk_create(
        RecordCommunity(record=record, community=name) for name in facts.communities
    )
    AccessGrant.objects.bulk_create(
        AccessGrant(
            id=identifiers.mint(),
            record=record,
            grantee=grant.grantee,
            granted_by="dara",
            granted_at=NOW,
            valid_from=grant.valid_from,
            valid_until=grant.valid_until,
            withdrawn_at=grant.withdrawn_at,
        )
        for grant in facts.grants
    )
    return record


@pytest.mark.django_db
@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("level", LEVELS)
def test_a_record_is_looked_after_before_it_is_published(level: str) -> None:
    record = _insert(RecordFacts("reserved", level, communities=("rice",)))
    curator = Actor("dara", roles=frozenset({Role("curator", COMMUNITY)}))

    assert rule(curator, READ_METADATA, facts_of(record), NOW)
    assert Record.objects.filter(permitted(curator, READ_METADATA, NOW), id=record.id).exists()


@given(records, st.sampled_from(ACTIONS), st.frozensets(st.sampled_from(["deposit", "ask"])))
def test_a_token_for_something_else_carries_nobody_into_the_records_of_others(
    facts: RecordFacts, action: str, scopes: frozenset[str]
) -> None:
    keeper = Actor("a keeper", roles=KEPT, token_scopes=scopes)
    # What a decision keeps to a role is asked of the role.
    facts = replace(facts, effects=[one for one in facts.effects if one.rule != "role"])

    assert rule(keeper, action, facts, NOW) == rule(Actor("a keeper"), action, facts, NOW)
    for may in (may_succeed, may_grant, may_publish):
        assert not may(keeper, owner="sokha", communities=["rice"])
    assert not may_withdraw(keeper, communities=["rice"])


@pytest.mark.parametrize("role", sorted(KEPT))
def test_a_token_to_curate_carries_the_care_and_one_to_read_the_sight(role: Role) -> None:
    facts = RecordFacts("published", "restricted", owner="sokha", communities=["rice"])
    for scope, acts in (("curate", True), ("read", False)):
        actor = Actor("dara", roles=frozenset({role}), token_scopes=frozenset({scope}))
        assert rule(actor, READ_FILES, facts, NOW)
        assert bool(may_grant(actor, owner="sokha", communities=["rice"])) is acts


@given(ungranted, actors, st.sampled_from(ACTIONS))
def test_between_two_changes_the_answer_stays(
    facts: RecordFacts, actor: Actor, action: str
) -> None:
    change = next_change(facts, NOW)
    until = change - timedelta(microseconds=1) if change else NOW + timedelta(days=9)

    assert rule(actor, action, facts, NOW).outcome == rule(actor, action, facts, until).outcome


@given(records, st.sampled_from(ACTIONS), st.sampled_from(["deny", "a rule nobody knows"]))
def test_an_effect_only_ever_takes_away(facts: RecordFacts, action: str, name: str) -> None:
    more = replace(facts, effects=[*facts.effects, EffectFacts(action, name, {})])

    for actor in (ANONYMOUS, SYSTEM, Actor("sokha")):
        assert rule(actor, action, more, NOW).outcome == "deny"


@given(records, actors, instants)
def test_a_grant_opens_restricted_files_to_its_holder_and_nothing_else(
    facts: RecordFacts, actor: Actor, at: datetime | None
) -> None:
    now = at or NOW
    with_grant = rule(actor, READ_FILES, facts, now)
    without = rule(actor, READ_FILES, replace(facts, grants=()), now)

    if with_grant.outcome != without.outcome:
        assert (without.outcome, with_grant.outcome) == ("ask", "allow")
        assert (facts.state, facts.access_level) == ("published", "restricted")
        assert any(grant.holds(actor, now) for grant in facts.grants)
        assert not any(e.action == READ_FILES and e.rule == "deny" for e in _in_force(facts, now))
    for action in (READ_METADATA, "train_model"):
        assert rule(actor, action, facts, now) == rule(
            actor, action, replace(facts, grants=()), now
        )


def _in_force(facts: RecordFacts, now: datetime) -> list[EffectFacts]:
    return [effect for effect in facts.effects if effect.in_force(now)]
