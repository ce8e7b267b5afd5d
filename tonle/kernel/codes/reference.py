"""The page about code lists, made from the lists themselves."""

from __future__ import annotations

from typing import Final

from tonle.kernel.codes.lists import LISTS, CodeList, code_list

HEAD: Final = """\
# Code lists

The words that forms, filters, imports and exports agree on. Each list is a file in
`tonle/kernel/codes/data/` with its date, source and licence; change it there, date it anew,
and make this page again with `python -m tools.reference`.
"""

# Longer lists are better read in their file.
_LONGEST_SHOWN: Final = 100


def page() -> str:
    """docs/reference/code-lists.md."""
    return HEAD + "".join(_section(code_list(name)) for name in LISTS)


def _section(found: CodeList) -> str:
    lines = [
        f"\n## `{found.name}`: {found.title}\n",
        f"- codes: {len(found.codes)}",
        f"- as of: {found.as_of}",
        f"- source: {found.source}",
        f"- licence: {found.licence}",
    ]
    if found.note:
        lines.append(f"- note: {found.note}")
    if len(found.codes) <= _LONGEST_SHOWN:
        lines += ["", "| code | name |", "|---|---|"]
        lines += [f"| `{code.code}` | {code.label()} |" for code in found.codes.values()]
    return "\n".join(lines) + "\n"
