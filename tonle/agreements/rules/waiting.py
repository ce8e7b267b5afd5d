"""What a party is waited for, of what it did and where the text stands. Pure."""

from __future__ import annotations

from collections.abc import Collection


def awaited(state: str, consent: str, done: Collection[str]) -> str:
    """The deed by which a party brings a version on, "" where none is waited for.

    state: of the version. consent: signature or ratification, from its terms. done: what the
    party did with this version; "agree" only if it was to the words as they are now.
    """
    if state == "draft":
        return "" if "agree" in done else "agree"
    if state in {"agreed", "partly_signed"} and "sign" not in done:
        return "sign"
    ratifies = consent == "ratification" and "sign" in done and "ratify" not in done
    if ratifies and state in {"partly_signed", "signed", "in_force"}:
        return "ratify"
    return ""
