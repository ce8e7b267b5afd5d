"""Leading readers to where a thing is now."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect

from tonle.kernel.errors import Moved


def lead(request: HttpRequest, error: Moved) -> HttpResponse:
    """301 to the address that stands for the one asked for, its query included."""
    query = request.META.get("QUERY_STRING", "")
    response = HttpResponsePermanentRedirect(
        error.location(request.path) + (f"?{query}" if query else "")
    )
    # What became of it can be undone, and browsers would remember a bare 301 for ever.
    response["Cache-Control"] = "max-age=3600"
    return response
