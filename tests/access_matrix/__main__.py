"""Write the matrix of roles and addresses into the docs: `make matrix`."""

import logging
import os
import sys

import django


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    logging.disable()  # what is refused is counted here, not told
    from django.test.utils import get_runner, setup_test_environment

    from tests.access_matrix import table, walk

    setup_test_environment()
    runner = get_runner(django.conf.settings)(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        with walk.undone():
            found = walk.walked()
    finally:
        runner.teardown_databases(databases)
    wrong = table.contradictions(found)
    sys.stderr.writelines(f"{line}\n" for line in wrong)
    if not wrong:
        table.put_into_page(table.markdown(found))
        sys.stdout.write(f"{len(found)} doors, {len(walk.ASKERS)} askers: {table.PAGE}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
