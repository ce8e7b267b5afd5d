"""What no address of this node holds."""

from __future__ import annotations

from django.http import HttpRequest


def holds_nul(request: HttpRequest) -> bool:
    """Whether U+0000 stands in the path or the query. No name here has it, and PostgreSQL takes
    it in no text, so that each question with it would end as a fault of ours."""
    return "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", "")
