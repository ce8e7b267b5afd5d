import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0011_saved_searches'),
        ('deposit', '0002_checks_and_access'),
    ]

    operations = [
        migrations.CreateModel(
            name='Upload',
            fields=[
                ('key', models.BigAutoField(primary_key=True, serialize=False)),
                ('id', models.CharField(max_length=15, unique=True)),
                ('state', models.CharField(default='receiving', max_length=10)),
                ('name', models.CharField(max_length=1000)),
                ('media_type', models.CharField(blank=True, default='', max_length=200)),
                ('length_bytes', models.BigIntegerField()),
                ('offset_bytes', models.BigIntegerField(default=0)),
                ('metadata', models.TextField(blank=True, default='')),
                ('mark', models.CharField(blank=True, default='', max_length=200)),
                ('promised_sha256', models.CharField(blank=True, default='', max_length=64)),
                ('sha256', models.CharField(blank=True, default='', max_length=64)),
                ('sha512', models.CharField(blank=True, default='', max_length=128)),
                ('lease', models.CharField(blank=True, default='', max_length=15)),
                ('leased_at', models.DateTimeField(null=True)),
                ('lease_checked', models.BooleanField(default=False)),
                ('created_by', models.CharField(max_length=60)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('draft', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalogue.draft')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['draft', 'state'], name='uploads_of_draft'),
                    models.Index(fields=['expires_at'], name='uploads_by_expiry'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=Q(('state__in', ['receiving', 'arrived', 'ready', 'attached', 'refused'])), name='upload_state_is_known'),
                    models.CheckConstraint(condition=Q(('offset_bytes__gte', 0), ('offset_bytes__lte', F('length_bytes'))), name='upload_offset_within_length'),
                    models.CheckConstraint(condition=Q(('state', 'receiving'), ('offset_bytes', F('length_bytes')), _connector='OR'), name='upload_arrived_when_whole'),
                    models.CheckConstraint(condition=Q(Q(('state__in', ['ready', 'attached']), _negated=True), Q(Q(('sha256', ''), _negated=True), Q(('sha512', ''), _negated=True)), _connector='OR'), name='upload_ready_has_digests'),
                    models.CheckConstraint(condition=Q(Q(('lease', ''), ('leased_at__isnull', True)), Q(Q(('lease', ''), _negated=True), ('leased_at__isnull', False), ('state', 'receiving')), _connector='OR'), name='upload_lease_while_receiving'),
                ],
            },
        ),
    ]
