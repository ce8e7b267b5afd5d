"""Accounts, roles and tokens: the refusal beside the success, and the second call."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.constants import NOW
from tonle.infra.models import AuditEntry
from tonle.kernel.actors import ANONYMOUS, SYSTEM, Actor, Role, Scope
from tonle.kernel.errors import Invalid, NotPermitted, Refused
from tonle.people import errors, selectors, services
from tonle.people.actors import actor_for_account, actor_for_token
from tonle.people.models import Account, ApiToken, RoleGrant
from tonle.people.tests.factories import PASSWORD, account, actor, holder

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)
RIVERS = Scope("organisation", "bcdfghjkmnpqrs0")


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("id").values_list("action", flat=True))


# --- accounts ----------------------------------------------------------------------------


def test_an_address_is_one_account_whatever_its_capitals() -> None:
    account("sokha")

    with pytest.raises(errors.EmailTaken):
        services.create_account(email=" Sokha@Example.ORG ", password=None, actor=SYSTEM, now=NOW)
    assert Account.objects.count() == 1


def test_the_database_refuses_capitals_too() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.bulk_create([Account(email="Sokha@example.org", created_at=NOW)])


def test_a_weak_password_and_a_bad_address_are_refused_with_reasons() -> None:
    with pytest.raises(Invalid) as weak:
        services.create_account(email="sokha@example.org", password="short", actor=SYSTEM, now=NOW)
    assert weak.value.problems[0][0] == "password"
    with pytest.raises(Invalid) as bad:
        services.create_account(email="sokha", password=None, actor=SYSTEM, now=NOW)
    assert bad.value.problems[0][0] == "email"
    assert not Account.objects.exists()


@pytest.mark.parametrize(
    "who", [ANONYMOUS, Actor("x"), Actor("x", roles=frozenset({Role("curator")}))]
)
def test_only_stewards_open_accounts_for_others(who: Actor) -> None:
    with pytest.raises(NotPermitted) as refused:
        services.create_account(email="sokha@example.org", password=None, actor=who, now=NOW)
    assert "%" not in str(refused.value)
    assert not Account.objects.exists()


def test_the_audit_trail_names_no_address() -> None:
    made = account("sokha")

    entry = AuditEntry.objects.get(action="account_created")
    assert entry.object_id == made.actor_id
    assert "sokha" not in str(entry.__dict__)


def test_a_closed_account_is_nobody() -> None:
    rith, sokha = holder("rith", "steward"), holder("sokha", "curator")
    _row, secret = services.create_token(
        account_id=sokha.pk, label="laptop", scopes=["read"], actor=SYSTEM, now=NOW
    )

    services.set_account_active(account_id=sokha.pk, active=False, actor=actor(rith), now=NOW)
    services.set_account_active(account_id=sokha.pk, active=False, actor=actor(rith), now=NOW)

    sokha.refresh_from_db()
    assert actor_for_account(sokha, NOW) == ANONYMOUS
    assert actor_for_token(secret, NOW) is None
    assert actions().count("account_closed") == 1


# --- roles -------------------------------------------------------------------------------


def test_a_role_is_held_from_now_until_its_end() -> None:
    sokha = account("sokha")
    services.grant_role(account_id=sokha.pk, role="curator", actor=SYSTEM, now=NOW, until=LATER)

    assert actor(sokha, NOW).has("curator")
    assert not actor(sokha, NOW - timedelta(seconds=1)).has("curator")
    assert not actor(sokha, LATER).has("curator")


def test_granting_twice_changes_nothing_and_another_end_keeps_the_history() -> None:
    sokha = account("sokha")
    first = services.grant_role(account_id=sokha.pk, role="curator", actor=SYSTEM, now=NOW)
    again = services.grant_role(account_id=sokha.pk, role="curator", actor=SYSTEM, now=LATER)
    assert first == again
    assert actions().count("role_granted") == 1

    services.grant_role(
        account_id=sokha.pk,
        role="curator",
        actor=SYSTEM,
        now=LATER,
        until=LATER + timedelta(days=9),
    )
    assert RoleGrant.objects.filter(account=sokha).count() == 2
    assert RoleGrant.objects.filter(account=sokha, ended_at=None).count() == 1


def test_revoking_twice_changes_nothing() -> None:
    sokha = holder("sokha", "curator")
    ended = services.revoke_role(account_id=sokha.pk, role="curator", actor=SYSTEM, now=LATER)
    again = services.revoke_role(account_id=sokha.pk, role="curator", actor=SYSTEM, now=LATER)

    assert ended is not None
    assert ended.ended_at == LATER
    assert again is None
    assert RoleGrant.objects.count() == 1
    assert not actor(sokha, LATER).has("curator")


def test_the_last_steward_stays() -> None:
    rith = holder("rith", "steward")

    with pytest.raises(Refused) as refused:
        services.revoke_role(account_id=rith.pk, role="steward", actor=actor(rith), now=LATER)
    assert [r.code for r in refused.value.refusals] == ["last_steward"]
    with pytest.raises(Refused):
        services.set_account_active(account_id=rith.pk, active=False, actor=SYSTEM, now=LATER)
    assert actor(rith, LATER).has("steward")

    holder("sokha", "steward")
    services.revoke_role(account_id=rith.pk, role="steward", actor=actor(rith), now=LATER)
    assert not actor(rith, LATER).has("steward")


def test_a_manager_gives_roles_in_their_organisation_only() -> None:
    chan = holder("chan", "manager", RIVERS)
    sokha = account("sokha")
    who = actor(chan)

    services.grant_role(account_id=sokha.pk, role="member", scope=RIVERS, actor=who, now=NOW)
    other = Scope("organisation", "0000000000000t0")
    for role, scope in (("member", other), ("curator", Scope("node")), ("steward", Scope("node"))):
        with pytest.raises(NotPermitted):
            services.grant_role(account_id=sokha.pk, role=role, scope=scope, actor=who, now=NOW)
    assert actor(sokha).roles == {Role("member", RIVERS)}


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        ("emperor", Scope("node")),
        ("steward", RIVERS),
        ("member", Scope("node")),
        ("member", Scope("organisation")),
        ("curator", Scope("node", "x")),
    ],
)
def test_a_role_that_cannot_be_is_refused(role: str, scope: Scope) -> None:
    sokha = account("sokha")
    with pytest.raises(Invalid):
        services.grant_role(account_id=sokha.pk, role=role, scope=scope, actor=SYSTEM, now=NOW)
    assert not RoleGrant.objects.exists()


def test_holders_are_those_of_now() -> None:
    dara = holder("dara", "curator")
    gone = holder("gone", "curator")
    services.revoke_role(account_id=gone.pk, role="curator", actor=SYSTEM, now=NOW)

    assert selectors.holders(role="curator", scope=Scope("node"), now=LATER) == [dara.pk]


# --- tokens ------------------------------------------------------------------------------


def test_a_token_speaks_within_its_scopes_and_is_stored_only_as_a_digest() -> None:
    dara = holder("dara", "curator")
    row, secret = services.create_token(
        account_id=dara.pk, label="laptop", scopes=["read"], actor=actor(dara), now=NOW
    )

    speaker = actor_for_token(secret, NOW)
    assert speaker is not None
    assert (speaker.id, speaker.token_scopes) == (dara.pk, frozenset({"read"}))
    assert speaker.has("curator")
    stored = ApiToken.objects.get()
    assert secret.split("_")[2] not in str(stored.__dict__)
    assert ApiToken.objects.get(pk=row.pk).last_used_on == NOW.date()


def test_a_token_cannot_make_tokens_or_touch_roles() -> None:
    rith = holder("rith", "steward")
    _row, secret = services.create_token(
        account_id=rith.pk, label="laptop", scopes=["read"], actor=SYSTEM, now=NOW
    )
    speaker = actor_for_token(secret, NOW)
    assert speaker is not None

    with pytest.raises(NotPermitted):
        services.create_token(
            account_id=rith.pk, label="another", scopes=["read"], actor=speaker, now=NOW
        )
    with pytest.raises(NotPermitted):
        services.grant_role(account_id=rith.pk, role="curator", actor=speaker, now=NOW)


def test_a_steward_cannot_make_a_token_that_speaks_for_somebody_else() -> None:
    rith, sokha = holder("rith", "steward"), account("sokha")
    with pytest.raises(NotPermitted):
        services.create_token(
            account_id=sokha.pk, label="x", scopes=["read"], actor=actor(rith), now=NOW
        )


def test_expired_revoked_and_misspelt_tokens_are_nobody() -> None:
    sokha = account("sokha")
    row, secret = services.create_token(
        account_id=sokha.pk,
        label="laptop",
        scopes=["read"],
        actor=SYSTEM,
        now=NOW,
        expires_at=LATER,
    )
    wrong = secret[:-1] + ("0" if secret[-1] != "0" else "1")
    for text in (
        "",
        "tonle",
        "tonle__",
        wrong,
        secret.replace("tonle", "token"),
        "tonle_" + "0" * 10 + "_x",
    ):
        assert actor_for_token(text, NOW) is None
    assert actor_for_token(secret, LATER) is None
    assert actor_for_token(secret, NOW) is not None
    services.revoke_token(lookup=row.lookup, actor=actor(sokha), now=NOW)
    services.revoke_token(lookup=row.lookup, actor=actor(sokha), now=NOW)
    assert actor_for_token(secret, NOW) is None
    assert actions().count("token_revoked") == 1


def test_another_persons_token_counts_as_absent() -> None:
    sokha, bopha = account("sokha"), account("bopha")
    row, _secret = services.create_token(
        account_id=sokha.pk, label="laptop", scopes=["read"], actor=SYSTEM, now=NOW
    )
    with pytest.raises(errors.NoSuchToken):
        services.revoke_token(lookup=row.lookup, actor=actor(bopha), now=NOW)


def test_a_token_needs_a_name_of_its_own_and_a_known_scope() -> None:
    sokha = account("sokha")
    with pytest.raises(Invalid) as both:
        services.create_token(
            account_id=sokha.pk, label=" ", scopes=["everything"], actor=SYSTEM, now=NOW
        )
    assert [where for where, _ in both.value.problems] == ["label", "scopes"]
    services.create_token(account_id=sokha.pk, label="x", scopes=["read"], actor=SYSTEM, now=NOW)
    with pytest.raises(Refused):
        services.create_token(
            account_id=sokha.pk, label="x", scopes=["read"], actor=SYSTEM, now=NOW
        )


# --- the first steward -------------------------------------------------------------------


def spend(secret: str, **changes: object) -> Account:
    told: dict[str, object] = {
        "email": "rith@example.org",
        "password": PASSWORD,
        "from_loopback": True,
        "now": NOW,
        **changes,
    }
    return services.spend_signin_link(secret=secret, **told)  # type: ignore[arg-type] # a mix


def test_a_link_makes_the_first_steward_once() -> None:
    secret = services.issue_signin_link(now=NOW)
    assert services.signin_link_is_open(secret, NOW)

    rith = spend(secret)

    assert actor(rith).has("steward")
    assert not services.signin_link_is_open(secret, NOW)
    with pytest.raises(errors.LinkSpent):
        spend(secret, email="bopha@example.org")
    assert services.first_signin_link(NOW) is None
    with pytest.raises(Refused):
        services.issue_signin_link(now=NOW)


@pytest.mark.parametrize(
    "changes",
    [{"from_loopback": False}, {"now": NOW + timedelta(minutes=15)}, {"secret": "0" * 64}],
)
def test_a_link_is_refused_elsewhere_later_and_misspelt(changes: dict[str, object]) -> None:
    secret = str(changes.pop("secret", services.issue_signin_link(now=NOW)))
    with pytest.raises(errors.LinkSpent):
        spend(secret, **changes)
    assert not Account.objects.exists()


def test_a_failed_attempt_leaves_the_link_open() -> None:
    secret = services.issue_signin_link(now=NOW)
    with pytest.raises(Invalid):
        spend(secret, password="short")
    assert services.signin_link_is_open(secret, NOW)
    assert not Account.objects.exists()


def test_a_newer_link_ends_the_older() -> None:
    older = services.issue_signin_link(now=NOW)
    newer = services.issue_signin_link(now=NOW)
    assert not services.signin_link_is_open(older, NOW)
    assert services.signin_link_is_open(newer, NOW)


def test_an_account_prepared_without_password_becomes_the_steward() -> None:
    prepared = account("rith", password=None)
    services.grant_role(account_id=prepared.pk, role="steward", actor=SYSTEM, now=NOW)
    assert services.first_signin_link(NOW) is not None

    assert spend(services.issue_signin_link(now=NOW)).pk == prepared.pk
    prepared.refresh_from_db()
    assert prepared.check_password(PASSWORD)


def test_a_link_does_not_take_over_an_account_with_a_password() -> None:
    account("rith", password=PASSWORD)
    secret = services.issue_signin_link(now=NOW)
    with pytest.raises(errors.EmailTaken):
        spend(secret)


def test_passwords_are_kept_by_argon2() -> None:
    assert account("sokha", password=PASSWORD).password.startswith("argon2$argon2id$")
