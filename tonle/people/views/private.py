"""Pages whose address is itself a secret."""

from __future__ import annotations

from django.http import HttpResponse


def unlisted(answer: HttpResponse) -> HttpResponse:
    """Let no page pass the address on, not even to ourselves.

    Not `no-referrer`: a browser then hides the form's origin too, and the form is refused.
    """
    answer.headers["Referrer-Policy"] = "strict-origin"
    return answer
