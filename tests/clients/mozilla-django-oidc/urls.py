"""The pages of a Django project: the routes of ../README.md, and the one function that the library asks for."""
import os
from urllib.parse import urlencode

import jwt
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import include, path
from mozilla_django_oidc.auth import OIDCAuthenticationBackend


def end_session(request):
    asked = {
        "id_token_hint": request.session["oidc_id_token"],
        "post_logout_redirect_uri": os.environ["POST_LOGOUT_REDIRECT_URI"],
    }
    return f"{os.environ['ISSUER']}/oauth2/end_session?{urlencode(asked)}"


def show_failure(get_response):
    """Middleware: Django calls its process_exception with what a view has raised."""
    def middleware(request):
        return get_response(request)

    middleware.process_exception = lambda request, error: JsonResponse({"error": repr(error)}, status=500)
    return middleware


def result(request):
    if not request.user.is_authenticated:
        return JsonResponse({"error": "nobody is signed in"}, status=401)
    access_token, id_token = request.session["oidc_access_token"], request.session["oidc_id_token"]
    claims = jwt.decode(id_token, options={"verify_signature": False})
    userinfo = OIDCAuthenticationBackend().get_userinfo(access_token, id_token, claims)
    shown = {"sub": claims["sub"], "claims": claims, "userinfo": userinfo, "access_token": access_token}
    return JsonResponse(shown)


def silent_renew(request):
    """The middleware signs in anew, with prompt=none, before the next page once this time has passed."""
    request.session["oidc_id_token_expiration"] = 0
    return redirect("/result")


urlpatterns = [
    path("oidc/", include("mozilla_django_oidc.urls")),
    path("", lambda _: HttpResponse("ready")),
    path("login", lambda _: redirect("oidc_authentication_init")),
    path("failed", lambda _: JsonResponse({"error": "the library refused, and says no more"}, status=403)),
    path("result", result),
    path("silent_renew", silent_renew),
    path("logout", lambda _: redirect("oidc_logout")),
]
