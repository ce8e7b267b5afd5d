"""Mail, by whatever Django is set to send with; files in the node's directory by default."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils.translation import gettext, override

from tonle.infra.messaging.port import Delivered, Failed, Message, Outcome, Reason


@dataclass(frozen=True)
class Mail:
    name: str = "mail"
    interval_seconds: ClassVar[float] = 0.2

    def send(self, address: str, message: Message, *, key: str) -> Outcome:
        """Hand a letter to the mail server. The same key makes the same Message-ID."""
        try:
            _hand_over(_letter(address, message, key))
        except smtplib.SMTPRecipientsRefused as error:
            return _refused(max((code for code, _ in error.recipients.values()), default=550))
        except (smtplib.SMTPAuthenticationError, _NoPassword):
            return Failed(Reason.KEY, permanent=True)
        except smtplib.SMTPResponseException as error:
            later = 400 <= error.smtp_code < 500
            return Failed(Reason.OFTEN) if later else Failed(Reason.REFUSED, permanent=True)
        except (smtplib.SMTPException, OSError) as error:
            return Failed(Reason.SLOW if _took_too_long(error) else Reason.UNREACHABLE)
        except ValueError:
            # An address or a header that no letter can carry (a line break in it, say).
            return Failed(Reason.ADDRESS, permanent=True)
        return Delivered()


class _NoPassword(Exception):
    """The password has letters that smtplib, which sends ASCII alone, cannot send."""


def _hand_over(letter: EmailMessage) -> None:
    connection = get_connection()
    try:
        connection.open()
    except UnicodeEncodeError as error:
        raise _NoPassword from error
    try:
        connection.send_messages([letter])
    finally:
        connection.close()


def _took_too_long(error: BaseException) -> bool:
    """smtplib says of a server that does not answer in time that it hung up."""
    return isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)


def _refused(code: int) -> Failed:
    """4xx asks to come again (RFC 5321 section 4.2.1), as servers do that grey-list."""
    return Failed(Reason.OFTEN) if code < 500 else Failed(Reason.ADDRESS, permanent=True)


def _letter(address: str, message: Message, key: str) -> EmailMessage:
    host = urlsplit(settings.TONLE_URL).hostname or "localhost"
    headers = {
        "Message-ID": f"<{key}@{host}>",
        # No holiday notice comes back (RFC 3834).
        "Auto-Submitted": "auto-generated",
        "Content-Language": message.language,
    }
    if message.stop_link:
        headers["List-Unsubscribe"] = f"<{message.stop_link}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return EmailMessage(
        subject=message.subject or message.text,
        body=_body(message),
        to=[address],
        headers=headers,
    )


def _body(message: Message) -> str:
    parts = [message.text, *(f"- {text}\n  {link}" for text, link in message.lines)]
    if not message.lines:
        parts.append(message.link)
    with override(message.language):
        if message.lines:
            parts.append(gettext("All of it: %(link)s") % {"link": message.link})
        parts.append(f"-- \n{settings.TONLE_NODE_NAME}")
        if message.stop_link:
            text = gettext("No more of these letters: %(link)s")
            parts[-1] += "\n" + text % {"link": message.stop_link}
    return "\n\n".join(parts) + "\n"
