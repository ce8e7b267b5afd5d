"""What stands against sending."""

from __future__ import annotations

from tonle.kernel.errors import N_, Conflict, TonleError


class BeingTold(Conflict):
    """Another worker sends to this receiver."""

    code = "hook_being_told"
    message = N_("Messages are being sent to this receiver at this moment. Try again in a minute.")


class LeaseLost(TonleError):
    """Another worker took the hook over: this one writes nothing more."""

    code = "hook_lease_lost"
    http_status = 409
    message = N_("Another worker sends to this receiver now, so this one has stopped.")


class TooManyHooks(Conflict):
    """data: most."""

    code = "too_many_hooks"
    message = N_("A node has at most %(most)s webhooks. Remove one that nobody needs any more.")
