"""Checksums that some formats want, beside the digests that vouch for a file."""

from __future__ import annotations

from django.db import models


class Crc32(models.Model):
    """The CRC-32 of content, by its digest: a zip names it before the bytes.

    Kept apart from files, as it is found out when somebody first asks for a zip, and is
    the same for all files with the same bytes.
    """

    sha512 = models.CharField(primary_key=True, max_length=128)
    crc32 = models.BigIntegerField()
