"""Where the interlock was first put in; 0007_marks puts in the one there is now."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("appliances", "0001_initial")]

    operations: list[migrations.operations.base.Operation] = []
