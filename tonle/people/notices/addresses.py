"""Where channels reach a person: proven before use, through that very channel.

SMS: the node sends six digits there, and the person types them. Telegram and LINE let nobody
be written to who did not write first: the page shows a code, the person sends it to the
node's account there, and so the node learns the address. Telegram is asked for what came in
(`people.read_telegram`, no public address needed); LINE calls `/hooks/line`.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import constant_time_compare, get_random_string

from tonle.infra import audit, jobs, outbound
from tonle.infra.messaging import PERSONAL, Reason, channel
from tonle.infra.messaging.channels import line, telegram
from tonle.infra.messaging.line import Event
from tonle.infra.messaging.sms import clean_number
from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_, NotFound, Refusal, Refused
from tonle.kernel.sentences import invalid
from tonle.people.models import Account
from tonle.people.notices import delivery
from tonle.people.notices.models import ChannelAddress, ChannelState, Letter, Preference
from tonle.people.notices.permissions import may_prove_addresses
from tonle.people.notices.telling import CODE_MINUTES
from tonle.people.services.common import require

READ_JOB = "people.read_telegram"
QUOTA_JOB = "people.read_quota"

CODE_LIFE = timedelta(minutes=CODE_MINUTES)
MOST_TRIES = 5
CODES_A_DAY = 5  # Each costs the node money, and may annoy a stranger.

# Without letters and digits that look alike; 8 of 28 are 38 bits, for a quarter of an hour.
_ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ234578"

TOO_MANY_CODES = Refusal(
    "too_many_codes",
    N_("You asked for %(count)s codes since yesterday. Try again tomorrow."),
    {"count": CODES_A_DAY},
)
NOT_SET_UP = Refusal(
    "channel_not_set_up", N_("This node does not send messages that way. Choose another one.")
)


class NoSuchAddress(NotFound):
    code = "no_such_channel_address"


# --- SMS ---------------------------------------------------------------------------------


@transaction.atomic
def ask_sms_code(*, number: str, actor: Actor, now: datetime) -> ChannelAddress:
    """Send a code to a telephone number, which then waits to be typed in.

    Raises NotPermitted, Invalid, Refused (not set up; too many codes in a day).
    """
    account = _own(actor)
    _require_channel("sms")
    address = clean_number(number)
    asked = Letter.objects.filter(account=account, kind="code", created_at__gt=now - _DAY)
    if asked.count() >= CODES_A_DAY:
        raise Refused([TOO_MANY_CODES])
    row = _fresh(account, "sms", now)
    row.address = address
    row.save(update_fields=["address"])
    delivery.write(now, account=account, kind="code", only="sms")
    return row


_DAY = timedelta(days=1)


def confirm_sms_code(*, code: str, actor: Actor, now: datetime) -> ChannelAddress:
    """Prove a number with the code that was sent there. Raises NotPermitted, Invalid.

    A wrong code counts; after five the code is void, whatever is typed.
    """
    account = _own(actor)
    with transaction.atomic():
        row = _pending(account, "sms")
        if row is not None and _fits(row, code, now):
            _prove(row, row.address, now)
            return row
    raise invalid(
        "code", N_("This is not the code, or it has lapsed. Type it again, or ask for a new one.")
    )


def _pending(account: Account, name: str) -> ChannelAddress | None:
    rows = ChannelAddress.objects.select_for_update()
    return rows.filter(account=account, channel=name, verified_at__isnull=True).first()


def _fits(row: ChannelAddress, code: str, now: datetime) -> bool:
    """Whether it is the code. Counted before it is looked at, also when it is wrong.

    The caller's transaction ends well either way, or a wrong try would be forgotten.
    """
    if row.code_expires_at is None or row.code_expires_at <= now or row.code_tries >= MOST_TRIES:
        return False
    row.code_tries += 1
    row.save(update_fields=["code_tries"])
    return constant_time_compare(row.code_sha256, delivery.digest_of_code(code))


# --- Telegram and LINE -------------------------------------------------------------------


@transaction.atomic
def show_code(*, name: str, actor: Actor, now: datetime) -> str:
    """A code for the person to send to the node's account on telegram or line.

    An earlier code ends. Raises NotPermitted, Refused (not set up).
    """
    account = _own(actor)
    _require_channel(name)
    code = get_random_string(8, _ALPHABET)
    row = _fresh(account, name, now)
    row.code_sha256 = delivery.digest_of_code(code)
    row.code_expires_at = now + CODE_LIFE
    row.save(update_fields=["code_sha256", "code_expires_at"])
    if name == "telegram":
        _read_soon(now)
    return code


def take_code(*, name: str, text: str, address: str, now: datetime) -> bool:
    """What somebody wrote to the node's account: if it is a code, their address is proven.

    text: the code, or Telegram's "/start CODE". Whoever knows the code is its owner: it was
    shown to nobody else. The same text twice changes nothing.
    """
    words = text.split()
    if not address or not words or len(words) > 2 or len(words[-1]) > 20:
        return False
    with transaction.atomic():
        row = (
            ChannelAddress.objects.select_for_update()
            .filter(
                channel=name,
                code_sha256=delivery.digest_of_code(words[-1]),
                code_expires_at__gt=now,
                verified_at__isnull=True,
            )
            .first()
        )
        if row is None:
            return False
        _prove(row, address, now)
        account = Account.objects.get(pk=row.account_id)
        delivery.write(now, account=account, kind="welcome", only=name)
    return True


def _read_soon(now: datetime) -> None:
    jobs.enqueue(READ_JOB, {}, run_at=now + timedelta(seconds=5), unique_key=READ_JOB)


# Telegram answers one reader at a time, and refuses a second one.
jobs.limit("telegram", 1)


@jobs.handler(READ_JOB, queue="telegram", max_attempts=5)
def read_telegram(run: jobs.Run, now: datetime) -> None:
    """Read what people wrote to the bot, as long as somebody's code waits for it.

    How far was read is stored with what it led to. Telegram keeps updates for a day, so a
    crash only reads some again.
    """
    bot = telegram()
    if bot is None or not _awaited("telegram", now):
        return
    state, _made = ChannelState.objects.get_or_create(pk="telegram")
    after = int(state.memory.get("after", 0))
    try:
        written = bot.read(after)
    except outbound.OutboundError as error:
        _note_unread("telegram", now, error)
        raise
    with transaction.atomic():
        for one in written:
            take_code(name="telegram", text=one.text, address=one.chat, now=now)
        after = max([after, *(one.update for one in written)])
        _remember("telegram", after=after)
        if _awaited("telegram", run.now()):
            _read_soon(run.now())
        run.complete()


def _awaited(name: str, now: datetime) -> bool:
    rows = ChannelAddress.objects.filter(channel=name, verified_at__isnull=True)
    return rows.filter(code_expires_at__gt=now).exists()


def _remember(name: str, **values: object) -> None:
    state = delivery.locked_state(name)
    state.memory = {**state.memory, **values}
    state.save(update_fields=["memory"])


def _note_unread(name: str, now: datetime, error: outbound.OutboundError) -> None:
    closed = isinstance(error, outbound.OutboundClosed)
    reason = Reason.CLOSED if closed else Reason.UNREACHABLE
    with transaction.atomic():
        state = delivery.locked_state(name)
        state.failed_at, state.reason, state.failures = now, reason.code, state.failures + 1
        state.save(update_fields=["failed_at", "reason", "failures"])


def bot_name(now: datetime) -> str:
    """The Telegram bot's name as people look it up, asked for once; "" while it cannot be."""
    state = ChannelState.objects.filter(pk="telegram").first()
    known = str(state.memory.get("username", "")) if state else ""
    bot = telegram()
    if known or bot is None:
        return known
    try:
        known = bot.username()
    except outbound.OutboundError as error:
        _note_unread("telegram", now, error)
        return ""
    with transaction.atomic():
        _remember("telegram", username=known)
    return known


