"""`tonle harvest`: put this node in front of what exists, at the command line."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tonle.cli.public import Command, Progress, register

if TYPE_CHECKING:
    from tonle.federation.harvest.engine import Order, Standing
    from tonle.federation.harvest.models import Run, Source
    from tonle.federation.harvest.sources import Wanted

DONE, UNDONE, WRONG, COME_AGAIN, INTERRUPTED = 0, 1, 2, 75, 130
PROTOCOLS = ("oai", "ckan", "dataverse", "invenio", "dspace", "dcat")
PREVIEWED = 20
LISTED_ISSUES = 20
PATIENCE_SECONDS = 600.0


def register_commands() -> None:
    register(
        Command(
            "harvest",
            "Show what another catalogue holds: OAI-PMH, CKAN, Dataverse, Invenio, DSpace, DCAT.",
            _harvest,
            _configure,
        )
    )


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        "Exit codes: 0 everything was taken in; 1 something was not, or the source failed; 75 "
        "stopped before the end, call again to go on, or paused by a steward; 130 interrupted, "
        "call again to go on."
    )
    parser.add_argument(
        "source", nargs="?", metavar="URL|ID", help="the catalogue's address, or a source's id"
    )
    new = parser.add_argument_group("a new source")
    new.add_argument("--protocol", choices=PROTOCOLS, help="do not find out, take this one")
    new.add_argument("--prefix", default="", help="metadata format of OAI-PMH, such as datacite")
    new.add_argument("--set", dest="set_name", default="", help="only this part of it")
    new.add_argument("--name", help="what readers see as its name")
    new.add_argument("--member", metavar="CODE", help="whose its records are, such as KHM")
    new.add_argument("--every", type=int, metavar="HOURS", help="how often; 0 only by hand (24)")
    new.add_argument("--rate", type=int, metavar="N", help="at most N questions a minute (120)")
    what = parser.add_argument_group("what to do")
    what.add_argument("--dry-run", action="store_true", help="show the first records, do nothing")
    what.add_argument("--full", action="store_true", help="look at everything, not only changes")
    what.add_argument("--since", metavar="DATE", help="only what changed there since this day")
    what.add_argument("--limit", type=int, default=0, metavar="N", help="stop after N records")
    what.add_argument("--retry", action="store_true", help="try again what was not taken in")
    what.add_argument(
        "--reread", action="store_true", help="read again what is kept, without asking anybody"
    )
    what.add_argument("--pause", action="store_true", help="ask nothing there until --resume")
    what.add_argument("--resume", action="store_true", help="go on with a source that is paused")
    what.add_argument("--remove", action="store_true", help="withdraw its records, harvest no more")
    what.add_argument("--yes", action="store_true", help="remove without asking first")
    what.add_argument("--list", action="store_true", help="say which sources there are")
    what.add_argument("--status", action="store_true", help="say how a source stands")
    said = parser.add_argument_group("what is said")
    said.add_argument(
        "--report", type=Path, metavar="FILE", help="write one JSON line per record to this file"
    )
    said.add_argument("--quiet", action="store_true", help="say only what went wrong")


def _harvest(args: argparse.Namespace) -> int:
    if args.list:
        return _list()
    if not args.source:
        return _say("Name a catalogue's address or a source's id, or use --list.", WRONG)
    if args.since and not _moment(args.since):
        return _say(f"{args.since} is no date. Write it as 2026-01-31.", WRONG)
    if args.dry_run:
        return _preview(args)
    source = _source(args)
    if source is None:
        return WRONG
    if args.status:
        return _status(source)
    if args.remove and not _is_sure(source, args):
        return _say("Nothing was changed.", UNDONE)
    if args.pause or args.resume:
        source = _paused_or_not(source, args)
    if source.state == "paused" and not (args.reread or args.remove):
        return _paused(source)
    try:
        if args.retry or args.reread or args.remove:
            run = _beside(source, args)
            source.refresh_from_db()
            if not (args.retry and source.whole_is_due):
                return _ended(source, run, args)
            _counts(run, args)
            _tell("Some records never arrived, so the source is asked for all of it.", args)
        return _walk(source, args)
    except KeyboardInterrupt:
        print(
            "\nInterrupted. What came is kept; call this again to go on where it stopped.",
            file=sys.stderr,
        )
        return INTERRUPTED


def _paused_or_not(source: Source, args: argparse.Namespace) -> Source:
    from tonle.federation.harvest.sources import pause_source, resume_source
    from tonle.infra import clock
    from tonle.kernel.actors import SYSTEM

    turn = pause_source if args.pause else resume_source
    return turn(source_id=source.id, actor=SYSTEM, now=clock.now())


def _paused(source: Source) -> int:
    print(f"It is paused: nothing is asked there. What came is kept. To go on: tonle harvest "
          f"{source.id} --resume")  # fmt: skip
    return COME_AGAIN


def _is_sure(source: Source, args: argparse.Namespace) -> bool:
    """Ask before everything of a source goes. A program that calls this has decided already."""
    from tonle.federation.harvest.describing import name_of
    from tonle.federation.harvest.selectors import states_of
    from tonle.infra import clock

    if args.yes or not sys.stdin.isatty():
        return True
    shown = states_of([source], clock.now())[0].shown
    print(f"{shown:,} records of {name_of(source)} are withdrawn here. At their home nothing "
          "changes; add its address again, and they come back under their ids.")  # fmt: skip
    try:
        return input("Remove it? [y/N] ").strip().lower() in {"y", "yes"}
    except EOFError:
        return False


# --- which source --------------------------------------------------------------------------


def _source(args: argparse.Namespace) -> Source | None:
    """The source that is meant; a new one is added. None where it is not clear which."""
    from tonle.federation.harvest.models import Source

    rows = list(Source.objects.filter(id=args.source))
    if not rows:
        address = args.source if "://" in args.source else f"https://{args.source}"
        rows = [
            row
            for row in Source.objects.filter(
                base_url__in=[address, address.rstrip("/"), f"{address.rstrip('/')}/"]
            ).exclude(state="stopped")
            if (not args.protocol or row.protocol == args.protocol)
            and (not args.prefix or row.prefix == args.prefix)
            and (not args.set_name or row.set_name == args.set_name)
        ]
    if len(rows) > 1:
        _say("Several sources are there. Name one by its id:", WRONG)
        for row in rows:
            _say(f"  {row.id}  {row.protocol} {row.prefix} {row.set_name}".rstrip(), WRONG)
        return None
    if rows:
        return _changed(rows[0], args)
    if args.status or args.retry or args.reread or args.remove:
        _say(f"{args.source} is no source of this node. Those there are: tonle harvest --list",
             WRONG)  # fmt: skip
        return None
    return _added(args)


def _wanted(args: argparse.Namespace) -> Wanted:
    from tonle.federation.harvest.sources import Wanted

    return Wanted(
        names={"und": args.name} if args.name else None,
        every_hours=args.every,
        member=args.member,
        questions_a_minute=args.rate,
    )


def _changed(source: Source, args: argparse.Namespace) -> Source:
    """What was said anew of a known source is kept."""
    from tonle.federation.harvest.sources import Wanted, change_source
    from tonle.infra import clock
    from tonle.kernel.actors import SYSTEM

    wanted = _wanted(args)
    if wanted == Wanted():
        return source
    return change_source(source_id=source.id, wanted=wanted, actor=SYSTEM, now=clock.now())


def _added(args: argparse.Namespace) -> Source:
    from tonle.federation.harvest.sources import add_source, look
    from tonle.infra import clock
    from tonle.kernel.actors import SYSTEM

    looked = look(
        url=args.source,
        protocol=args.protocol or "",
        prefix=args.prefix,
        set_name=args.set_name,
        actor=SYSTEM,
        now=clock.now(),
        limit=0,
    )
    source = add_source(
        url=args.source,
        protocol=looked.protocol,
        identity=looked.identity,
        prefix=args.prefix,
        set_name=args.set_name,
        wanted=_wanted(args),
        actor=SYSTEM,
        now=clock.now(),
    )
    if not args.quiet:
        from tonle.federation.harvest.clients import PROTOCOLS as NAMES
        from tonle.federation.harvest.describing import name_of

        print(f"{name_of(source)} speaks {NAMES[source.protocol]}. It is source {source.id} now.")
        if source.every_hours:
            print(f"It is harvested again every {source.every_hours} hours; --every changes that.")
    return source


# --- going there ---------------------------------------------------------------------------


def _walk(source: Source, args: argparse.Namespace) -> int:
    """Harvest to the end; waits are waited for."""
    from tonle.federation.harvest.engine import harvest
    from tonle.infra.i18n import say

    with Progress("Harvest", source_total(source)) as progress:
        order = _order(source, args, progress)
        while True:
            standing = harvest(source.id, order)
            if standing.state != "waiting":
                break
            why = say(standing.why) if standing.why else ""
            seconds = round(standing.seconds)
            print(f"\n{why} Going on in {seconds} s; Ctrl-C stops here.", file=sys.stderr)
            until = time.monotonic() + standing.seconds
            while time.monotonic() < until and not order.stop():
                time.sleep(min(1.0, max(0.0, until - time.monotonic())))
            if order.stop():
                standing = replace(standing, state="stopped")
                break
    if standing.state == "stopped":
        return _stopped(source, standing, args)
    return _ended(source, standing.run, args)


def source_total(source: Source) -> int | None:
    """What the source said last that it holds."""
    from tonle.federation.harvest.runs import open_run

    run = open_run(source)
    return run.expected if run else None


def _order(source: Source, args: argparse.Namespace, progress: Progress) -> Order:
    from tonle.federation.harvest.engine import Order
    from tonle.federation.harvest.models import Source
    from tonle.federation.harvest.rules.counting import met
    from tonle.infra import clock
    from tonle.kernel.actors import SYSTEM

    def tell(run: Run) -> None:
        if args.quiet:
            return
        # What is gone was met as well, and no source counts it.
        done = met(run.counts)
        progress.total = max(run.expected, done) if run.expected else progress.total
        progress.advance(max(0, done - progress.done))

    def was_paused() -> bool:
        """Whether a steward has paused or removed it meanwhile."""
        return not Source.objects.filter(key=source.key, state=source.state).exists()

    return Order(
        by=SYSTEM.id,
        clock=clock.now,
        stop=was_paused,
        tell=tell,
        limit=args.limit,
        whole=args.full,
        since=_moment(args.since) if args.since else "",
    )


def _moment(text: str) -> str:
    """A day or an instant as every client takes it; "" for what is none."""
    from tonle.federation.harvest.clients.walking import stamp_of

    return stamp_of(text)


def _beside(source: Source, args: argparse.Namespace) -> Run:
    from tonle.federation.harvest import aside
    from tonle.federation.harvest.sources import remove_source
    from tonle.infra import clock
    from tonle.kernel.actors import SYSTEM

    with Progress("Harvest") as progress:
        order = _order(source, args, progress)
        if args.retry:
            return aside.retry(source.id, order)
        if args.reread:
            return aside.reread(source.id, order)
        remove_source(source_id=source.id, actor=SYSTEM, now=clock.now())
        return aside.empty(source.id, order)


def _preview(args: argparse.Namespace) -> int:
    """The first records, as they would come in."""
    from tonle.federation.harvest.clients import PROTOCOLS as NAMES
    from tonle.federation.harvest.sources import look
    from tonle.infra import clock
    from tonle.infra.i18n import say
    from tonle.kernel.actors import SYSTEM

    looked = look(
        url=args.source,
        protocol=args.protocol or "",
        prefix=args.prefix,
        set_name=args.set_name,
        actor=SYSTEM,
        now=clock.now(),
        limit=args.limit or PREVIEWED,
        # Nobody's page waits for this.
        seconds=PATIENCE_SECONDS,
    )
    total = "" if looked.total is None else f", {looked.total:,} records"
    print(f"{looked.identity.name}: {NAMES[looked.protocol]}{total}")
    print("Nothing was changed; this is what would happen to its first records:")
    faults = 0
    for one in looked.previews:
        title = next(iter(one.titles.values()), one.identifier)
        print(f"{one.outcome:>10}  {title}")
        for where, why in said_reasons(one.reasons):
            faults += 1
            print(f"{'':>12}{where + ': ' if where else ''}{say(why)}")
    return UNDONE if faults else DONE


# --- what is said --------------------------------------------------------------------------


def said_reasons(reasons: tuple[Mapping[str, object], ...]) -> list[tuple[str, str]]:
    from tonle.federation.harvest.rules.reasons import sentence_of

    return [(str(reason["where"]), sentence_of(dict(reason))) for reason in reasons]


def _stopped(source: Source, standing: Standing, args: argparse.Namespace) -> int:
    _counts(standing.run, args)
    _report(source, standing.run, args)
    source.refresh_from_db()
    if source.state == "paused":
        return _paused(source)
    if not args.quiet:
        print("Stopped before the end, as asked. Call this again to go on where it stopped.")
    return COME_AGAIN


def _ended(source: Source, run: Run, args: argparse.Namespace) -> int:
    """The report of a run, and its code."""
    from tonle.infra.i18n import say

    _counts(run, args)
    _report(source, run, args)
    complete = run.outcome == "complete"
    if complete and args.quiet:
        return DONE
    print({
        "complete": "Complete: all its records were taken out here. It is harvested no more."
        if run.sort == "removal"
        else "Complete: everything that was met was taken in.",
        "partial": "Partial: not everything could be taken in.",
        "failed": "Failed: nothing could be taken in.",
    }.get(run.outcome, run.outcome))  # fmt: skip
    if run.reason:
        from tonle.federation.harvest.rules.reasons import sentence_of

        print(say(sentence_of(run.reason)))
    _issues(source, run, args)
    return DONE if complete else UNDONE


def _counts(run: Run, args: argparse.Namespace) -> None:
    from tonle.federation.harvest.selectors import counted

    if args.quiet:
        return
    for _, words, number in counted(run):
        print(f"{number:>8,}  {words}")


def _issues(source: Source, run: Run, args: argparse.Namespace) -> None:
    """Why which records were not taken in, the first of them."""
    from tonle.federation.harvest.rules.nameless import WORDS, is_nameless
    from tonle.federation.harvest.selectors import open_issues
    from tonle.infra.i18n import say

    rows = open_issues(source).filter(run=run.number)
    number = rows.count()
    if number:
        print("Not taken in:")
    for issue in rows[:LISTED_ISSUES]:
        reasons = said_reasons(tuple(issue.reasons))
        why = " ".join(f"{where}: {say(text)}" if where else say(text) for where, text in reasons)
        name = say(WORDS) if is_nameless(issue.identifier) else issue.identifier
        print(f"{name}: {why}")
    if number > LISTED_ISSUES and not args.report:
        print(f"and {number - LISTED_ISSUES:,} more: call this again with --report FILE.")
    if number:
        print(f"Try them again with: tonle harvest {source.id} --retry")


def _report(source: Source, run: Run, args: argparse.Namespace) -> None:
    from tonle.federation.harvest.selectors import report_lines
    from tonle.infra.i18n import say

    if args.report is None:
        return
    with args.report.open("w", encoding="utf-8") as file:
        for line in report_lines(source, run):
            reasons = [
                f"{where}: {say(text)}" if where else say(text) for where, text in line["reasons"]
            ]
            file.write(json.dumps({**line, "reasons": reasons}, ensure_ascii=False) + "\n")


def _list() -> int:
    from tonle.federation.harvest.describing import name_of
    from tonle.federation.harvest.selectors import all_sources, states_of
    from tonle.infra import clock

    states = states_of(list(all_sources()), clock.now())
    if not states:
        print("There is no source yet. Add one with: tonle harvest URL")
    for state in states:
        source = state.source
        print(f"{source.id}  {state.standing:<12} {state.shown:>9,} shown  {name_of(source)}")
        print(f"{'':>17}{source.protocol} {source.base_url} {source.prefix} {source.set_name}"
              .rstrip())  # fmt: skip
    return DONE


def _status(source: Source) -> int:
    from tonle.federation.harvest.describing import name_of
    from tonle.federation.harvest.rules.reasons import sentence_of
    from tonle.federation.harvest.selectors import counted, run_state, runs_of, states_of
    from tonle.infra import clock
    from tonle.infra.i18n import say

    now = clock.now()
    state = states_of([source], now)[0]
    print(f"{name_of(source)} ({source.id}): {state.standing}")
    print(f"{state.shown:,} records are shown, {state.issues:,} could not be taken in.")
    if state.standing == "waiting" and source.waits_until:
        print(f"It is asked again at {source.waits_until:%Y-%m-%d %H:%M:%S} UTC: "
              f"{say(sentence_of(source.waits_for))}")  # fmt: skip
    if source.doubted:
        print(f"{source.doubted:,} are not listed there any more; a steward decides on its page.")
    for run in runs_of(source, 10):
        parts = ", ".join(f"{number:,} {words}" for _, words, number in counted(run))
        print(f"{run.number:>5}  {run.started_at:%Y-%m-%d %H:%M}  {run_state(source, run, now)}"
              f"{': ' if parts else ''}{parts}")  # fmt: skip
    return DONE if state.standing in {"complete", "new", "working", "waiting"} else UNDONE


def _tell(sentence: str, args: argparse.Namespace) -> None:
    if not args.quiet:
        print(sentence)


def _say(sentence: str, code: int) -> int:
    print(sentence, file=sys.stderr)
    return code
