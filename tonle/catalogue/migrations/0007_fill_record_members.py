"""Rows for the members that documents already name, so that old records are in their sets."""

import json

from django.db import migrations


def fill(apps, _schema_editor):
    Record = apps.get_model("catalogue", "Record")
    RecordMember = apps.get_model("catalogue", "RecordMember")
    rows = (
        Record.objects.filter(document__isnull=False)
        .values_list("key", "document__body")
        .iterator(chunk_size=500)
    )
    news = []
    for key, body in rows:
        # Those that name none need not be read as JSON.
        if b'"members":[' not in bytes(body):
            continue
        for name in dict.fromkeys(json.loads(bytes(body)).get("members", ())):
            news.append(RecordMember(record_id=key, member=name))
        if len(news) >= 5000:
            RecordMember.objects.bulk_create(news, batch_size=500)
            news = []
    RecordMember.objects.bulk_create(news, batch_size=500)


def empty(apps, _schema_editor):
    apps.get_model("catalogue", "RecordMember").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0006_segments_and_members")]
    operations = [migrations.RunPython(fill, empty)]
