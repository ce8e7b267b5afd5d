"""Rows for the places that documents already name, so that old records are on the map."""

import json

from django.db import migrations

from tonle.catalogue.rules import extent


def fill(apps, _schema_editor):
    Record = apps.get_model("catalogue", "Record")
    RecordExtent = apps.get_model("catalogue", "RecordExtent")
    rows = (
        Record.objects.filter(document__isnull=False)
        .values_list("key", "document__body")
        .iterator(chunk_size=500)
    )
    news = []
    for key, body in rows:
        # Those without a place need not be read as JSON.
        if b'"geo_locations":[' not in bytes(body):
            continue
        document = json.loads(bytes(body))
        box = extent.bounds(document["geo_locations"])
        if box is not None:
            when = extent.interval(document)
            west, south, east, north = box.corners
            news.append(
                RecordExtent(
                    record_id=key,
                    west=west,
                    south=south,
                    east=east,
                    north=north,
                    start=when.start if when else None,
                    end=when.end if when else None,
                )
            )
        if len(news) >= 2000:
            RecordExtent.objects.bulk_create(news, batch_size=100)
            news = []
    RecordExtent.objects.bulk_create(news, batch_size=100)


def empty(apps, _schema_editor):
    apps.get_model("catalogue", "RecordExtent").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0008_extents")]
    operations = [migrations.RunPython(fill, empty)]