def take_line_events(events: list[Event], now: datetime) -> None:
    """What LINE called about: codes, and people who block the account or come back."""
    for event in events:
        mine = ChannelAddress.objects.filter(channel="line", address=event.user)
        if event.sort == "message":
            take_code(name="line", text=event.text, address=event.user, now=now)
        elif event.sort == "unfollow" and event.user:
            mine.filter(resting_since__isnull=True).update(
                resting_since=now, reason=Reason.BLOCKED.code
            )
        elif event.sort == "follow" and event.user:
            mine.filter(reason=Reason.BLOCKED.code).update(
                resting_since=None, reason="", failures=0
            )


@jobs.handler(QUOTA_JOB, max_attempts=2)
def read_quota(run: jobs.Run, now: datetime) -> None:
    """Ask LINE how much of the month's messages is used, for the steward's page."""
    account = line()
    if account is None:
        return
    try:
        used, most = account.quota()
    except outbound.OutboundError as error:
        _note_unread("line", now, error)
        return
    with transaction.atomic():
        _remember("line", used=used, most=most)
        run.complete()


jobs.cron(QUOTA_JOB, every_seconds=6 * 3600)


# --- all ---------------------------------------------------------------------------------


def _own(actor: Actor) -> Account:
    require(may_prove_addresses(actor))
    return Account.objects.get(pk=actor.id)


