"""`tonle role …`, `invite`, `community …`, `organisation …`: a steward's work at the console."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tonle.cli.public import Command, register, register_group

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tonle.kernel.actors import Scope
    from tonle.people.models import Account, Community, Organisation


def _print(text: str = "") -> None:
    sys.stdout.write(f"{text}\n")


def _row(*cells: object) -> None:
    _print("\t".join("" if cell is None else str(cell) for cell in cells).rstrip())


def _account(email: str) -> Account:
    from tonle.people.errors import NoSuchAccount
    from tonle.people.selectors import account_by_email

    found = account_by_email(email)
    if found is None:
        raise NoSuchAccount
    return found


def _scope(text: str) -> Scope:
    """`node`, or `organisation:<id>`, `community:<id or short name>` and the like."""
    from tonle.kernel.actors import Scope
    from tonle.people.selectors import community

    kind, _colon, id = text.partition(":")
    if kind == "community" and (found := community(id)) is not None:
        id = found.id
    return Scope(kind, id)


def _add_scope(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--scope",
        default="node",
        metavar="SCOPE",
        help="node (the default), organisation:ID, community:ID or community:SHORT-NAME",
    )


# --- role --------------------------------------------------------------------------------


def _configure_give(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("email", help="to whom")
    parser.add_argument("role", help="steward, curator, manager, member or another role")
    _add_scope(parser)
    parser.add_argument("--days", type=int, metavar="N", help="it ends after N days")
    parser.add_argument("--note", default="", metavar="TEXT", help="why, for the history")


def _give(args: argparse.Namespace) -> int:
    from tonle.infra import clock
    from tonle.kernel.actors import SYSTEM
    from tonle.people.services import grant_role

    now = clock.now()
    grant_role(
        account_id=_account(args.email).pk,
        role=args.role,
        scope=_scope(args.scope),
        until=now + timedelta(days=args.days) if args.days is not None else None,
        note=args.note,
        actor=SYSTEM,
        now=now,
    )
    _print("given")
    return 0


def _configure_take(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("email", help="from whom")
    parser.add_argument("role", help="the role that they hold")
    _add_scope(parser)


def _take(args: argparse.Namespace) -> int:
    from tonle.infra import clock
    from tonle.kernel.actors import SYSTEM
    from tonle.people.services import revoke_role

    ended = revoke_role(
        account_id=_account(args.email).pk,
        role=args.role,
        scope=_scope(args.scope),
        actor=SYSTEM,
        now=clock.now(),
    )
    _print("taken back" if ended else "not held")
    return 0


def _configure_roles(parser: argparse.ArgumentParser) -> None:
    _add_scope(parser)
    parser.add_argument("--ended", action="store_true", help="what was taken back or lapsed")


def _roles(args: argparse.Namespace) -> int:
    from tonle.infra import clock, days
    from tonle.kernel.actors import SYSTEM
    from tonle.people import selectors

    where: dict[str, Any] = {"scope": _scope(args.scope), "actor": SYSTEM, "now": clock.now()}
    if args.ended:
        grants = selectors.ended_grants_in(**where).order_by(*selectors.LAST_GIVEN)
    else:
        grants = selectors.grants_in(**where).order_by(*selectors.BY_ROLE)
    for row in selectors.role_rows(grants):
        end = row.ended_at or row.until
        until = days.day_of(end) if end else ""
        _row(row.name, row.email, days.day_of(row.since), until, row.note)
    return 0


# --- invite ------------------------------------------------------------------------------


def _configure_invite(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("email", help="where the letter goes")
    parser.add_argument("role", help="steward, curator, manager, member or another role")
    _add_scope(parser)
    parser.add_argument("--note", default="", metavar="TEXT", help="why, for the history")
    parser.add_argument("--language", default="", metavar="TAG", help="of the letter")


def _invite(args: argparse.Namespace) -> int:
    from django.db import transaction

    from tonle.infra import clock
    from tonle.kernel.actors import SYSTEM
    from tonle.people.letters import send_invitation
    from tonle.people.services import invite

    with transaction.atomic():
        made, secret = invite(
            email=args.email,
            role=args.role,
            scope=_scope(args.scope),
            note=args.note,
            actor=SYSTEM,
            now=clock.now(),
        )
        link = send_invitation(made.email, secret, args.language)
    _print(link)
    return 0


def _configure_invitations(parser: argparse.ArgumentParser) -> None:
    _add_scope(parser)


def _invitations(args: argparse.Namespace) -> int:
    from tonle.infra import clock, days
    from tonle.kernel.actors import SYSTEM
    from tonle.people import selectors

    rows = selectors.open_invitations(scope=_scope(args.scope), actor=SYSTEM, now=clock.now())
    for one in rows.order_by(*selectors.LAST_SENT):
        _row(one.id, one.email, one.role, days.day_of(one.expires_at), one.note)
    return 0


def _configure_withdraw(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", help="as `tonle invitation list` shows it")


def _withdraw(args: argparse.Namespace) -> int:
    from tonle.infra import clock
    from tonle.kernel.actors import SYSTEM
    from tonle.people.services import withdraw_invitation

    found = withdraw_invitation(id=args.id, actor=SYSTEM, now=clock.now())
    _print("accepted before" if found.accepted_at else "withdrawn")
    return 0


# --- communities -------------------------------------------------------------------------


def _text(given: str) -> tuple[str, str]:
    """`km=ទន្លេ`, as an option gives a text in a language."""
    tag, equals, text = given.partition("=")
    if not equals or not tag:
        raise argparse.ArgumentTypeError("write TAG=TEXT, such as en=Rivers")
    return tag, text


def _merged(known: Mapping[str, str], given: Iterable[tuple[str, str]]) -> dict[str, str]:
    """With what was given; an empty text takes a language away."""
    return {tag: text for tag, text in {**known, **dict(given)}.items() if text.strip()}


def _add_texts(parser: argparse.ArgumentParser, *names: str) -> None:
    for name in names:
        parser.add_argument(
            f"--{name}",
            action="append",
            default=[],
            type=_text,
            metavar="TAG=TEXT",
            help=f"{name} in a language; may be repeated; nothing after = takes it away",
        )


def _configure_found(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("slug", metavar="SHORT-NAME", help="its name in addresses")
    _configure_described(parser)


def _configure_described(parser: argparse.ArgumentParser) -> None:
    _add_texts(parser, "name", "description", "policy")
    parser.add_argument("--accent", metavar="COLOUR", help="teal, ochre, lotus or another")
    parser.add_argument("--hand-in", choices=["anyone", "members"], help="who may hand in")
    parser.add_argument(
        "--review", choices=["yes", "no"], help="whether a curator reads every deposit"
    )


def _described(args: argparse.Namespace, known: Mapping[str, Any]) -> dict[str, Any]:
    told = dict(known)
    for field, option in (("names", "name"), ("descriptions", "description"), ("policy", "policy")):
        told[field] = _merged(known.get(field, {}), getattr(args, option))
    for field in ("accent", "hand_in"):
        if getattr(args, field) is not None:
            told[field] = getattr(args, field)
    if args.review is not None:
        told["review_required"] = args.review == "yes"
    return told


def _found(args: argparse.Namespace) -> int:
    from tonle.infra import clock
    from tonle.kernel.actors import SYSTEM
    from tonle.people.services import add_community

    told = _described(args, {"slug": args.slug})
    made = add_community(description=told, actor=SYSTEM, now=clock.now())
    _print(made.id)
    return 0


def _community(name: str) -> Community:
    from tonle.people.errors import NoSuchCommunity
    from tonle.people.selectors import community

    found = community(name)
    if found is None:
        raise NoSuchCommunity
    return found


def _configure_community(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("community", help="its id or short name")


def _configure_change_community(parser: argparse.ArgumentParser) -> None:
    _configure_community(parser)
    parser.add_argument("--slug", metavar="SHORT-NAME", help="another name in addresses")
    _configure_described(parser)


def _change_community(args: argparse.Namespace) -> int:
    from dataclasses import fields

    from tonle.infra import clock
    from tonle.kernel.actors import SYSTEM
    from tonle.people.rules.communities import Told
    from tonle.people.services import change_community

    found = _community(args.community)
    told = _described(args, {one.name: getattr(found, one.name) for one in fields(Told)})
    if args.slug is not None:
        told["slug"] = args.slug
    change_community(id=found.id, description=told, actor=SYSTEM, now=clock.now())
    _print("changed")
    return 0


def _show_community(args: argparse.Namespace) -> int:
    from dataclasses import fields

    from tonle.people.rules.communities import Told

    found = _community(args.community)
    _row("id", found.id)
    for one in fields(Told):
        _shown(one.name, getattr(found, one.name))
    _row("open", "yes" if found.is_open else "no")
    return 0


def _shown(name: str, value: object) -> None:
    """One field on one line, or one line for each language of a text."""
    if isinstance(value, dict):
        for tag, text in value.items():
            _row(f"{name} {tag}", " ".join(str(text).split()))
    elif value not in ("", []):
        words = {True: "yes", False: "no"}.get(value) if isinstance(value, bool) else None
        _row(name, words or (",".join(value) if isinstance(value, list) else value))


def _close_community(args: argparse.Namespace) -> int:
    from tonle.infra import clock
    from tonle.kernel.actors import SYSTEM
    from tonle.people.services import close_community

    close_community(id=_community(args.community).id, actor=SYSTEM, now=clock.now())
    _print("closed")
    return 0


def _reopen_community(args: argparse.Namespace) -> int:
    from tonle.infra import clock
    from tonle.kernel.actors import SYSTEM
    from tonle.people.services import reopen_community

    reopen_community(id=_community(args.community).id, actor=SYSTEM, now=clock.now())
    _print("open")
    return 0


def _communities(_args: argparse.Namespace) -> int:
    from tonle.people.models import Community

    for one in Community.objects.order_by("slug").iterator():
        _row(one.id, one.slug, one, "" if one.is_open else "closed")
    return 0


# --- organisations -----------------------------------------------------------------------


def _configure_about(parser: argparse.ArgumentParser) -> None:
    _add_texts(parser, "name", "description")
    parser.add_argument("--acronym", help="as it is called in short")
    parser.add_argument("--member", metavar="CODE", help="KHM, LAO, THA, VNM, MMR or CHN-YN")
    parser.add_argument("--country", metavar="CODE", help="ISO 3166-1 alpha-3")
    parser.add_argument("--website", metavar="URL", help="its own pages")
    parser.add_argument(
        "--type", action="append", metavar="TYPE", help="such as government; may be repeated"
    )
    parser.add_argument("--ror", metavar="ID", help="its ROR id")


def _about(args: argparse.Namespace, known: Mapping[str, Any]) -> dict[str, Any]:
    told = dict(known)
    for field, option in (("names", "name"), ("descriptions", "description")):
        told[field] = _merged(known.get(field, {}), getattr(args, option))
    for field in ("acronym", "member", "country", "website"):
        if getattr(args, field) is not None:
            told[field] = getattr(args, field)
    if args.type is not None:
        told["types"] = args.type
    if args.ror is not None:
        others = [one for one in known.get("identifiers", ()) if one["scheme"] != "ror"]
        told["identifiers"] = [*others, {"scheme": "ror", "value": args.ror}]
    return told


def _add_organisation(args: argparse.Namespace) -> int:
    from tonle.infra import clock
    from tonle.kernel.actors import SYSTEM
    from tonle.people.services import add_organisation

    made = add_organisation(description=_about(args, {}), actor=SYSTEM, now=clock.now())
    _print(made.id)
    return 0


def _organisation(id: str) -> Organisation:
    from tonle.people.errors import NoSuchOrganisation
    from tonle.people.selectors import organisation

    found = organisation(id)
    if found is None:
        raise NoSuchOrganisation
    return found


def _said(found: Organisation) -> dict[str, Any]:
    """What is said of it, as the service takes it."""
    from dataclasses import fields

    from tonle.people.organisations import Description

    told = {one.name: getattr(found, one.name) for one in fields(Description)}
    told["identifiers"] = [
        {"scheme": one.scheme, "value": one.value} for one in found.identifiers.all()
    ]
    return told


def _configure_organisation(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", help="as `tonle organisation list` shows it")


def _configure_change_organisation(parser: argparse.ArgumentParser) -> None:
    _configure_organisation(parser)
    _configure_about(parser)


def _change_organisation(args: argparse.Namespace) -> int:
    from tonle.infra import clock
    from tonle.kernel.actors import SYSTEM
    from tonle.people.services import change_organisation

    found = _organisation(args.id)
    told = _about(args, _said(found))
    change_organisation(id=found.id, description=told, actor=SYSTEM, now=clock.now())
    _print("changed")
    return 0


def _show_organisation(args: argparse.Namespace) -> int:
    from tonle.infra import days

    found = _organisation(args.id)
    _row("id", found.id)
    for name, value in _said(found).items():
        if name == "identifiers":
            for one in value:
                _row(one["scheme"], one["value"])
        else:
            _shown(name, value)
    _row("verified", days.day_of(found.verified_at) if found.verified_at else "no")
    return 0


def _configure_organisations(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--member", default="", metavar="CODE", help="only of this member")
    parser.add_argument("--verified", action="store_true", help="only those that are verified")


def _organisations(args: argparse.Namespace) -> int:
    from tonle.people.models import Organisation

    rows = Organisation.objects.order_by("id")
    if args.member:
        rows = rows.filter(member=args.member)
    if args.verified:
        rows = rows.filter(verified_at__isnull=False)
    for one in rows.iterator():
        _row(one.id, one, one.member, "verified" if one.verified_at else "")
    return 0


def _configure_verify(parser: argparse.ArgumentParser) -> None:
    _configure_organisation(parser)
    parser.add_argument("--evidence", required=True, metavar="TEXT", help="what was seen")
    parser.add_argument(
        "--on", required=True, type=date.fromisoformat, metavar="DATE", help="when it was seen"
    )


def _verify(args: argparse.Namespace) -> int:
    from tonle.infra import clock
    from tonle.kernel.actors import SYSTEM
    from tonle.people.services import verify_organisation

    verify_organisation(
        id=args.id, evidence=args.evidence, checked_on=args.on, actor=SYSTEM, now=clock.now()
    )
    _print("verified")
    return 0


def _configure_unverify(parser: argparse.ArgumentParser) -> None:
    _configure_organisation(parser)
    parser.add_argument("--reason", required=True, metavar="TEXT", help="they may read it")


def _unverify(args: argparse.Namespace) -> int:
    from tonle.infra import clock
    from tonle.kernel.actors import SYSTEM
    from tonle.people.services import unverify_organisation

    unverify_organisation(id=args.id, reason=args.reason, actor=SYSTEM, now=clock.now())
    _print("not verified")
    return 0


register_group("role", "Roles in the whole node, in organisations and in communities.")
register_group("invitation", "Invitations that still work.")
register_group("community", "Communities: who they are, open or closed.")
register_group("organisation", "Organisations: what is said of them, and who is verified.")
for _command in (
    Command("role give", "Give a role in a scope.", _give, _configure_give),
    Command("role take", "Take a role back.", _take, _configure_take),
    Command("role list", "List who holds which role in a scope.", _roles, _configure_roles),
    Command(
        "invite", "Invite an address to a role, and print the link.", _invite, _configure_invite
    ),
    Command(
        "invitation list", "List invitations into a scope.", _invitations, _configure_invitations
    ),
    Command("invitation withdraw", "Take an invitation back.", _withdraw, _configure_withdraw),
    Command("community list", "List communities.", _communities),
    Command("community show", "Show a community.", _show_community, _configure_community),
    Command("community found", "Found a community.", _found, _configure_found),
    Command(
        "community change",
        "Change what a community says of itself.",
        _change_community,
        _configure_change_community,
    ),
    Command(
        "community close", "Let nothing more be handed in.", _close_community, _configure_community
    ),
    Command(
        "community reopen", "Open a closed community.", _reopen_community, _configure_community
    ),
    Command("organisation list", "List organisations.", _organisations, _configure_organisations),
    Command(
        "organisation show", "Show an organisation.", _show_organisation, _configure_organisation
    ),
    Command("organisation add", "Add an organisation.", _add_organisation, _configure_about),
    Command(
        "organisation change",
        "Change what is said of an organisation.",
        _change_organisation,
        _configure_change_organisation,
    ),
    Command("organisation verify", "Verify one, so that it may vouch.", _verify, _configure_verify),
    Command("organisation unverify", "Take it back.", _unverify, _configure_unverify),
):
    register(_command)
