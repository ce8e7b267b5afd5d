"""Rows for the communities that documents already name, so that old records have curators."""

import json

from django.db import migrations


def fill(apps, _schema_editor):
    Record = apps.get_model("catalogue", "Record")
    RecordCommunity = apps.get_model("catalogue", "RecordCommunity")
    rows = (
        Record.objects.filter(document__isnull=False)
        .values_list("key", "document__body")
        .iterator(chunk_size=500)
    )
    news = []
    for key, body in rows:
        # Most documents name none, and reading every one as JSON would take minutes more.
        if b'"communities":[' not in bytes(body):
            continue
        for name in dict.fromkeys(json.loads(bytes(body)).get("communities", ())):
            if len(name) <= 60:
                news.append(RecordCommunity(record_id=key, community=name))
    RecordCommunity.objects.bulk_create(news, batch_size=500)


def empty(apps, _schema_editor):
    apps.get_model("catalogue", "RecordCommunity").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0002_drafts_and_grants")]
    operations = [migrations.RunPython(fill, empty)]
