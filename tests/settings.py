"""The product's settings, with a data folder and a key of the tests' own."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

if "VOLTSAFE_DATA_DIR" not in os.environ:
    os.environ["VOLTSAFE_DATA_DIR"] = tempfile.mkdtemp(prefix="voltsafe-tests-")
    atexit.register(shutil.rmtree, os.environ["VOLTSAFE_DATA_DIR"], ignore_errors=True)
os.environ["VOLTSAFE_SECRET_KEY"] = "a key that only the tests use, long enough to please the checks"

from voltsafe.settings import *  # noqa: F403
from voltsafe.settings import DATA_DIR, DATABASES, STORAGES

# A file, not memory: threads and processes must meet in the same database, as they do in a home.
if DATABASES["default"]["ENGINE"] == "appliances.interlock.sqlite":
    DATABASES["default"]["TEST"] = {"NAME": str(Path(DATA_DIR) / "test.sqlite3")}
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
ALLOWED_ORIGINS = ["http://testserver", "http://127.0.0.1:8000", "http://localhost:8000"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = True
# Found when they are asked for: every client of a test would list them all, and hardly any asks.
WHITENOISE_AUTOREFRESH = True

if DATABASES["default"]["ENGINE"] == "appliances.interlock.sqlite":
    OF_THE_PRODUCT = DATABASES["default"]["OPTIONS"]["init_command"]
    # Killed processes lose nothing by it, and tests cut no power; waiting for the disk was a third of their time.
    DATABASES["default"]["OPTIONS"]["init_command"] = OF_THE_PRODUCT.replace("synchronous=FULL", "synchronous=OFF")
