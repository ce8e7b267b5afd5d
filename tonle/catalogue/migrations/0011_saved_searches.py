"""Searches that people keep."""

from __future__ import annotations

import tonle.catalogue.models.saved
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0010_index_received"),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedSearch",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=tonle.catalogue.models.saved.new_id,
                        editable=False,
                        max_length=16,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("owner", models.CharField(max_length=60)),
                ("name", models.CharField(max_length=100)),
                ("query", models.CharField(blank=True, default="", max_length=400)),
                ("filters", models.JSONField(default=list)),
                ("digest", models.CharField(max_length=64)),
                ("rhythm", models.CharField(max_length=10)),
                ("created_at", models.DateTimeField()),
                ("looked_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(null=True)),
                ("told", models.JSONField(default=list)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["due_at"],
                        name="saved_search_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("owner", "digest"), name="saved_search_once")
                ],
            },
        ),
    ]
