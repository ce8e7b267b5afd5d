"""The one way by which the node asks something of another machine over HTTP.

Many addresses come from people: a group robot's, a record's, another node's. So each is
resolved once, every address found must be public, and the connection is made to the very
address that was checked: a name that answers differently a moment later (DNS rebinding)
gains nothing. A redirect is a new request and passes the same door. Answers are bounded in
size, in time from first to last byte, and in type.

    answer = outbound.send("POST", url, json={"text": "…"})

Who asks one host for many things opens a `Session`, which keeps the connection:

    with outbound.Session() as asking:
        page = asking.send("GET", url, gzip=True)

What goes wrong is an `OutboundError`: it names the host and never the address, headers or
body, since those hold keys. `TONLE_OUTBOUND=0` closes the door: a node without a link then
says so at once instead of waiting. Proxies are taken from the usual variables of the
environment; then the proxy resolves names, and it is the proxy that must not reach inside.

`addresses`: whom it may speak with; `session`: asking; `answers`: what comes back, bounded;
`watch`: how long it may take; `errors`.
"""

from tonle.infra.outbound.addresses import (
    IPAddress,
    IPNetwork,
    check_url,
    host_of,
    is_allowed,
    is_public,
    private_networks,
    resolve,
)
from tonle.infra.outbound.answers import Answer, Limits, Stream
from tonle.infra.outbound.errors import (
    AddressRefused,
    AnswerTooLarge,
    AnswerUnexpected,
    AnswerUnfolds,
    OutboundClosed,
    OutboundError,
    TooManyRedirects,
    TooSlow,
    Unreachable,
)
from tonle.infra.outbound.session import How, Session, send

__all__ = [
    "AddressRefused",
    "Answer",
    "AnswerTooLarge",
    "AnswerUnexpected",
    "AnswerUnfolds",
    "How",
    "IPAddress",
    "IPNetwork",
    "Limits",
    "OutboundClosed",
    "OutboundError",
    "Session",
    "Stream",
    "TooManyRedirects",
    "TooSlow",
    "Unreachable",
    "check_url",
    "host_of",
    "is_allowed",
    "is_public",
    "private_networks",
    "resolve",
    "send",
]
