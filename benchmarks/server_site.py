"""Pages for the server benchmarks: the node's own settings and middleware, and 25 rows.

The rows are Django's content types, which every node has, so that no context of ours
is needed and both servers of a run do the same work.
"""

from __future__ import annotations

import os
from typing import Any

import config.settings as node_settings

# Read as a settings module first; the URL map below is built only when Django asks for it.
globals().update(
    {name: getattr(node_settings, name) for name in dir(node_settings) if name.isupper()}
)
ROOT_URLCONF = "benchmarks.server_urls"
ALLOWED_HOSTS = ["*"]


def __getattr__(name: str) -> Any:
    """`application`, for a WSGI server to compare with."""
    if name != "application":
        raise AttributeError(name)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", __name__)
    from django.core.wsgi import get_wsgi_application

    return get_wsgi_application()
