"""Errors of the command line."""

from __future__ import annotations

from tonle.kernel.errors import N_, TonleError


class NoNode(TonleError):
    code = "no_node"
    http_status = 503
    message = N_("There is no node in %(directory)s yet. Create it with: tonle init")
