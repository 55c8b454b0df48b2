"""Where the interlock was put in that also guards checkpoints; 0006_growth puts in the one whose sums have an index."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("appliances", "0004_checkpoint")]

    operations: list[migrations.operations.base.Operation] = []
