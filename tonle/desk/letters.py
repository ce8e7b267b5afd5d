"""Letters to askers without an account, and the link that leads them back.

The link is the question's name with a signature over it: whoever holds it is the asker. It
says nothing, is in no table, and is worth nothing once the question is forgotten.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.signing import BadSignature, Signer
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from tonle.desk.models import Question
from tonle.infra import jobs

JOB = "desk.letter"
_SALT = "tonle.desk.question"


def secret_of(question: Question) -> str:
    """The signed name of a question, for its asker alone."""
    return Signer(salt=_SALT).sign(question.id)


def question_behind(secret: str) -> str | None:
    """The id of the question this link is for, or None where it was not made here."""
    try:
        return str(Signer(salt=_SALT).unsign(secret))
    except BadSignature:
        return None


def ask_for(question: Question, letter: str, now: datetime) -> None:
    """Ask for a letter, in the caller's transaction. letter: confirm, answered or dismissed."""
    jobs.enqueue(JOB, {"question": question.id, "letter": letter}, run_at=now)


@jobs.handler(JOB, queue="mail", max_attempts=8, lease_seconds=60)
def deliver(run: jobs.Run, _now: datetime) -> None:
    """The address is read here, so that no job holds it; a forgotten one gets no letter."""
    question = Question.objects.filter(id=run.payload["question"]).first()
    if question is None or not question.asker_address:
        return
    letter = run.payload["letter"]
    page = "confirm" if letter == "confirm" else "by_link"
    context = {
        "node_name": settings.TONLE_NODE_NAME,
        "link": settings.TONLE_URL + reverse(f"desk:{page}", args=[secret_of(question)]),
    }
    with translation.override(question.language):
        subject = render_to_string(f"desk/mail/{letter}_subject.txt", context)
        message = render_to_string(f"desk/mail/{letter}_message.txt", context)
    EmailMessage(" ".join(subject.split()), message, None, [question.asker_address]).send()
