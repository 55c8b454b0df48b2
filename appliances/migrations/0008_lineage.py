from django.db import migrations, models

import appliances.models.home


class Migration(migrations.Migration):
    dependencies = [("appliances", "0007_marks")]

    operations = [
        migrations.AddField(
            "home",
            "lineage",
            models.CharField(
                default=appliances.models.home.new_lineage, editable=False, max_length=16, verbose_name="lineage"
            ),
        ),
    ]
