"""Where the interlock was put in whose sums have an index; 0007_marks puts in the one that also marks changes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("appliances", "0005_retention")]

    operations: list[migrations.operations.base.Operation] = []
