"""What a migration leaves for its end is done in its own transaction, so that Django records it there."""

import pytest
from django.db import connection


@pytest.mark.django_db(transaction=True)
def test_what_was_deferred_is_done_when_django_asks_whether_anything_was() -> None:
    with connection.schema_editor() as editor:
        editor.execute("CREATE TABLE at_once (a integer)", None)
        editor.deferred_sql.append("CREATE INDEX at_once_a ON at_once (a)")

        assert not editor.deferred_sql

        with connection.cursor() as cursor:
            assert "at_once_a" in connection.introspection.get_constraints(cursor, "at_once")
        editor.execute("DROP TABLE at_once", None)
