"""`tonle user …` from the node's own command line."""

from __future__ import annotations

import argparse
import io

import pytest

from tonle.cli import registry
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


def keep(name: str, *arguments: str) -> int:
    """Run a command by its whole name, as `tonle` does."""
    [command] = [one for one in registry.commands() if one.name == name]
    parser = argparse.ArgumentParser()
    command.configure(parser)
    return command.run(parser.parse_args(arguments))


def test_roles_and_invitations_are_given_listed_and_taken_at_the_console(
    capsys: pytest.CaptureFixture[str],
) -> None:
    keep("community found", "rivers", "--name", "en=Rivers")
    id = capsys.readouterr().out.strip()
    call("add", "dara@example.org")
    for _twice in range(2):
        keep("role give", "dara@example.org", "curator", "--scope", "community:rivers")
    capsys.readouterr()
    keep("role list", "--scope", f"community:{id}")
    assert capsys.readouterr().out.startswith("curator\tdara@example.org\t")
    keep("role take", "dara@example.org", "curator", "--scope", "community:rivers")
    keep("role take", "dara@example.org", "curator", "--scope", "community:rivers")
    assert capsys.readouterr().out == "taken back\nnot held\n"
    keep("role list", "--scope", "community:rivers", "--ended")
    assert "dara@example.org" in capsys.readouterr().out
    keep("invite", "bopha@example.org", "curator", "--scope", "community:rivers")
    assert "/invitations/" in capsys.readouterr().out
    with pytest.raises(Refused):
        keep("invite", "bopha@example.org", "curator", "--scope", "community:rivers")
    keep("invitation list", "--scope", "community:rivers")
    invitation = capsys.readouterr().out.split("\t")[0]
    keep("invitation withdraw", invitation)
    keep("invitation list", "--scope", "community:rivers")
    assert capsys.readouterr().out == "withdrawn\n"
    call("add", "rith@example.org", "--role", "steward")
    with pytest.raises(Refused):
        keep("role take", "rith@example.org", "steward")


def test_communities_and_organisations_are_kept_at_the_console(
    capsys: pytest.CaptureFixture[str],
) -> None:
    keep("community found", "rivers", "--name", "en=Rivers", "--name", "km=ទន្លេ")
    keep("community change", "rivers", "--name", "km=", "--hand-in", "members", "--review", "no")
    keep("community close", "rivers")
    capsys.readouterr()
    keep("community show", "rivers")
    shown = capsys.readouterr().out
    assert "names en\tRivers\n" in shown
    assert "km" not in shown
    assert "hand_in\tmembers\nreview_required\tno\nopen\tno\n" in shown
    keep("community list")
    assert capsys.readouterr().out.endswith("\trivers\tRivers\tclosed\n")
    keep("community reopen", "rivers")
    with pytest.raises(errors.NoSuchCommunity):
        keep("community close", "lakes")

    capsys.readouterr()
    keep("organisation add", "--name", "en=Ministry of Water", "--ror", "https://ror.org/05dxps055")
    id = capsys.readouterr().out.strip()
    keep("organisation change", id, "--member", "KHM", "--type", "government")
    keep("organisation verify", id, "--evidence", "A letter, seen.", "--on", "2026-01-02")
    capsys.readouterr()
    keep("organisation list", "--member", "KHM", "--verified")
    assert capsys.readouterr().out == f"{id}\tMinistry of Water\tKHM\tverified\n"
    keep("organisation show", id)
    shown = capsys.readouterr().out
    assert "ror\t05dxps055\n" in shown
    assert "types\tgovernment\n" in shown
    keep("organisation unverify", id, "--reason", "Closed.")
    keep("organisation list", "--verified")
    assert capsys.readouterr().out == "not verified\n"
