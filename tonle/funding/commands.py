"""`tonle funding`: assign reviewers, decide, adjust scores, lay two lists side by side."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

from tonle.cli.public import Command, install, register, register_group, said

DONE, REFUSED = 0, 1


def _document(name: str) -> Any:
    """What the file says; `-` is standard input."""
    from tonle.funding.rules.reading import MAX_BYTES, parse

    # One byte more than may be there is enough to refuse it.
    if name == "-":
        return parse(sys.stdin.buffer.read(MAX_BYTES + 1))
    with Path(name).open("rb") as file:
        return parse(file.read(MAX_BYTES + 1))


def _print(answer: dict[str, Any]) -> int:
    from tonle.funding.rules.writing import dumps

    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr] # JSON is UTF-8, always.
    print(dumps(answer))
    return DONE


def _assign(args: argparse.Namespace) -> int:
    from tonle.funding.rules import assign

    found = assign.assign(assign.read(_document(args.file)))
    answer: dict[str, Any] = {
        "feasible": found.feasible,
        "objective": found.objective if found.feasible else None,
        "assignment": dict(found.reviewers),
        "worst_proposal": found.worst_proposal or None,
        "worst_score": found.worst_score if found.worst_proposal else None,
    }
    if not found.feasible:
        answer["shortage"] = {
            "words": [said(one.words) for one in found.shortage],
            "data": [{"rule": one.rule, **one.data} for one in found.shortage],
        }
    return _print(answer)


def _decide(args: argparse.Namespace) -> int:
    from tonle.funding.rules import decide

    found = decide.decide(decide.read(_document(args.file)))
    binding = {
        mode: {id: [_limit(one) for one in limits] for id, limits in projects.items()}
        for mode, projects in found.binding.items()
    }
    return _print(
        {
            **found.funded,
            "optimum_value": found.optimum_value,
            "ranking": found.ranking,
            "topup_used": found.pot_used,
            "binding": binding,
        }
    )


def _limit(limit: Any) -> dict[str, Any]:
    """A limit by the fields that it has."""
    found: dict[str, Any] = {"limit": limit.rule}
    if limit.name:
        found["theme" if limit.rule == "theme_cap" else "party"] = limit.name
    if limit.missing:
        found["missing"] = limit.missing
    for name in ("recommendation", "stopped_at"):
        if value := getattr(limit, name):
            found[name] = value
    return found


def _adjust(args: argparse.Namespace) -> int:
    from tonle.funding.rules import adjust

    found = adjust.adjust(adjust.read(_document(args.file)), exact=args.exact)
    number: Callable[[Fraction | float], str | float] = str if args.exact else float

    def numbers(values: Any) -> dict[str, str | float]:
        return {name: number(value) for name, value in values.items()}

    return _print(
        {
            "components": [
                {
                    "order": one.order,
                    "quality": numbers({id: one.quality[id] for id in one.order}),
                    "offset": numbers(one.offset),
                    "level": number(one.level),
                    "mean": numbers({id: one.mean[id] for id in one.order}),
                }
                for one in found
            ]
        }
    )


def _install(_: argparse.Namespace) -> int:
    from tonle.funding.rules import flow

    if not flow.has_ortools():
        install("funding", "some 190 MB")
    if flow.has_ortools():
        print("OR-Tools is there: tonle funding assign takes thousands of proposals.")
        return DONE
    print("Install it in the environment that runs Tonle: pip install -r requirements/funding.txt")
    return REFUSED


def _reconcile(args: argparse.Namespace) -> int:
    from tonle.funding import reconciling

    return reconciling.run(args)


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="JSON, or - for standard input")


def _configure_adjust(parser: argparse.ArgumentParser) -> None:
    _configure(parser)
    parser.add_argument(
        "--exact", action="store_true", help="answer in fractions, written as text: 7/3"
    )


def _configure_reconcile(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ours", metavar="OURS", help="our list: XLSX or CSV")
    parser.add_argument("theirs", metavar="THEIRS", help="the list of the other office")
    parser.add_argument("--json", action="store_true", help="answer in JSON")
    parser.add_argument(
        "--out", metavar="FILE", help="also write a table to confirm in: .xlsx or .csv"
    )
    parser.add_argument(
        "--columns",
        metavar="LIST:FIELD=HEADER",
        action="append",
        default=[],
        help="what a column is whose header does not say: theirs:title=Naam (may be repeated)",
    )
    parser.add_argument("--our-sheet", metavar="NAME", default="", help="which sheet of OURS")
    parser.add_argument("--their-sheet", metavar="NAME", default="", help="which of THEIRS")


register_group("funding", "Reviewers, decisions, scores and lists of a call, from files.")
for _name, _help, _run, _arguments in (
    (
        "assign",
        "Give proposals their reviewers: the best way, or what is short.",
        _assign,
        _configure,
    ),
    (
        "decide",
        "Show which projects the parties' money reaches, in four ways.",
        _decide,
        _configure,
    ),
    ("adjust", "Adjust scores for harsh and lenient reviewers.", _adjust, _configure_adjust),
):
    register(
        Command(f"funding {_name}", _help, _run, _arguments, needs_node=False, needs_django=False)
    )
register(
    Command(
        "funding install",
        "Install OR-Tools, for assignments of thousands of proposals.",
        _install,
        needs_node=False,
        needs_django=False,
    )
)
register(
    Command(
        "funding reconcile",
        "Lay two offices' lists of applications side by side: pairs, and what does not fit.",
        _reconcile,
        _configure_reconcile,
        needs_node=False,
        needs_django=False,
    )
)
