"""Many commands of `tonle` in one process: `python -m tests.node_commands`.

Each line of standard input is a JSON list: the arguments of a command, then what it is given
to read. Each is answered by a line: its exit code, what it printed, and what it complained of.
To start Python and read the settings takes longer than most commands do.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys

from tonle.cli.main import main


def run(arguments: list[str], given: str) -> tuple[int, str, str]:
    said, complained = io.StringIO(), io.StringIO()
    sys.stdin = io.StringIO(given)
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(complained):
        try:
            code = main(arguments)
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
    return code, said.getvalue(), complained.getvalue()


if __name__ == "__main__":
    lines, answers = sys.stdin, sys.stdout
    for line in lines:
        *arguments, given = json.loads(line)
        print(json.dumps(run(arguments, given)), file=answers, flush=True)
