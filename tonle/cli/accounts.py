"""Commands that act as one of the node's accounts: what they may do is what that person may.

They print rows whose parts are set apart by tabs, for eyes and for `cut`.
"""

from __future__ import annotations

import argparse
import sys


def configure_account(parser: argparse.ArgumentParser) -> None:
    """Add `--as EMAIL`; `people.public.acting` makes an actor of it."""
    parser.add_argument(
        "--as", dest="email", required=True, metavar="EMAIL", help="the account that acts"
    )


def line(*parts: str) -> None:
    """Print one row."""
    sys.stdout.write("\t".join(parts).rstrip() + "\n")
