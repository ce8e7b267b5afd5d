"""What stands between a record and its DOI."""

from __future__ import annotations

from typing import Any

from tonle.federation.dois.rules.answers import Said
from tonle.kernel.errors import N_, Conflict, TonleError
from tonle.kernel.sentences import Sentence
from tonle.kernel.text import one_line


class DoisOff(Conflict):
    code = "dois_off"
    message = N_(
        "This node registers no DOIs: it has no account at DataCite. Whoever runs it sets "
        "TONLE_DATACITE_ACCOUNT."
    )


class NoDoi(Conflict):
    """This record gets no DOI. data: reason."""

    code = "no_doi"
    message = N_("This record gets no DOI. %(reason)s")


class Halted(TonleError):
    """Nothing can be registered until somebody has changed something."""

    code = "dois_halted"
    http_status = 502
    message = N_("DataCite cannot be used. %(reason)s")


class WrongPassword(Halted):
    """data: account, host, status."""

    code = "datacite_wrong_password"
    message = N_(
        "%(host)s does not know the account %(account)s with this password (status %(status)s). "
        "Set TONLE_DATACITE_ACCOUNT and TONLE_DATACITE_PASSWORD right, and start the node again."
    )


class WrongPrefix(Halted):
    """data: account, host, prefix."""

    code = "datacite_wrong_prefix"
    message = N_(
        "The account %(account)s may not register under the prefix %(prefix)s. Set "
        "TONLE_DOI_PREFIX to one of its own, or ask DataCite to give it this one."
    )


class WrongPlace(Halted):
    """data: account, host, status."""

    code = "datacite_wrong_place"
    message = N_(
        "%(host)s does not answer as DataCite's REST API for the account %(account)s (status "
        "%(status)s). Set TONLE_DATACITE_URL and TONLE_DATACITE_ACCOUNT right, and start the node "
        "again."
    )


class NotReached(Halted):
    """It may not be asked at all, by this node's own rules. data: reason."""

    code = "datacite_not_reached"
    message = N_("DataCite was not asked. %(reason)s")


class NotAnswered(TonleError):
    """Nothing usable came back; the same may do well later. data: host, reason.

    wait_seconds: how long DataCite wants to be left alone; None where it does not say.
    """

    code = "datacite_not_answered"
    http_status = 503
    message = N_("%(host)s did not answer as it should, and is asked again later. %(reason)s")

    def __init__(self, wait_seconds: float | None = None, **data: Any) -> None:
        super().__init__(**data)
        self.wait_seconds = wait_seconds


class WordsRefused(TonleError):
    """DataCite does not take this record as it is. data: status."""

    code = "datacite_refused"
    http_status = 422
    message = N_("DataCite refused the record's description (status %(status)s).")

    def __init__(self, said: tuple[Said, ...], **data: Any) -> None:
        super().__init__(**data)
        self.said = said

    def reasons(self) -> list[dict[str, Any]]:
        """The reasons as rows keep them: DataCite's words, or ours where it gave none."""
        if not self.said:
            return [reason_of(self)]
        return [{"where": one.where, "message": one.text, "data": {}} for one in self.said]


class KeptBack(WordsRefused):
    """It was taken, and yet does not resolve or is not shown. data: state."""

    code = "datacite_kept_back"
    message = N_(
        "DataCite took the record and keeps its DOI as “%(state)s”, so it is not stated here. "
        "A prefix for tests is kept so."
    )


def reason_of(error: TonleError) -> dict[str, Any]:
    """An error as rows keep it: a gettext message with its data, a code, and no more."""
    data = {name: _plain(value) for name, value in error.data.items()}
    return {"where": "", "code": error.code, "message": error.message, "data": data}


def _plain(value: Any) -> Any:
    if isinstance(value, TonleError | Sentence):
        return {"message": value.message, "data": {k: _plain(v) for k, v in value.data.items()}}
    return value if isinstance(value, bool | int) else str(value)


def sentence_of(reason: dict[str, Any]) -> str:
    """A kept reason as something that `say` puts into the reader's language."""
    data = {
        name: sentence_of(value) if isinstance(value, dict) else value
        for name, value in reason.get("data", {}).items()
    }
    # DataCite's own words may hold a lone percent sign, and in rows of an earlier release
    # characters that no page can be written with.
    return Sentence(reason["message"], **data) if data else one_line(str(reason["message"]))


def place_of(reason: dict[str, Any]) -> str:
    """The property of the record that a kept reason is about; "" for all of it."""
    return one_line(str(reason["where"]))
