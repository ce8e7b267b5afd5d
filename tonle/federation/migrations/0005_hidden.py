"""What is hidden of a source is found without looking at all that it has."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("federation", "0004_waits")]

    operations: ClassVar = [
        migrations.AddIndex(
            "item",
            models.Index(condition=models.Q(is_hidden=True), fields=["source"], name="item_hidden"),
        ),
    ]
