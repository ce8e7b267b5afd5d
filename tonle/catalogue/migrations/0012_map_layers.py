"""Layers of authorities over the base map."""

from __future__ import annotations

import tonle.catalogue.models.maps
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0011_saved_searches"),
    ]

    operations = [
        migrations.CreateModel(
            name="MapLayer",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=tonle.catalogue.models.maps.new_id,
                        editable=False,
                        max_length=16,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("authority", models.CharField(max_length=200)),
                ("approval", models.CharField(max_length=100)),
                ("dated", models.DateField()),
                ("source", models.CharField(blank=True, default="", max_length=500)),
                ("features", models.JSONField(default=list)),
                ("sha256", models.CharField(max_length=64)),
                ("shown", models.BooleanField(default=False)),
                ("by", models.CharField(max_length=60)),
                ("added_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("approval", "sha256"), name="map_layer_once")
                ],
            },
        ),
    ]
