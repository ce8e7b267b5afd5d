"""What stands against a harvest."""

from __future__ import annotations

from tonle.kernel.errors import N_, Conflict, TonleError


class BeingHarvested(Conflict):
    """Another run has the source. data: source, since."""

    code = "being_harvested"
    message = N_(
        "This source is being harvested at this moment, by another run. Wait until it has ended; "
        "what it brings is not brought twice."
    )


class SourceStopped(Conflict):
    code = "source_stopped"
    message = N_(
        "This source was taken out, and its records with it. Add it again to harvest it again."
    )


class LeaseLost(TonleError):
    """Another process took the source over: this one writes nothing more."""

    code = "harvest_lease_lost"
    http_status = 409
    message = N_("Another run has taken this source over, so this one has stopped.")
