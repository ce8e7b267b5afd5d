"""Asking DataCite: the upsert of one DOI, and whether the account is good for it.

Source: DataCite REST API guide, PUT /dois/{id} and GET /repositories/{id}, read 2026-11.
"""

from __future__ import annotations

from base64 import b64encode
from typing import Final
from urllib.parse import quote

from tonle.federation.dois.account import Terms
from tonle.federation.dois.errors import (
    NotAnswered,
    NotReached,
    WordsRefused,
    WrongPassword,
    WrongPlace,
    WrongPrefix,
)
from tonle.federation.dois.rules import answers
from tonle.federation.dois.rules.answers import Verdict
from tonle.federation.dois.rules.words import MEDIA_TYPE
from tonle.infra import outbound
from tonle.kernel.errors import N_
from tonle.kernel.sentences import Sentence

# An answer repeats the whole record, twice: as attributes and as XML.
LIMITS: Final = outbound.Limits(seconds=60, size_bytes=16 * 1024 * 1024, redirects=0)


class DataCite:
    """Asks for one account, over a kept connection. Not for two threads at once; use `with`."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._session = outbound.Session()
        pair = b64encode(f"{terms.account}:{terms.password}".encode()).decode()
        self._headers = {"Authorization": f"Basic {pair}", "Accept": MEDIA_TYPE}
        # Counted, so that who paces the asking knows.
        self.asked = 0

    def __enter__(self) -> DataCite:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    @property
    def host(self) -> str:
        return outbound.host_of(self._terms.url)

    def put(self, name: str, body: bytes) -> str:
        """Tell DataCite how a DOI is to be. Returns how it stands: draft, registered, findable.

        The same again changes nothing. Raises Halted, NotAnswered, WordsRefused.
        """
        answer = self._send("PUT", f"/dois/{quote(name, safe='/')}", body)
        verdict = answers.judge(answer.status, answer.headers, answer.body, name)
        if verdict.meaning == "accepted":
            return verdict.state
        if verdict.meaning == "later":
            raise self._later(verdict)
        if verdict.meaning == "account":
            raise self._wrong_password(verdict.status)
        if verdict.meaning == "place":
            # One DOI that was given to another account must not stop all the others.
            self.look()
        raise WordsRefused(verdict.reasons, status=verdict.status)

    def look(self) -> None:
        """Ask the account itself whether it is known and may register under the node's prefix.

        Raises WrongPassword, WrongPrefix, WrongPlace, NotReached, NotAnswered; or returns.
        """
        account, prefix = self._terms.account, self._terms.prefix
        answer = self._send("GET", f"/repositories/{quote(account.lower(), safe='')}")
        verdict = answers.judge(answer.status, answer.headers, answer.body, "")
        if answer.status == 200:
            held = answers.prefixes_of(answer.body)
            if held is None:
                raise WrongPlace(account=account, host=self.host, status=answer.status)
            if prefix not in held:
                raise WrongPrefix(account=account, host=self.host, prefix=prefix)
            return
        if verdict.meaning == "later":
            raise self._later(verdict)
        if verdict.meaning == "account" or answer.status == 403:
            raise self._wrong_password(answer.status)
        raise WrongPlace(account=account, host=self.host, status=answer.status)

    def _send(self, method: str, path: str, body: bytes | None = None) -> outbound.Answer:
        headers = self._headers | ({"Content-Type": MEDIA_TYPE} if body is not None else {})
        self.asked += 1
        try:
            return self._session.send(
                method, self._terms.url + path, headers=headers, body=body, gzip=True, limits=LIMITS
            )
        except outbound.AddressRefused as error:
            raise NotReached(reason=error) from error
        except outbound.OutboundError as error:
            # It may have done what it was asked for; the same is asked again.
            raise NotAnswered(host=self.host, reason=error) from error

    def _later(self, verdict: Verdict) -> NotAnswered:
        said = Sentence(N_("It answers with status %(status)s."), status=verdict.status)
        return NotAnswered(verdict.wait_seconds, host=self.host, reason=said)

    def _wrong_password(self, status: int) -> WrongPassword:
        return WrongPassword(account=self._terms.account, host=self.host, status=status)
