"""What can go wrong in curation, in words."""

from __future__ import annotations

from tonle.kernel.errors import N_, Conflict


class NotYetPublished(Conflict):
    """Accepted, authorised, and not yet in place: the node goes on by itself."""

    code = "not_yet_published"
    message = N_(
        "The deposit is accepted. Publishing it takes longer than usual; the node goes on with it "
        "by itself. Look again in a minute."
    )
