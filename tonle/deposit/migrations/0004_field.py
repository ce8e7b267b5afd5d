import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0011_saved_searches'),
        ('deposit', '0003_uploads'),
    ]

    operations = [
        migrations.CreateModel(
            name='LookedInto',
            fields=[
                ('key', models.BigAutoField(primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=1000)),
                ('sha256', models.CharField(max_length=64)),
                ('found', models.JSONField(default=dict)),
                ('wrote', models.JSONField(default=dict)),
                ('at', models.DateTimeField()),
                ('draft', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalogue.draft')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('draft', 'name', 'sha256'), name='one_look_per_draft_file')],
            },
        ),
    ]
