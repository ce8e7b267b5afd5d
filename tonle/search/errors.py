"""What can go wrong when people search."""

from __future__ import annotations

from tonle.kernel.errors import N_, TonleError


class BadFilter(TonleError):
    code = "bad_filter"
    http_status = 400
    message = N_("“%(value)s” is not a value of the filter “%(name)s”. Take it out, or choose one.")


class TooManyFilters(TonleError):
    code = "too_many_filters"
    http_status = 400
    message = N_("These are more filters than one question can have. Take some of them out.")


class UnknownSorting(TonleError):
    code = "unknown_sorting"
    http_status = 400
    message = N_("Results cannot be sorted by “%(value)s”. They can be by: %(known)s.")
