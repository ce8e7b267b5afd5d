from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0004_merged_records")]

    operations = [
        migrations.CreateModel(
            name="Crc32",
            fields=[
                (
                    "sha512",
                    models.CharField(max_length=128, primary_key=True, serialize=False),
                ),
                ("crc32", models.BigIntegerField()),
            ],
        ),
    ]
