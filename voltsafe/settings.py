"""Settings, in one file; what the environment may say is read by voltsafe.env. Documented in docs/configuration.md."""

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from voltsafe import addresses, env, logs, secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = env.folder("VOLTSAFE_DATA_DIR", BASE_DIR / "data")

HOST = env.text("HOST", "127.0.0.1")
PORT = env.port("PORT", 8000)
PUBLIC_URL = env.url("VOLTSAFE_URL")
DEBUG = env.flag("VOLTSAFE_DEBUG")
CONTROLLER_BESIDE = env.flag("VOLTSAFE_CONTROLLER", default=True)
CONTROLLER_METRICS = env.address("VOLTSAFE_CONTROLLER_METRICS")
SECRET_KEY = env.secret("VOLTSAFE_SECRET_KEY") or secret_key.kept_in(DATA_DIR / "secret-key")

ALLOWED_HOSTS = addresses.allowed_hosts(PUBLIC_URL, HOST)
ALLOWED_ORIGINS = addresses.allowed_origins(PUBLIC_URL, ALLOWED_HOSTS, PORT)
CSRF_TRUSTED_ORIGINS = ALLOWED_ORIGINS
IS_HTTPS = PUBLIC_URL.startswith("https://")
TRUSTED_PROXIES = env.networks("VOLTSAFE_TRUSTED_PROXIES")

INSTALLED_APPS = [
    "appliances.apps.AppliancesConfig",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "csp",
    "channels",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "voltsafe.browsers.Csp",
    "voltsafe.browsers.Session",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "voltsafe.browsers.Authentication",
    "allauth.account.middleware.AccountMiddleware",
    "appliances.web.first_start.FirstStartMiddleware",
    "voltsafe.browsers.SessionSeen",
    "voltsafe.browsers.LoginRequired",
    "voltsafe.browsers.Messages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "voltsafe.browsers.Htmx",
]

KEEP_DECISIONS = env.period("VOLTSAFE_KEEP_DECISIONS")

ROOT_URLCONF = "voltsafe.urls"
ASGI_APPLICATION = "voltsafe.asgi.application"
HTTP_THREADS = 8
# In one process, of one person there, of one of their tokens or one screen on a wall; handshakes from one address.
SOCKETS = env.count("VOLTSAFE_SOCKETS", 600)
SOCKETS_PER_PERSON = env.count("VOLTSAFE_SOCKETS_PER_PERSON", 20)
SOCKETS_PER_DEVICE = 5
HANDSHAKES_A_MINUTE = env.count("VOLTSAFE_HANDSHAKES", 60)
FAILED_HANDSHAKES_A_MINUTE = 10
# Never under a sub-path: Daphne would take one from a header that anyone may send.
FORCE_SCRIPT_NAME = ""

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["appliances.presentation.drawing"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "appliances.web.places.switcher",
            ],
        },
    }
]

_database: dict[str, Any] = env.database(
    "DATABASE_URL", DATA_DIR / "voltsafe.sqlite3", password=env.text("DATABASE_PASSWORD")
)
DATABASES = {"default": _database}
# Requests run in HTTP_THREADS threads (voltsafe.http_pool), so kept connections are bounded by them.
_database |= {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": False}
_options = _database.setdefault("OPTIONS", {})
if _database["ENGINE"] == env.SQLITE:
    _options |= {
        "transaction_mode": "IMMEDIATE",
        "timeout": 5,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;",
    }
else:
    _options |= {
        "connect_timeout": 3,
        # In this order before the client's own patience (interlock.postgresql.base): the server says it more exactly.
        "options": "-c lock_timeout=5000 -c statement_timeout=5500 -c idle_in_transaction_session_timeout=10000"
        # Where the network swallowed our farewell the server has to find out by itself: in 25 s, not in two hours.
        " -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 -c tcp_user_timeout=25000",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.redis("REDIS_URL", password=env.text("REDIS_PASSWORD"))
CHANNEL_LAYERS: dict[str, dict[str, object]] = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {
            "hosts": [{"address": REDIS_URL, "socket_connect_timeout": 2, **env.GIVEN_UP_WHEN_SILENT}],
            "prefix": "voltsafe",
            "capacity": 1000,
        },
    }
    if REDIS_URL
    else {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 1000}}
}

AUTH_USER_MODEL = "appliances.User"
# Names are what they are: allauth's own backend lets nobody in whose name another has in other capitals.
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home_list"
LOGOUT_REDIRECT_URL = "sign_in"

ACCOUNT_ADAPTER = "appliances.web.account_adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "appliances.web.account_forms.SignInForm",
    "reauthenticate": "appliances.web.account_forms.ConfirmPasswordForm",
}
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
# Tries are counted by services.throttle: in the database, so by every process, and for a place, so that nobody
# locks another out.
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False
ACCOUNT_LOGIN_TIMEOUT = 60 * 15
ACCOUNT_REAUTHENTICATION_TIMEOUT = 60 * 10
MFA_ADAPTER = "appliances.web.account_adapter.FactorAdapter"
MFA_FORMS = {
    "authenticate": "appliances.web.account_forms.SecondFactorForm",
    "authenticate_webauthn": "appliances.web.account_forms.SecondPasskeyForm",
    "login_webauthn": "appliances.web.account_forms.PasskeySignInForm",
    "reauthenticate": "appliances.web.account_forms.ConfirmCodeForm",
    "reauthenticate_webauthn": "appliances.web.account_forms.ConfirmPasskeyForm",
    "activate_totp": "appliances.web.account_forms.AddAppForm",
    "add_webauthn": "appliances.web.account_forms.AddPasskeyForm",
    "edit_webauthn": "appliances.web.account_forms.NamePasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "VoltSafe"
# One step of thirty seconds earlier or later, for clocks and slow fingers (RFC 6238, 5.2).
MFA_TOTP_TOLERANCE = 1

# Under https a browser takes such a name only from this very host, over https and for all of it.
_of_this_host = "__Host-" if IS_HTTPS else ""
SESSION_COOKIE_NAME = f"{_of_this_host}voltsafe_session"
WALL_COOKIE_NAME = f"{_of_this_host}voltsafe_wall"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = IS_HTTPS
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_COOKIE_NAME = f"{_of_this_host}voltsafe_csrf"
CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "appliances.web.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if IS_HTTPS else 0
# Whom no proxy tells of https would be sent in circles. What is no page is answered as it comes: a machine that
# was sent on to https would never learn that it had said its token in the clear (OWASP ASVS 5.0, 4.1.2).
SECURE_SSL_REDIRECT = IS_HTTPS and bool(TRUSTED_PROXIES)
SECURE_SSL_HOST = PUBLIC_URL.removeprefix("https://") if IS_HTTPS else None
SECURE_REDIRECT_EXEMPT = [r"^api/", r"^healthz$", r"^readyz$", r"^metrics$"]
# Names below ours may be another machine's and served over http: a year of HSTS is not ours to give them (W005),
# nor is the list that browsers are delivered with (W021).
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
        "manifest-src": [SELF],
    }
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
_static = "django.contrib.staticfiles.storage.StaticFilesStorage" if DEBUG else "voltsafe.static_files.Storage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": _static},
}
WHITENOISE_USE_FINDERS = DEBUG

LOGGING_CONFIG = "voltsafe.logs.configure"
LOGGING = {"form": env.choice("VOLTSAFE_LOG", logs.FORMS)}
