"""`python -m tools.changelog VERSION DATE`: gathers changes/ into CHANGELOG.md at a release.

Each file of `changes/` is one sentence, named `<issue>.<kind>.md`. The sentences go
under the version, by kind, in the order of issues; the files are deleted.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from config.options import BASE_DIR

KINDS = ("added", "changed", "fixed", "removed", "security")
NAME = re.compile(r"(?P<issue>\d+)(?:-[\w-]+)?\.(?P<kind>" + "|".join(KINDS) + r")\.md")


def fragments(folder: Path) -> dict[str, list[str]]:
    """Kind to its sentences, by issue. Raises SystemExit on a file that is named otherwise."""
    found: list[tuple[int, str, str, str]] = []
    for file in folder.glob("*.md"):
        match = NAME.fullmatch(file.name)
        if match is None:
            raise SystemExit(f"{file.name} should be called <issue>.<kind>.md: {', '.join(KINDS)}.")
        sentence = " ".join(file.read_text(encoding="utf-8").split())
        found.append((int(match["issue"]), file.name, match["kind"], sentence))
    return {
        kind: [f"{sentence} (#{issue})" for issue, _, own, sentence in sorted(found) if own == kind]
        for kind in KINDS
    }


def section(version: str, date: str, sentences: dict[str, list[str]]) -> str:
    """One release as Keep a Changelog 1.1 writes it."""
    parts = [f"## [{version}] - {date}\n"]
    for kind, lines in sentences.items():
        if lines:
            parts.append(f"### {kind.capitalize()}\n\n" + "".join(f"- {line}\n" for line in lines))
    return "\n".join(parts)


def main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    folder, changelog = BASE_DIR / "changes", BASE_DIR / "CHANGELOG.md"
    text = changelog.read_text(encoding="utf-8")
    head, marker, older = text.partition("\n## [")
    new = section(arguments[0], arguments[1], fragments(folder))
    changelog.write_text(f"{head}\n{new}{marker}{older}", encoding="utf-8")
    for file in folder.glob("*.md"):
        file.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
