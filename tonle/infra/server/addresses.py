"""What no address of this node holds, and which are read by programs."""

from __future__ import annotations

from django.http import HttpRequest

# Their refusals are problems (RFC 9457), whoever asks.
_OF_PROGRAMS = ("/api/", "/uploads/")


def speaks_json(path: str, accept: str) -> bool:
    """Whether a refusal is for a program: at an address of theirs, or asked for as JSON."""
    return path.startswith(_OF_PROGRAMS) or ("json" in accept and "text/html" not in accept)


def holds_nul(request: HttpRequest) -> bool:
    """Whether U+0000 stands in the path or the query. No name here has it, and PostgreSQL takes
    it in no text, so that each question with it would end as a fault of ours."""
    return "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", "")
