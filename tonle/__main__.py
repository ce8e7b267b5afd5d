"""`python -m tonle` is the `tonle` command."""

from __future__ import annotations

import sys

from tonle.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
