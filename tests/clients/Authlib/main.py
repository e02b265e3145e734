"""A web app with Authlib's client for Flask."""
import base64
import hashlib
import json
import secrets
import time
from urllib.parse import urlencode

import requests

from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import ClientSecretJWT, PrivateKeyJWT
from flask import request
from joserfc import jwe, jwt
from joserfc.jwk import ECKey, KeySet
from web_app import app, browser, env, serve

# settings:begin
# pip install Authlib Flask requests
oauth = OAuth(app)
oauth.register(
    "claviger",
    server_metadata_url=f"{env['ISSUER']}/.well-known/openid-configuration",
    client_id=env["CLIENT_ID"],
    client_secret=env["CLIENT_SECRET"],
    client_kwargs={"scope": "openid profile email offline_access", "code_challenge_method": "S256"},
)
# Authlib looks at "aud" only if it is told to: oauth.claviger.authorize_access_token(claims_options=CLAIMS)
CLAIMS = {"iss": {"value": env["ISSUER"]}, "aud": {"value": env["CLIENT_ID"]}}
# settings:end


def endpoint(name):
    return oauth.claviger.load_server_metadata()[f"{name}_endpoint"]


def session():
    return OAuth2Session(env["CLIENT_ID"], env["CLIENT_SECRET"], token=browser()["token"])


def login():
    return oauth.claviger.authorize_redirect(env["REDIRECT_URI"])


def callback():
    token = oauth.claviger.authorize_access_token(claims_options=CLAIMS)
    claims = token["userinfo"]
    userinfo = oauth.claviger.userinfo(token=token)
    tokens = {name: token[name] for name in ("access_token", "refresh_token")}
    browser().update(token=token, result={"sub": claims["sub"], "claims": claims, "userinfo": userinfo, **tokens})
    return "/result"


def refresh():
    token = session().refresh_token(endpoint("token"))
    browser()["token"] = token
    claims = oauth.claviger.parse_id_token(token, nonce=None, claims_options=CLAIMS)
    return {"access_token": token["access_token"], "claims": claims}


def assertions():
    key = ECKey.import_key(json.loads(env["PRIVATE_KEY"]))
    by_key = OAuth2Session(env["KEY_CLIENT_ID"], key, token_endpoint_auth_method="private_key_jwt")
    by_key.register_client_auth_method(PrivateKeyJWT(endpoint("token"), alg="ES256"))
    by_secret = OAuth2Session(env["JWT_CLIENT_ID"], env["JWT_CLIENT_SECRET"], token_endpoint_auth_method="client_secret_jwt")
    by_secret.register_client_auth_method(ClientSecretJWT(endpoint("token")))
    both = {"private_key_jwt": by_key, "client_secret_jwt": by_secret}
    return {method: machine.fetch_token(endpoint("token"))["access_token"] for method, machine in both.items()}


DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
devices = []


def device():
    # Authlib has no more for a device than the request for tokens.
    client = OAuth2Session(env["DEVICE_CLIENT_ID"], token_endpoint_auth_method="none")
    form = {"client_id": env["DEVICE_CLIENT_ID"], "scope": "openid"}
    codes = client.post(endpoint("device_authorization"), data=form, withhold_token=True).json()
    devices.append((client, codes))
    return codes


def device_tokens():
    client, codes = devices.pop()
    while True:
        time.sleep(codes["interval"])
        try:
            token = client.fetch_token(endpoint("token"), grant_type=DEVICE_GRANT, device_code=codes["device_code"])
        except OAuthError as error:
            if error.error != "authorization_pending":
                raise
        else:
            userinfo = oauth.claviger.userinfo(token=token)
            return {"access_token": token["access_token"], "sub": userinfo["sub"]}


def exchange():
    client = OAuth2Session(env["EXCHANGE_CLIENT_ID"], env["EXCHANGE_CLIENT_SECRET"])

    def exchanged(subject, kind):
        grant = "urn:ietf:params:oauth:grant-type:token-exchange"
        token = client.fetch_token(endpoint("token"), grant_type=grant, subject_token=subject, subject_token_type=kind)
        return token["access_token"]

    first = exchanged(env["API_KEY"], "urn:claviger:params:oauth:token-type:api_key")
    return {"first": first, "second": exchanged(first, "urn:ietf:params:oauth:token-type:access_token")}


def encrypted():
    how = json.loads(env["ENCRYPTION"])
    verifier, state = secrets.token_urlsafe(32), secrets.token_urlsafe()
    browser()["encrypted"] = verifier, state
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "iss": env["ENCRYPTED_CLIENT_ID"], "aud": env["ISSUER"], "client_id": env["ENCRYPTED_CLIENT_ID"], "exp": int(time.time()) + 60,
        "response_type": "code", "redirect_uri": f"{env['BASE_URL']}/encrypted_callback", "scope": "openid profile",
        "state": state, "code_challenge": challenge, "code_challenge_method": "S256",
    }
    own = ECKey.import_key(json.loads(env["SIGNING_KEY"]))
    signed = jwt.encode({"alg": "ES256", "kid": own.kid, "typ": "oauth-authz-req+jwt"}, asked, own)
    theirs = next(key for key in published()["keys"] if key["use"] == "enc" and key["kty"] == "EC")
    header = {"alg": how["alg"], "enc": how["enc"], "kid": theirs["kid"], "cty": "JWT"}
    # What a key is published for is the algorithm to prefer, and joserfc takes it for the only one.
    theirs = ECKey.import_key({name: value for name, value in theirs.items() if name != "alg"})
    sent = jwe.encrypt_compact(header, signed, theirs, algorithms=list(how.values()))
    query = urlencode({"client_id": env["ENCRYPTED_CLIENT_ID"], "request": sent})
    return f"{endpoint('authorization')}?{query}"


def encrypted_callback():
    verifier, state = browser()["encrypted"]
    client = OAuth2Session(env["ENCRYPTED_CLIENT_ID"], env["ENCRYPTED_CLIENT_SECRET"], state=state, redirect_uri=f"{env['BASE_URL']}/encrypted_callback")
    token = client.fetch_token(endpoint("token"), authorization_response=request.url, code_verifier=verifier)
    introspection = client.introspect_token(endpoint("introspection"), token["access_token"]).text
    return {
        "claims": opened(token["id_token"]),
        "userinfo": opened(client.get(endpoint("userinfo")).text),
        "introspection": opened(introspection)["token_introspection"],
        "id_token": token["id_token"],
    }


def opened(text):
    key = ECKey.import_key(json.loads(env["DECRYPTION_KEY"]))
    signed = jwe.decrypt_compact(text, key, algorithms=list(json.loads(env["ENCRYPTION"]).values())).plaintext.decode()
    signing = KeySet.import_key_set({"keys": [key for key in published()["keys"] if key["use"] == "sig"]})
    return jwt.decode(signed, signing, algorithms=["RS256"]).claims


def published():
    return requests.get(oauth.claviger.load_server_metadata()["jwks_uri"], timeout=10).json()


def introspect():
    return session().introspect_token(endpoint("introspection"), browser()["token"]["access_token"]).json()


def revoke():
    session().revoke_token(endpoint("revocation"), browser()["token"]["refresh_token"]).raise_for_status()


def logout():
    return oauth.claviger.logout_redirect(env["POST_LOGOUT_REDIRECT_URI"], browser()["token"]["id_token"])


serve(login=login, callback=callback, refresh=refresh, assertions=assertions, device=device, device_tokens=device_tokens, exchange=exchange, encrypted=encrypted, encrypted_callback=encrypted_callback, introspect=introspect, revoke=revoke, logout=logout)
