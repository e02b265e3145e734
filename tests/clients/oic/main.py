"""A web app with pyoidc, whose package is oic."""
from flask import request
from oic import rndstr
from oic.extension.client import Client as ExtensionClient
from oic.oauth2.message import ErrorResponse
from oic.oic import Client
from oic.oic.message import AuthorizationResponse, RegistrationResponse
from oic.utils.authn.client import CLIENT_AUTHN_METHOD
from web_app import browser, env, serve

# settings:begin
# pip install oic
client = Client(client_authn_method=CLIENT_AUTHN_METHOD, config={"code_challenge": {"method": "S256", "length": 64}})
client.provider_config(env["ISSUER"])
registered = {"client_id": env["CLIENT_ID"], "client_secret": env["CLIENT_SECRET"]}
client.store_registration_info(RegistrationResponse(redirect_uris=[env["REDIRECT_URI"]], **registered))
SCOPE = ["openid", "profile", "email", "offline_access"]
# After do_access_token_request: client.verify_id_token(response["id_token"], the_authorization_request)
# settings:end

# The library has revocation and introspection in a client of their own.
extension = ExtensionClient(client_authn_method=CLIENT_AUTHN_METHOD)
extension.handle_provider_config(client.provider_info, env["ISSUER"])
extension.store_registration_info(client.registration_response)
BASIC = {"authn_method": "client_secret_basic"}


def succeeded(response):
    if isinstance(response, ErrorResponse):
        raise RuntimeError(response.to_json())
    return response


def login():
    challenge, verifier = client.add_code_challenge()
    asked = {
        "response_type": "code",
        "scope": SCOPE,
        "redirect_uri": env["REDIRECT_URI"],
        "state": rndstr(),
        "nonce": rndstr(),
        "prompt": "consent",
        **challenge,
    }
    asked = client.construct_AuthorizationRequest(request_args=asked)
    browser().update(asked=asked, verifier=verifier)
    return asked.request(client.authorization_endpoint)


def callback():
    known = browser()
    state = known["asked"]["state"]
    query = request.query_string.decode()
    answer = succeeded(client.parse_response(AuthorizationResponse, query, "urlencoded", state))
    assert answer["state"] == state
    tokens = succeeded(client.do_access_token_request(
        state=state,
        request_args={"redirect_uri": env["REDIRECT_URI"], "code_verifier": known["verifier"]},
        **BASIC,
    ))
    claims = tokens["id_token"]
    client.verify_id_token(claims, known["asked"])
    userinfo = succeeded(client.do_user_info_request(method="GET", state=state))
    known["result"] = {
        "sub": claims["sub"],
        "claims": claims.to_dict(),
        "userinfo": userinfo.to_dict(),
        "access_token": tokens["access_token"],
        "refresh_token": tokens["refresh_token"],
    }
    known["id_token"] = tokens["id_token_jwt"]
    return "/result"


def refresh():
    tokens = succeeded(client.do_access_token_refresh(state=browser()["asked"]["state"], **BASIC))
    browser()["result"]["refresh_token"] = tokens["refresh_token"]
    return {"access_token": tokens["access_token"], "claims": tokens["id_token"].to_dict()}


def introspect():
    asked = {"token": browser()["result"]["access_token"], "token_type_hint": "access_token"}
    return extension.do_token_introspection(request_args=asked, **BASIC).to_dict()


def revoke():
    asked = {"token": browser()["result"]["refresh_token"], "token_type_hint": "refresh_token"}
    assert extension.do_token_revocation(request_args=asked, **BASIC) == 200


def logout():
    asked = {"id_token_hint": browser()["id_token"], "post_logout_redirect_uri": env["POST_LOGOUT_REDIRECT_URI"]}
    return client.construct_EndSessionRequest(request_args=asked).request(client.end_session_endpoint)


serve(login=login, callback=callback, refresh=refresh, introspect=introspect, revoke=revoke, logout=logout)
