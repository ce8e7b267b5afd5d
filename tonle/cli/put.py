"""What `tonle put` does and says, from its arguments to its exit code."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tonle.cli.get import DONE, UNDONE, WRONG, Kilobytes, this_node, token_from
from tonle.cli.progress import Progress
from tonle.client.asking import CannotPut, Client
from tonle.client.putting import Sender, Sent, deposit_of, files_below, put_all


def run(args: argparse.Namespace) -> int:
    """Put files. 0: all are there. 1: some are not. 2: it was wrongly called."""
    try:
        deposit = deposit_of(args.draft, args.node or this_node())
        token = token_from(args.token_file)
        files = files_below([Path(path) for path in args.paths])
        total = sum(path.stat().st_size for _name, path in files)
        if not token:
            raise CannotPut(
                "A token with the scope “deposit” is needed: make one on /me/tokens, keep it in "
                "a file, and name that with --token-file."
            )
    except (CannotPut, OSError) as error:
        print(error, file=sys.stderr)
        return WRONG
    new, there, undone = 0, 0, 0
    with Progress("Putting", max(1, total // 1000), unit="kB") as progress:
        sender = Sender(Client(token), deposit, Kilobytes(progress, quiet=args.quiet).add)
        for name, came in put_all(sender, files):
            if isinstance(came, Sent):
                new, there = new + came.new, there + (not came.new)
            else:
                undone += 1
                print(f"{name}: {came}", file=sys.stderr)
    if not args.quiet:
        print(f"{deposit.id}: {new} put, {there} already there, {undone} not put.")
    return UNDONE if undone else DONE
