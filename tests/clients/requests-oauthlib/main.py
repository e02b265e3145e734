"""A web app with requests-oauthlib: OAuth 2.0 alone, so UserInfo says who signed in, and nobody reads the ID token."""
import requests
from flask import request
from oauthlib.oauth2 import WebApplicationClient
from requests_oauthlib import OAuth2Session
from web_app import browser, env, serve

env["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # for http on localhost only

# settings:begin
# pip install requests-oauthlib
AUTHORIZE = f"{env['ISSUER']}/oauth2/authorize"
TOKEN = f"{env['ISSUER']}/oauth2/token"
USERINFO = f"{env['ISSUER']}/oauth2/userinfo"
REVOKE = f"{env['ISSUER']}/oauth2/revoke"
SETTINGS = {
    "client_id": env["CLIENT_ID"],
    "redirect_uri": env["REDIRECT_URI"],
    "scope": ["openid", "profile", "email", "offline_access"],
    "pkce": "S256",
}
# OAuth2Session(**SETTINGS), kept from authorization_url to fetch_token(TOKEN, client_secret=…, authorization_response=…)
# settings:end
BASIC = (env["CLIENT_ID"], env["CLIENT_SECRET"])


def login():
    session = browser()["session"] = OAuth2Session(**SETTINGS)
    url, _ = session.authorization_url(AUTHORIZE)
    return url


def callback():
    session = browser()["session"]
    token = session.fetch_token(TOKEN, authorization_response=request.url, client_secret=env["CLIENT_SECRET"])
    userinfo = session.get(USERINFO).json()
    tokens = {name: token[name] for name in ("access_token", "refresh_token")}
    browser()["result"] = {"sub": userinfo["sub"], "userinfo": userinfo, **tokens}
    return "/result"


def refresh():
    token = browser()["session"].refresh_token(TOKEN, auth=BASIC)
    return {"access_token": token["access_token"]}


def revoke():
    token = browser()["session"].token["refresh_token"]
    url, headers, body = WebApplicationClient(BASIC[0]).prepare_token_revocation_request(REVOKE, token, "refresh_token")
    requests.post(url, body, headers=headers, auth=BASIC).raise_for_status()


serve(login=login, callback=callback, refresh=refresh, revoke=revoke)
