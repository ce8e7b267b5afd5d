"""One's own page, and the first steward's way in."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@login_required
def me(request: HttpRequest) -> HttpResponse:
    return render(request, "people/me.html")


def welcome(request: HttpRequest, secret: str) -> HttpResponse:
    return render(request, "people/welcome.html")
