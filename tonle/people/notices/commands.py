"""`tonle message …`: how the node's channels fare, and whether one of them works."""

from __future__ import annotations

import argparse
import sys

from tonle.cli.public import Command, register, register_group


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _channels(_args: argparse.Namespace) -> int:
    from tonle.infra import clock
    from tonle.kernel.actors import SYSTEM
    from tonle.people.notices.stewarding import overview

    found = overview(actor=SYSTEM, now=clock.now())
    for channel in [*found.channels, *(robot.channel for robot in found.robots)]:
        state = "not set up"
        if channel.set_up:
            state = "fails" if channel.fails else "works" if channel.ok_at else "not used yet"
        cells = [channel.name, channel.label, state, channel.reason if channel.fails else ""]
        _print("\t".join(cells).rstrip())
    return 0


def _configure_test(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("channel", help="mail, telegram, line or sms")
    parser.add_argument("address", help="where to: a mail address, chat, user id or number")


def _test(args: argparse.Namespace) -> int:
    """Send at once and say what the service says; nothing is stored."""
    from tonle.infra.i18n import say
    from tonle.infra.messaging import Delivered, channel
    from tonle.kernel.errors import N_, Refusal, Refused
    from tonle.people.notices.models import Letter
    from tonle.people.notices.services import new_uuid
    from tonle.people.notices.telling import message_of

    found = channel(args.channel)
    if found is None:
        # Not of the page's kind: here the one who asks can set it up.
        text = N_("The channel %(name)s is not set up. See the options TONLE_… of its service.")
        raise Refused([Refusal("channel_not_set_up", text, {"name": args.channel})])
    message = message_of(Letter(kind="test"), "")
    outcome = found.send(args.address, message, key=new_uuid())
    if isinstance(outcome, Delivered):
        _print("taken")
        return 0
    wait = f" ({outcome.retry_after:.0f} s)" if outcome.retry_after else ""
    _print(f"{outcome.reason.code}{wait}: {say(outcome.reason.text)}")
    return 1


register_group("message", "Channels by which people are told.")
register(Command("message channels", "Say how each channel fares.", _channels))
register(Command("message test", "Send a test by one channel, now.", _test, _configure_test))
