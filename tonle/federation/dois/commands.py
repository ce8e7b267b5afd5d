"""`tonle doi`: names that lead the world to records of this node."""

from __future__ import annotations

import argparse
import sys

from tonle.cli.public import Command, register

DONE, UNDONE, WRONG = 0, 1, 2
LISTED = 20


def register_commands() -> None:
    register(Command("doi", "Register DOIs of records at DataCite.", _doi, _configure))


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        "What is published gets its DOI by itself, once TONLE_DATACITE_ACCOUNT is set. What was "
        "here before, or was imported, gets one with `tonle doi register`. Exit codes: 0 done; 1 "
        "DataCite refused something, or cannot be used."
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    status = actions.add_parser("status", help="say how DOIs stand, and what was refused")
    status.add_argument("--ask", action="store_true", help="ask DataCite whether the account works")
    wish = actions.add_parser("register", help="register DOIs of records that have none")
    wish.add_argument("records", nargs="*", metavar="ID", help="ids of records; sent at once")
    wish.add_argument("--all", action="store_true", help="of all records that may have one")
    wish.add_argument("--dry-run", action="store_true", help="with --all: only say how many")
    again = actions.add_parser("retry", help="send again what was refused or not answered")
    again.add_argument("records", nargs="*", metavar="ID", help="only of these records")


def _doi(args: argparse.Namespace) -> int:
    if args.action == "status":
        return _status(ask=args.ask)
    if args.action == "retry":
        return _retry(args.records)
    if args.all == bool(args.records):
        return _say("Name records by their ids, or use --all.", WRONG)
    return _register_all(dry_run=args.dry_run) if args.all else _register(args.records)


def _status(*, ask: bool) -> int:
    from tonle.federation.dois import selectors, services
    from tonle.federation.dois.errors import sentence_of
    from tonle.infra import clock
    from tonle.infra.i18n import say
    from tonle.kernel.actors import SYSTEM

    now = clock.now()
    if ask:
        # What does not work is said as any error is.
        services.look(actor=SYSTEM, now=now)
        print("DataCite knows the account, and it may register under the prefix.")
    found = selectors.overview(now)
    print(f"DOIs are {found.standing}.")
    if found.terms is None:
        return DONE
    halted = found.standing == "halted" and found.account is not None
    if halted and found.account is not None:
        print(say(sentence_of(found.account.halt)))
    if found.standing == "waiting" and found.account is not None:
        print(f"DataCite is asked again from {found.account.wait_until}.")
    unknown = found.terms.unknown_kinds()
    if unknown:
        print(f"TONLE_DOI_KINDS names kinds that nobody has here: {', '.join(unknown)}.")
    print(
        f"{found.findable:,} resolve and can be found, {found.registered:,} resolve and are hidden."
    )
    print(f"{found.waiting:,} are due, {found.troubled:,} in trouble.")
    print(f"About {found.missing:,} records could have one and have none.")
    for row in selectors.troubled()[:LISTED]:
        print(f"{row.name}: {_why(row.reasons)}")
    return UNDONE if halted or unknown else DONE


def _register(records: list[str]) -> int:
    from tonle.federation.dois import account, services
    from tonle.federation.dois.models import Doi
    from tonle.federation.dois.sending import send_one
    from tonle.infra import clock
    from tonle.infra.i18n import say
    from tonle.kernel.actors import SYSTEM
    from tonle.kernel.errors import TonleError

    terms, code = account.demand_terms(), DONE
    for record in records:
        try:
            services.register(record_id=record, actor=SYSTEM, now=clock.now())
        except TonleError as error:
            code = _say(f"{record}: {say(error)}", UNDONE)
            continue
        send_one(record, terms, clock.now())
        row = Doi.objects.filter(record=record).first()
        if row is not None and row.standing and not row.reasons:
            print(f"{record}: https://doi.org/{row.name}")
        else:
            why = _why(row.reasons) if row is not None and row.reasons else "It waits for its turn."
            code = _say(f"{record}: {why}", UNDONE)
    return code


def _register_all(*, dry_run: bool) -> int:
    from tonle.federation.dois import selectors, services
    from tonle.federation.dois.account import demand_terms
    from tonle.infra import clock
    from tonle.kernel.actors import SYSTEM

    now = clock.now()
    demand_terms()
    missing = selectors.overview(now).missing
    if dry_run:
        print(f"About {missing:,} records could have a DOI and have none.")
        return DONE
    services.register_all(actor=SYSTEM, now=now)
    print(
        f"About {missing:,} DOIs are being registered in the background, some seventy a minute. "
        "`tonle doi status` says how it goes."
    )
    return DONE


def _retry(records: list[str]) -> int:
    from tonle.federation.dois import services
    from tonle.infra import clock
    from tonle.kernel.actors import SYSTEM

    count = sum(
        services.retry(record_id=record, actor=SYSTEM, now=clock.now())
        for record in records or [""]
    )
    print(f"{count:,} are sent again in the background.")
    return DONE


def _why(reasons: list[dict[str, object]]) -> str:
    from tonle.federation.dois.errors import sentence_of
    from tonle.infra.i18n import say

    said = [(str(reason["where"]), say(sentence_of(reason))) for reason in reasons]
    return "; ".join(f"{where}: {text}" if where else text for where, text in said)


def _say(text: str, code: int) -> int:
    print(text, file=sys.stderr)
    return code
