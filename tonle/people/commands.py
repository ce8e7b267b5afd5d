"""`tonle user …`: accounts from the node's own command line."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tonle.cli.public import (
    Command,
    register,
    register_acting,
    register_group,
    register_welcome,
)
from tonle.people import keeping as keeping  # It registers `tonle role` and others.
from tonle.people import organisations_command as organisations_command  # As its name says.
from tonle.people.notices import commands as commands  # It registers `tonle message`.

if TYPE_CHECKING:
    from tonle.kernel.actors import Scope
    from tonle.people.actors import Acting
    from tonle.people.models import Account


def _print(text: str = "") -> None:
    sys.stdout.write(f"{text}\n")


def _account(email: str) -> Account:
    from tonle.people.errors import NoSuchAccount
    from tonle.people.selectors import account_by_email

    found = account_by_email(email)
    if found is None:
        raise NoSuchAccount
    return found


def _scope(text: str) -> Scope:
    """`node`, or `organisation:<id>` and the like."""
    from tonle.kernel.actors import Scope

    kind, _colon, id = text.partition(":")
    return Scope(kind, id)


# --- add ---------------------------------------------------------------------------------


def _configure_add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("email", help="the e-mail address they sign in with")
    parser.add_argument("--role", help="a role in the whole node, such as steward or curator")
    parser.add_argument(
        "--password-stdin",
        action="store_true",
        help="read a password from standard input; without it they set one by mail",
    )


def _add(args: argparse.Namespace) -> int:
    from django.db import transaction

    from tonle.infra import clock
    from tonle.kernel.actors import SYSTEM
    from tonle.people.services import create_account, grant_role

    password = sys.stdin.readline().rstrip("\r\n") if args.password_stdin else None
    now = clock.now()
    # Together: an account whose role was misspelt is not what was asked for.
    with transaction.atomic():
        account = create_account(email=args.email, password=password, actor=SYSTEM, now=now)
        if args.role:
            grant_role(account_id=account.pk, role=args.role, actor=SYSTEM, now=now)
    _print(f"{account.email} has an account ({account.actor_id}).")
    if args.role:
        _print(f"It holds the role {args.role} in the whole node.")
    if password is None:
        _print("It has no password yet: its owner sets one by “I forgot my password”.")
    return 0


# --- list --------------------------------------------------------------------------------


def _list(_args: argparse.Namespace) -> int:
    from tonle.infra import clock
    from tonle.kernel.actors import SYSTEM
    from tonle.people.selectors import accounts

    for account in accounts(actor=SYSTEM, now=clock.now()):
        state = "" if account.is_active else "closed"
        if account.is_demonstration:
            state = "invented"
        cells = (account.actor_id, account.email, ",".join(account.roles), state)
        _print("\t".join(cells).rstrip())
    return 0


# --- role --------------------------------------------------------------------------------


def _configure_role(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("email", help="whose role")
    parser.add_argument("role", help="steward, curator, manager, member or another role")
    parser.add_argument(
        "--scope", default="node", help="node (the default), or kind:id, such as organisation:<id>"
    )
    parser.add_argument("--days", type=int, metavar="N", help="give it for N days only")
    parser.add_argument("--revoke", action="store_true", help="take the role back")


def _role(args: argparse.Namespace) -> int:
    from tonle.infra import clock
    from tonle.kernel.actors import SYSTEM
    from tonle.people.services import grant_role, revoke_role

    now, account, scope = clock.now(), _account(args.email), _scope(args.scope)
    if args.revoke:
        ended = revoke_role(
            account_id=account.pk, role=args.role, scope=scope, actor=SYSTEM, now=now
        )
        _print("revoked" if ended else "not held")
        return 0
    until = now + timedelta(days=args.days) if args.days is not None else None
    grant_role(
        account_id=account.pk, role=args.role, scope=scope, actor=SYSTEM, now=now, until=until
    )
    _print("granted")
    return 0


# --- token -------------------------------------------------------------------------------


def _configure_token(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("email", help="whose token")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--new", metavar="NAME", help="make a token of this name and print it once")
    what.add_argument("--revoke", metavar="PREFIX", help="end the token that begins tonle_PREFIX")
    parser.add_argument(
        "--scope", action="append", default=[], help="what it may be used for; may be repeated"
    )
    parser.add_argument("--days", type=int, metavar="N", help="it ends after N days")


def _token(args: argparse.Namespace) -> int:
    from tonle.infra import clock
    from tonle.kernel.actors import SYSTEM
    from tonle.people.selectors import tokens
    from tonle.people.services import create_token, revoke_token

    now, account = clock.now(), _account(args.email)
    if args.new:
        expires_at = now + timedelta(days=args.days) if args.days is not None else None
        _row, secret = create_token(
            account_id=account.pk,
            label=args.new,
            scopes=args.scope or ["read"],
            actor=SYSTEM,
            now=now,
            expires_at=expires_at,
        )
        _print(secret)
    elif args.revoke:
        revoke_token(lookup=args.revoke.removeprefix("tonle_"), actor=SYSTEM, now=now)
        _print("revoked")
    else:
        for token in tokens(actor=SYSTEM, account_id=account.pk, now=now):
            used = token.last_used_on.isoformat() if token.last_used_on else "never used"
            _print("\t".join((token.lookup, token.label, ",".join(token.scopes), used)))
    return 0


# --- demonstration -----------------------------------------------------------------------


def _configure_demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--remove", action="store_true", help="erase the invented people and close their community"
    )


def _demo(args: argparse.Namespace) -> int:
    from django.conf import settings
    from django.utils.translation import gettext as _

    from tonle.infra import clock
    from tonle.infra.i18n import say
    from tonle.kernel.actors import SYSTEM
    from tonle.people.demonstration import IN_PUBLIC, shown_to_others
    from tonle.people.services import add_demonstration, remove_demonstration
    from tonle.people.services.demonstration import characters

    if args.remove:
        removed = remove_demonstration(actor=SYSTEM, now=clock.now())
        _print(_("%(number)d invented accounts are gone.") % {"number": removed})
        return 0
    if shown_to_others():
        print(say(IN_PUBLIC.message), file=sys.stderr)
        return 1
    add_demonstration(actor=SYSTEM, now=clock.now())
    for one in characters():
        _print(f"{_(one.label)}: {one.name.whole}")
    where = f"http://localhost:{settings.TONLE_PORT}/demo"
    _print(_("Be any of them, at this machine only: %(where)s") % {"where": where})
    return 0


# --- the first steward -------------------------------------------------------------------


def _signin_link(_args: argparse.Namespace) -> int:
    from django.conf import settings

    from tonle.infra import clock
    from tonle.people.services import issue_signin_link, signin_address

    _print(signin_address(issue_signin_link(now=clock.now()), settings.TONLE_PORT))
    return 0


def _greet(now: datetime) -> str | None:
    """What `./run` says until a steward can sign in."""
    from django.utils.translation import gettext as _

    from tonle.people.services import first_signin_link

    link = first_signin_link(now)
    if link is None:
        return None
    text = _("Become its steward (for 15 minutes, once, on this machine): %(link)s")
    return text % {"link": link}


def _acting(email: str) -> Acting:
    from tonle.people.actors import acting

    return acting(email)


register_acting(_acting)
register_group("user", "Accounts, roles and tokens.")
register(Command("user add", "Open an account.", _add, _configure_add))
register(Command("user list", "List accounts with their roles.", _list))
register(Command("user role", "Give a role, or take one back.", _role, _configure_role))
register(Command("user token", "List, make or revoke API tokens.", _token, _configure_token))
register(Command("user signin-link", "Print the link that makes the first steward.", _signin_link))
register(
    Command(
        "demo",
        "Make invented people to try the node with, at this machine only; or remove them.",
        _demo,
        _configure_demo,
    )
)
register_welcome(_greet)
