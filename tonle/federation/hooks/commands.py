"""`tonle hook …`: whom this node tells of changes, at its own command line."""

from __future__ import annotations

import argparse
import sys

from tonle.cli.public import Command, register, register_group

EVENTS = ("record.published", "record.updated", "record.withdrawn", "record.restored")
ACCESS = ("open", "embargoed", "restricted", "metadata_only")
DONE, UNDONE = 0, 1


def register_commands() -> None:
    register_group("hook", "Webhooks: programs elsewhere that are told when something changes.")
    register(Command("hook list", "List the webhooks and how each stands.", _list))
    register(Command("hook add", "Tell an address of every change from now on.", _add, _for_add))
    register(
        Command("hook test", "Send a test to a webhook now, and say what came of it.", _test, _id)
    )
    register(
        Command("hook pause", "Tell a webhook nothing for now; later it hears all.", _pause, _id)
    )
    register(Command("hook resume", "Go on with a webhook where it stood, at once.", _resume, _id))
    register(
        Command("hook skip", "Give up the message that a webhook does not take.", _skip, _for_skip)
    )
    register(
        Command("hook rotate", "Make a new secret; the old one signs another day.", _rotate, _id)
    )
    register(Command("hook remove", "Tell a webhook nothing more, and forget it.", _remove, _id))


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _id(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("hook", metavar="ID", help="what `tonle hook list` shows first")


def _for_add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("url", metavar="URL", help="the address that takes the messages")
    parser.add_argument("--label", help="whose it is; the host where nothing is said")
    parser.add_argument(
        "--event", dest="events", action="append", choices=EVENTS,
        help="only messages of this type; again for another",
    )  # fmt: skip
    parser.add_argument("--kind", help="only records of this kind, such as dataset")
    parser.add_argument("--member", metavar="CODE", help="only of this member, such as KHM")
    parser.add_argument("--community", metavar="ID", help="only of this community")
    parser.add_argument("--access", choices=ACCESS, help="only with this access to their files")
    parser.add_argument("--own", action="store_true", help="not what is harvested from elsewhere")


def _list(_args: argparse.Namespace) -> int:
    from tonle.federation.hooks.selectors import all_hooks, states_of

    states = states_of(list(all_hooks()))
    if not states:
        _print("There is no webhook yet. Add one with: tonle hook add URL")
    for one in states:
        behind = f", {one.behind:,} {'change' if one.behind == 1 else 'changes'} behind"
        behind = behind if one.behind else ""
        _print(f"{one.hook.id}  {one.standing}{behind}  {one.hook.label}  {one.hook.url}")
    return DONE


def _add(args: argparse.Namespace) -> int:
    from tonle.federation.hooks.services import Wanted, add_hook
    from tonle.infra import clock
    from tonle.kernel.actors import SYSTEM

    wanted = Wanted(
        label=args.label,
        url=args.url,
        events=args.events,
        kind=args.kind,
        member=args.member,
        community=args.community,
        access=args.access,
        own_only=args.own,
    )
    hook, secret = add_hook(wanted=wanted, actor=SYSTEM, now=clock.now())
    _print(f"{hook.label} is webhook {hook.id} now. Its secret, shown this once:")
    _print(secret)
    _print(f"Try it with: tonle hook test {hook.id}")
    return DONE


def _test(args: argparse.Namespace) -> int:
    """Here and now: nobody may be serving the node."""
    from tonle.federation.harvest.rules.reasons import sentence_of
    from tonle.federation.hooks.models import Delivery
    from tonle.federation.hooks.services import ask_test
    from tonle.federation.hooks.telling import tell
    from tonle.infra import clock
    from tonle.infra.i18n import say
    from tonle.kernel.actors import SYSTEM

    asked = ask_test(hook_id=args.hook, actor=SYSTEM, now=clock.now())
    # What others asked for before goes first.
    while (row := Delivery.objects.get(key=asked.key)).state == "asked":
        tell(args.hook, clock.now, budget_seconds=0)
    if row.state == "delivered":
        _print(f"Taken, with status {row.status}, in {row.duration_ms} ms.")
        return DONE
    sys.stderr.write(f"Not taken. {say(sentence_of(row.reason))}\n")
    if row.answer:
        sys.stderr.write(f"{row.answer}\n")
    return UNDONE


def _for_skip(parser: argparse.ArgumentParser) -> None:
    _id(parser)
    parser.add_argument(
        "--all", action="store_true", help="all that waits; the receiver reads the feed instead"
    )


def _pause(args: argparse.Namespace) -> int:
    from tonle.federation.hooks.services import pause_hook
    from tonle.infra import clock
    from tonle.kernel.actors import SYSTEM

    pause_hook(hook_id=args.hook, actor=SYSTEM, now=clock.now())
    _print("Paused. What happens meanwhile is told later.")
    return DONE


def _resume(args: argparse.Namespace) -> int:
    from tonle.federation.hooks.services import resume_hook
    from tonle.infra import clock
    from tonle.kernel.actors import SYSTEM

    resume_hook(hook_id=args.hook, actor=SYSTEM, now=clock.now())
    _print("It goes on where it stood.")
    return DONE


def _skip(args: argparse.Namespace) -> int:
    from tonle.federation.hooks.models import Delivery
    from tonle.federation.hooks.services import load, skip_message, skip_to_now
    from tonle.infra import clock
    from tonle.kernel.actors import SYSTEM

    now = clock.now()
    if args.all:
        skip_to_now(hook_id=args.hook, actor=SYSTEM, now=now)
        _print("It is told from now on.")
        return DONE
    row = Delivery.objects.filter(hook=load(args.hook, SYSTEM), state="waiting").first()
    if row is None:
        sys.stderr.write("No message waits for another try.\n")
        return UNDONE
    skip_message(hook_id=args.hook, delivery_id=row.id, actor=SYSTEM, now=now)
    _print(f"Given up: {row.type} {row.record} ({row.id}).")
    return DONE


def _rotate(args: argparse.Namespace) -> int:
    from tonle.federation.hooks.services import rotate_secret
    from tonle.infra import clock
    from tonle.kernel.actors import SYSTEM

    _hook, secret = rotate_secret(hook_id=args.hook, actor=SYSTEM, now=clock.now())
    _print("The new secret, shown this once; the one before signs beside it for another day:")
    _print(secret)
    return DONE


def _remove(args: argparse.Namespace) -> int:
    from tonle.federation.hooks.services import load, remove_hook
    from tonle.infra import clock
    from tonle.kernel.actors import SYSTEM

    load(args.hook, SYSTEM)
    remove_hook(hook_id=args.hook, actor=SYSTEM, now=clock.now())
    _print("Removed.")
    return DONE
