"""Where the interlock was put in that also guards checkpoints; 0007_marks puts in the one there is now."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("appliances", "0004_checkpoint")]

    operations: list[migrations.operations.base.Operation] = []
