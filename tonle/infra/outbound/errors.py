"""What may come of asking another machine, when it is no answer."""

from __future__ import annotations

from typing import ClassVar

from tonle.kernel.errors import N_, TonleError


class OutboundError(TonleError):
    """Nothing usable came back. data: host. `later`: the same may well work at another time."""

    code = "outbound"
    http_status = 502
    message = N_("%(host)s could not be asked.")
    later: ClassVar[bool] = True


class OutboundClosed(OutboundError):
    code = "outbound_closed"
    http_status = 503
    message = N_(
        "This node is set to ask nothing of other machines, so %(host)s was not asked. Its "
        "steward can change that with TONLE_OUTBOUND."
    )


class AddressRefused(OutboundError):
    """The address is none of the public network, or no HTTP address at all."""

    code = "outbound_address_refused"
    http_status = 422
    message = N_(
        "%(host)s was not asked: the node speaks only with addresses of the public network. "
        "Its steward can allow others with TONLE_OUTBOUND_PRIVATE."
    )
    later = False


class Unreachable(OutboundError):
    code = "outbound_unreachable"
    message = N_("%(host)s cannot be reached, or broke off. Try again later.")


class TooSlow(OutboundError):
    code = "outbound_too_slow"
    http_status = 504
    message = N_("%(host)s did not answer in time. Try again later.")


class TooManyRedirects(OutboundError):
    code = "outbound_redirects"
    message = N_("%(host)s sends the node from one address to the next. It was not followed.")
    later = False


class AnswerTooLarge(OutboundError):
    """data: host, limit_bytes."""

    code = "outbound_answer_too_large"
    message = N_("%(host)s answers with more than %(limit_bytes)s bytes. It was not read.")
    later = False


class AnswerUnfolds(OutboundError):
    """A compressed answer of next to nothing but length: a bomb."""

    code = "outbound_answer_unfolds"
    message = N_("%(host)s answers with something that unfolds without end. It was not read.")
    later = False


class AnswerUnexpected(OutboundError):
    """Another type than asked for, or not what it says it is. data: host."""

    code = "outbound_answer_unexpected"
    message = N_("%(host)s answers with something else than was asked for.")
