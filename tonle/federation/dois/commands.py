"""`tonle doi`: names that lead the world to records of this node."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from typing import TYPE_CHECKING

from tonle.cli.public import Command, register, register_group, register_welcome

if TYPE_CHECKING:
    from tonle.federation.dois.selectors import Overview

DONE, UNDONE, WRONG = 0, 1, 2
LISTED = 20


def register_commands() -> None:
    register_group("doi", "DOIs: names at DataCite that lead the world to records of this node.")
    register(
        Command("doi status", "Say how DOIs stand, and what was refused.", _status, _for_status)
    )
    register(
        Command(
            "doi register", "Register DOIs of records that have none.", _register, _for_register
        )
    )
    register(
        Command("doi retry", "Send again what was refused or not answered.", _retry, _for_retry)
    )
    register_welcome(_welcome)


def _welcome(now: datetime) -> str | None:
    """What stands against DOIs, when the node comes up."""
    from tonle.federation.dois.selectors import overview

    found = overview(now)
    said = [*_unknown(found), *_halted(found)]
    return " ".join(said) or None


def _unknown(found: Overview) -> list[str]:
    unknown = found.terms.unknown_kinds() if found.terms else []
    if not unknown:
        return []
    return [f"TONLE_DOI_KINDS names kinds that nobody has here: {', '.join(unknown)}."]


def _halted(found: Overview) -> list[str]:
    from tonle.federation.dois.errors import sentence_of
    from tonle.infra.i18n import say

    if found.standing != "halted" or found.account is None:
        return []
    return [say(sentence_of(found.account.halt))]


def _for_status(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--ask", action="store_true", help="ask DataCite whether the account works")


def _for_register(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        "What is published gets its DOI by itself, once TONLE_DATACITE_ACCOUNT is set. This is for "
        "what was here before, or was imported. Exit codes: 0 done; 1 something was not registered."
    )
    parser.add_argument("records", nargs="*", metavar="ID", help="ids of records; sent at once")
    parser.add_argument("--all", action="store_true", help="of all records that may have one")
    parser.add_argument("--dry-run", action="store_true", help="with --all: only say which")


def _for_retry(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("records", nargs="*", metavar="ID", help="only of these records")


def _status(args: argparse.Namespace) -> int:
    from tonle.federation.dois import selectors, services
    from tonle.infra import clock
    from tonle.kernel.actors import SYSTEM

    now = clock.now()
    if args.ask:
        # What does not work is said as any error is.
        services.look(actor=SYSTEM, now=now)
        print("DataCite knows the account, and it may register under the prefix.")
    found = selectors.overview(now)
    print(f"DOIs are {found.standing}.")
    if found.terms is None:
        return DONE
    faults = [*_halted(found), *_unknown(found)]
    for fault in faults:
        print(fault)
    if found.is_other:
        print(
            "The node works with other options of DataCite than this shell has, or has not looked "
            "since they changed. `tonle doi status --ask` says whether this shell's are good."
        )
    if found.standing == "waiting" and found.account is not None:
        print(f"DataCite is asked again from {found.account.wait_until}.")
    print(
        f"{found.findable:,} resolve and can be found, {found.registered:,} resolve and are hidden."
    )
    print(f"{found.waiting:,} are due, {found.troubled:,} in trouble.")
    print(f"About {found.missing:,} records could have one and have none.")
    for row in selectors.troubled()[:LISTED]:
        print(f"{row.name}: {_why(row.reasons)}")
    return UNDONE if faults else DONE


def _register(args: argparse.Namespace) -> int:
    if args.all == bool(args.records):
        return _say("Name records by their ids, or use --all.", WRONG)
    return _register_all(dry_run=args.dry_run) if args.all else _register_these(args.records)


def _register_these(records: list[str]) -> int:
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
        against = say(send_one(record, terms, clock.now()))
        row = Doi.objects.filter(record=record).first()
        if row is not None and row.standing and not row.reasons and not against:
            print(f"{record}: https://doi.org/{row.name}")
        else:
            why = against or (_why(row.reasons) if row is not None else "")
            code = _say(f"{record}: {why or 'It waits: see `tonle doi status`.'}", UNDONE)
    return code


def _register_all(*, dry_run: bool) -> int:
    from tonle.federation.dois import selectors, services
    from tonle.federation.dois.account import demand_terms
    from tonle.infra import clock
    from tonle.kernel.actors import SYSTEM

    now = clock.now()
    demand_terms()
    if dry_run:
        return _name_all(now)
    missing = selectors.overview(now).missing
    services.register_all(actor=SYSTEM, now=now)
    print(
        f"About {missing:,} DOIs are being registered in the background, some seventy a minute. "
        "`tonle doi status` says how it goes."
    )
    return DONE


def _name_all(now: datetime) -> int:
    """Which they are: the first, and how many. Reads every description once."""
    from tonle.federation.dois import services
    from tonle.kernel.actors import SYSTEM
    from tonle.kernel.text import choose

    number = 0
    for number, one in enumerate(services.candidates(actor=SYSTEM, now=now), start=1):
        if number <= LISTED:
            print(f"{one.id}  {choose(one.document['titles'], 'en')[1]}")
    if number > LISTED:
        print("…")
    print(f"{number:,} records would get a DOI.")
    return DONE


def _retry(args: argparse.Namespace) -> int:
    from tonle.federation.dois import services
    from tonle.infra import clock
    from tonle.kernel.actors import SYSTEM

    count = sum(
        services.retry(record_id=record, actor=SYSTEM, now=clock.now())
        for record in args.records or [""]
    )
    print(f"{count:,} are sent again in the background.")
    return DONE


def _why(reasons: list[dict[str, object]]) -> str:
    from tonle.federation.dois.errors import place_of, sentence_of
    from tonle.infra.i18n import say

    said = [(place_of(reason), say(sentence_of(reason))) for reason in reasons]
    return "; ".join(f"{where}: {text}" if where else text for where, text in said)


def _say(text: str, code: int) -> int:
    print(text, file=sys.stderr)
    return code
