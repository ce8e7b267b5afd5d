"""`tonle funding reconcile`: two lists of applications, from files, laid side by side."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tonle.cli.public import said
from tonle.funding.rules import reconcile
from tonle.funding.rules.reconcile import written
from tonle.funding.rules.reconcile.columns import FIELDS
from tonle.funding.rules.reconcile.files import MAX_BYTES
from tonle.funding.rules.writing import dumps
from tonle.kernel.errors import N_, Invalid
from tonle.kernel.sentences import Sentence, invalid, shown

DONE = 0


def run(args: argparse.Namespace) -> int:
    """Read both lists, answer, and write the table if one is asked for."""
    from tonle.search.public import normalise, word_texts

    ending = Path(args.out).suffix.lower() if args.out else ""
    if args.out and ending not in {".xlsx", ".csv"}:
        raise invalid("--out", N_("The name of the table must end in .xlsx or .csv."))
    analysis = reconcile.Analysis(normalise, word_texts)
    given = _given(args.columns)
    read = {}
    for which, path, sheet in (
        (reconcile.OURS, args.ours, args.our_sheet),
        (reconcile.THEIRS, args.theirs, args.their_sheet),
    ):
        with Path(path).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        try:
            rows = reconcile.read_sheet(data, sheet)
            read[which] = reconcile.read_list(rows, which, analysis, given[which])
        except Invalid as error:
            # Two files were named: say which one it is.
            raise Invalid([(path, what) for _, what in error.problems]) from error
    answer = reconcile.reconcile(read[reconcile.OURS], read[reconcile.THEIRS])
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr] # Names of all scripts.
    if args.out:
        table = written.as_table(answer, said)
        made = written.as_xlsx(table) if ending == ".xlsx" else written.as_csv(table)
        Path(args.out).write_bytes(made)
    if args.json:
        print(dumps(written.as_json(answer, said)))
    else:
        for line in written.as_lines(answer, said):
            print(line)
    return DONE


def _given(columns: Sequence[str]) -> dict[str, dict[str, str]]:
    """What columns were said to be: by list, header to field.

    Raises Invalid for what is not LIST:FIELD=HEADER.
    """
    found: dict[str, dict[str, str]] = {reconcile.OURS: {}, reconcile.THEIRS: {}}
    problems = []
    for one in columns:
        place, _, header = one.partition("=")
        which, _, name = place.partition(":")
        field = name.partition(".")[0]
        if which in found and field in FIELDS and header.strip():
            found[which][header.strip()] = name
        else:
            problems.append(
                (
                    "--columns",
                    Sentence(
                        N_(
                            "“%(text)s” says of no column what it is. Write it like "
                            "theirs:title=Naam; the fields are: %(fields)s."
                        ),
                        text=shown(one, 80),
                        fields=", ".join(FIELDS),
                    ),
                )
            )
    if problems:
        raise Invalid(problems)
    return found
