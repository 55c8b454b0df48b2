"""Where the interlock was first put in; 0005_retention puts in the one that also guards checkpoints."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("appliances", "0001_initial")]

    operations: list[migrations.operations.base.Operation] = []
