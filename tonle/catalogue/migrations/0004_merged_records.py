from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0003_fill_record_communities")]

    operations = [
        migrations.AddField(
            model_name="record",
            name="merged_into",
            field=models.CharField(blank=True, default="", max_length=15),
        ),
    ]
