"""The settings of a Django project, as few as can be."""
import os

env = os.environ

# settings:begin
# pip install mozilla-django-oidc
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "mozilla_django_oidc"]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "mozilla_django_oidc.middleware.SessionRefresh",
]
AUTHENTICATION_BACKENDS = ["mozilla_django_oidc.auth.OIDCAuthenticationBackend"]
OIDC_RP_CLIENT_ID = env["CLIENT_ID"]
OIDC_RP_CLIENT_SECRET = env["CLIENT_SECRET"]
OIDC_RP_SIGN_ALGO = "RS256"
OIDC_RP_SCOPES = "openid profile email"
OIDC_USE_PKCE = True
OIDC_TOKEN_USE_BASIC_AUTH = True
OIDC_OP_AUTHORIZATION_ENDPOINT = f"{env['ISSUER']}/oauth2/authorize"
OIDC_OP_TOKEN_ENDPOINT = f"{env['ISSUER']}/oauth2/token"
OIDC_OP_USER_ENDPOINT = f"{env['ISSUER']}/oauth2/userinfo"
OIDC_OP_JWKS_ENDPOINT = f"{env['ISSUER']}/oauth2/jwks"
OIDC_OP_LOGOUT_URL_METHOD = "urls.end_session"  # returns {ISSUER}/oauth2/end_session?id_token_hint=…
OIDC_STORE_ID_TOKEN = True  # for the id_token_hint
# The library tells people apart by their email address; override its backend's filter_users_by_claims to use "sub".
# settings:end

MIDDLEWARE += ["urls.show_failure"]
OIDC_STORE_ACCESS_TOKEN = True
LOGIN_REDIRECT_URL = "/result"
LOGOUT_REDIRECT_URL = "/"
LOGIN_REDIRECT_URL_FAILURE = "/failed"
ALLOW_LOGOUT_GET_METHOD = True
SECRET_KEY = "for this test"
ALLOWED_HOSTS = ["localhost"]
ROOT_URLCONF = "urls"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "file:people?mode=memory&cache=shared"}}
SESSION_ENGINE = "django.contrib.sessions.backends.cache"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
LOGGING_CONFIG = None
