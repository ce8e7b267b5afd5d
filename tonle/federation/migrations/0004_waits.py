"""Until when a source is left alone, and why: its page says so."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("federation", "0003_hooks")]

    operations: ClassVar = [
        migrations.AddField("source", "waits_for", models.JSONField(default=dict)),
        migrations.AddField("source", "waits_until", models.DateTimeField(null=True)),
    ]
