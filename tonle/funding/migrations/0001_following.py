"""Calls that people follow, and what they keep to be judged by."""

from __future__ import annotations

import tonle.funding.models.following
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Applicant",
            fields=[
                ("account", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("answers", models.JSONField(default=dict)),
                ("saved_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="FollowedCall",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=tonle.funding.models.following.new_id,
                        editable=False,
                        max_length=32,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("follower", models.CharField(max_length=60)),
                ("opportunity", models.CharField(max_length=20)),
                ("followed_at", models.DateTimeField()),
                ("looked_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(null=True)),
                ("status", models.CharField(max_length=20)),
                ("corrigenda", models.JSONField(default=list)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["opportunity"], name="followed_call_by_record"),
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["due_at"],
                        name="followed_call_due",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("follower", "opportunity"), name="call_is_followed_once"
                    )
                ],
            },
        ),
    ]
