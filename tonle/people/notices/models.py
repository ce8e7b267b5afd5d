"""Notices, where they are sent to, and how the sending goes."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q


def new_id() -> str:
    """16 hexadecimal characters: it stands in addresses, and tells nobody how many there are."""
    return secrets.token_hex(8)


class Robot(models.Model):
    """A group's robot, to which what waits for the holders of a role is told, too.

    Its address is its secret: whoever has it may write to the group.
    """

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    kind = models.CharField(max_length=16)
    url = models.CharField(max_length=1000)
    secret = models.CharField(max_length=200, blank=True, default="")
    label = models.CharField(max_length=100)
    language = models.CharField(max_length=16)
    role = models.CharField(max_length=32)
    scope_kind = models.CharField(max_length=16, default="node")
    scope_id = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        # "Which groups hear what waits for this desk?"
        indexes = [models.Index(fields=["role", "scope_kind", "scope_id"], name="robot_by_role")]

    def __str__(self) -> str:
        return self.label


_ONE_RECIPIENT = Q(account__isnull=True, robot__isnull=False) | Q(
    account__isnull=False, robot__isnull=True
)


class Letter(models.Model):
    """One message on its way out, of one or several notices; its text is made when it is sent.

    kind: waits (what waits), welcome (a new channel works), code (that proves an address), test.
    items: [{topic, data, link}].
    channel: the one that is being tried, or that took it; only: the one that it must take,
    or "". tries: channel to how often it was tried. sent_key: what tells a service that two
    requests are one.
    """

    WAITING, DELIVERED, FAILED = "waiting", "delivered", "failed"

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+"
    )
    robot = models.ForeignKey(Robot, null=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=16, default="waits")
    items = models.JSONField(default=list)
    only = models.CharField(max_length=40, blank=True, default="")
    state = models.CharField(max_length=16, default=WAITING)
    channel = models.CharField(max_length=40, blank=True, default="")
    tries = models.JSONField(default=dict)
    failed = models.JSONField(default=dict)  # channel to the reason why it was given up
    sent_key = models.CharField(max_length=36)
    segments = models.PositiveIntegerField(default=0)  # of an SMS: what it costs
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="letter_has_one_recipient", condition=_ONE_RECIPIENT),
        ]
        indexes = [
            # "What is still on its way?", and the daily tidying.
            models.Index(fields=["state", "created_at"], name="letter_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} letter {self.id}"


class Notice(models.Model):
    """Something that waits for one person, or for a group with a robot.

    data: neutral values only (counts, days, kinds). key: the same again is the same notice.
    about: what it is about, as `<kind>/<public id>`, or "": it ends with its matter, and the
    reader's own page names it. It never leaves the node.
    """

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+"
    )
    robot = models.ForeignKey(Robot, null=True, on_delete=models.CASCADE, related_name="+")
    topic = models.CharField(max_length=64)
    link = models.CharField(max_length=500)
    data = models.JSONField(default=dict)
    key = models.CharField(max_length=128, null=True)
    about = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    # When it was put into a letter, or it was decided that none is sent; null until then.
    told_at = models.DateTimeField(null=True)
    letter = models.ForeignKey(Letter, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(name="notice_has_one_recipient", condition=_ONE_RECIPIENT),
            # Two handlers of one event must not tell a person twice.
            models.UniqueConstraint(name="one_notice_per_key", fields=["account", "topic", "key"]),
            models.UniqueConstraint(
                name="one_notice_per_robot_and_key", fields=["robot", "topic", "key"]
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-created_at", "-id"], name="notice_by_account"),
            # The mark in the header of every signed-in page.
            models.Index(
                fields=["account"], name="notice_unread", condition=Q(read_at__isnull=True)
            ),
            # "What is told of this matter, which is over now?"
            models.Index(
                fields=["about"],
                name="notice_by_matter",
                condition=Q(read_at__isnull=True) & ~Q(about=""),
            ),
            # What the next letter will hold.
            models.Index(
                fields=["account", "robot"], name="notice_untold", condition=Q(told_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.id}"


class Preference(models.Model):
    """How a person wants to be told. Without a row the defaults hold: by mail, once a day.

    channels: names in the order in which they are tried; mail is tried last in any case,
    unless mail is False. rhythm: at_once, daily, weekly, never (the page alone).
    """

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    channels = models.JSONField(default=list)
    mail = models.BooleanField(default=True)
    rhythm = models.CharField(max_length=16, default="daily")
    urgent_at_once = models.BooleanField(default=True)
    hour = models.PositiveSmallIntegerField(default=8)  # in the zone
    weekday = models.PositiveSmallIntegerField(default=0)  # Monday is 0
    # IANA's name; "" is the node's own zone.
    zone = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(name="digest_hour_is_one", condition=Q(hour__lt=24)),
            models.CheckConstraint(name="digest_weekday_is_one", condition=Q(weekday__lt=7)),
        ]

    def __str__(self) -> str:
        return f"preference of {self.account_id}"


class ChannelAddress(models.Model):
    """Where a channel reaches a person; used only once it is verified.

    The address lies here in plain text, since a service must be given it: it is never
    logged, nor in the audit trail, and goes with the account.
    """

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    channel = models.CharField(max_length=16)
    address = models.CharField(max_length=200, blank=True, default="")
    verified_at = models.DateTimeField(null=True)
    # Of the code that proves it; only the digest, or a copy of the database would prove anything.
    code_sha256 = models.CharField(max_length=64, blank=True, default="")
    code_expires_at = models.DateTimeField(null=True)
    code_tries = models.PositiveSmallIntegerField(default=0)
    # Letters in a row that it did not take; too many, or one for good, and it rests.
    failures = models.PositiveSmallIntegerField(default=0)
    resting_since = models.DateTimeField(null=True)
    reason = models.CharField(max_length=40, blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_address_per_channel", fields=["account", "channel"]),
        ]
        # A code that comes in through a channel finds its account; "which addresses fail?".
        indexes = [
            models.Index(fields=["channel", "code_sha256"], name="address_by_code"),
            models.Index(
                fields=["channel"], name="address_resting", condition=Q(resting_since__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} of {self.account_id}"

    def works(self) -> bool:
        return self.verified_at is not None and self.resting_since is None


class ChannelState(models.Model):
    """How a channel of the node fares, and when it may next be used.

    name: mail, telegram, line, sms, or `robot:<id>`. next_at: the next free place in the queue;
    paused_until: when the service may be asked again, after it asked to wait. memory: what an
    adapter must remember (how far updates were read). month, segments: what SMS cost in a
    calendar month (UTC).
    """

    name = models.CharField(primary_key=True, max_length=40)
    next_at = models.DateTimeField(null=True)
    paused_until = models.DateTimeField(null=True)
    ok_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=40, blank=True, default="")
    failures = models.PositiveIntegerField(default=0)  # in a row
    memory = models.JSONField(default=dict)
    month = models.CharField(max_length=7, blank=True, default="")
    segments = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.name
