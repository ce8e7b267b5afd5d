"""`tonle user …` from the node's own command line."""

from __future__ import annotations

import argparse
import io

import pytest

from tonle.kernel.errors import Invalid, Refused
from tonle.people import commands, errors
from tonle.people.actors import actor_for_token
from tonle.people.models import Account
from tonle.people.selectors import account_by_email
from tonle.people.tests.factories import PASSWORD, actor

pytestmark = pytest.mark.django_db


def call(name: str, *arguments: str) -> int:
    """Run one command as `tonle` does, after parsing."""
    parser = argparse.ArgumentParser()
    found = {
        "add": (commands._add, commands._configure_add),
        "role": (commands._role, commands._configure_role),
        "token": (commands._token, commands._configure_token),
    }
    if name not in found:
        return {"list": commands._list, "signin-link": commands._signin_link}[name](
            argparse.Namespace()
        )
    run, configure = found[name]
    configure(parser)
    return run(parser.parse_args(arguments))


@pytest.fixture
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))


def test_an_account_is_added_listed_and_given_roles(
    password: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("add", "rith@example.org", "--role", "steward", "--password-stdin") == 0
    call("role", "rith@example.org", "curator", "--days", "30")
    call("role", "rith@example.org", "member", "--scope", "organisation:bcdfghjkmnpqrs0")
    capsys.readouterr()

    call("list")
    shown = capsys.readouterr().out
    assert "rith@example.org\tcurator,member@organisation:bcdfghjkmnpqrs0,steward" in shown
    call("role", "rith@example.org", "curator", "--revoke")
    call("role", "rith@example.org", "curator", "--revoke")
    assert capsys.readouterr().out == "revoked\nnot held\n"


def test_a_misspelt_role_leaves_no_account() -> None:
    with pytest.raises(Invalid):
        call("add", "sokha@example.org", "--role", "emperor")
    assert not Account.objects.exists()


def test_a_token_is_printed_once_and_works(capsys: pytest.CaptureFixture[str]) -> None:
    from tonle.infra import clock

    call("add", "sokha@example.org")
    capsys.readouterr()
    call("token", "sokha@example.org", "--new", "laptop")
    secret = capsys.readouterr().out.strip()
    assert actor_for_token(secret, clock.now()) is not None

    call("token", "sokha@example.org")
    listed = capsys.readouterr().out
    assert "laptop" in listed
    assert secret not in listed
    call("token", "sokha@example.org", "--revoke", "_".join(secret.split("_")[:2]))
    assert actor_for_token(secret, clock.now()) is None


def test_the_first_link_is_printed_until_there_is_a_steward(
    password: None, capsys: pytest.CaptureFixture[str]
) -> None:
    from tonle.infra import clock

    assert call("signin-link") == 0
    assert capsys.readouterr().out.startswith("http://localhost:")
    greeting = commands._greet(clock.now())
    assert greeting is not None
    assert "/welcome/" in greeting

    call("add", "rith@example.org", "--role", "steward", "--password-stdin")
    assert commands._greet(clock.now()) is None
    with pytest.raises(Refused):
        call("signin-link")
    rith = account_by_email("rith@example.org")
    assert rith is not None
    assert actor(rith, clock.now()).has("steward")


def test_an_unknown_address_is_said_to_be_unknown() -> None:
    with pytest.raises(errors.NoSuchAccount):
        call("role", "nobody@example.org", "curator")