def _require_channel(name: str) -> None:
    if name not in PERSONAL or channel(name) is None:
        raise Refused([NOT_SET_UP])


def _fresh(account: Account, name: str, now: datetime) -> ChannelAddress:
    """A row that waits to be proven, in place of any before it."""
    ChannelAddress.objects.filter(account=account, channel=name).delete()
    return ChannelAddress.objects.create(account=account, channel=name, created_at=now)


def _prove(row: ChannelAddress, address: str, now: datetime) -> None:
    row.address, row.verified_at = address, now
    row.code_sha256, row.code_expires_at = "", None
    row.save(update_fields=["address", "verified_at", "code_sha256", "code_expires_at"])
    preference, _made = Preference.objects.get_or_create(account_id=row.account_id)
    if row.channel not in preference.channels:
        # What somebody has just connected is what they want to be told by.
        preference.channels = [row.channel, *preference.channels]
        preference.save(update_fields=["channels"])
    _record("channel_proven", row, Actor(row.account_id), now)


def _record(action: str, row: ChannelAddress, actor: Actor, now: datetime) -> None:
    """In the audit trail without the address: which channel is all that it needs to know."""
    data = {"channel": row.channel}
    audit.record(action, "account", row.account_id, actor, now, data, subject=row.account_id)


@transaction.atomic
def remove_address(*, name: str, actor: Actor, now: datetime) -> None:
    """Forget where a channel reaches one. The second call changes nothing. NotPermitted."""
    account = _own(actor)
    row = ChannelAddress.objects.filter(account=account, channel=name).first()
    if row is None:
        return
    _record("channel_removed", row, actor, now)
    row.delete()
    preference = Preference.objects.filter(pk=account.pk).first()
    if preference is not None and name in preference.channels:
        preference.channels = [one for one in preference.channels if one != name]
        preference.save(update_fields=["channels"])


@transaction.atomic
def wake_address(*, name: str, actor: Actor, now: datetime) -> None:
    """Use a channel again that rests, and send a word of welcome there to see whether it works.

    Raises NotPermitted, NoSuchAddress.
    """
    account = _own(actor)
    rows = ChannelAddress.objects.filter(account=account, channel=name)
    if not rows.filter(resting_since__isnull=False).update(
        resting_since=None, failures=0, reason=""
    ):
        raise NoSuchAddress
    delivery.write(now, account=account, kind="welcome", only=name)
