"""A little of everything, so that operations meet what exists."""
import requests
from visitor import REDIRECT_URI, Visitor

# What needs approval, and who wants it, as schemathesis.toml knows them.
PAYROLL = "payroll"
GUARDED = "salaries:read"
SETTINGS = f"""
[people]
registration = "invitation"

[[scopes]]
name = "{GUARDED}"
text = "See salaries"
needs_approval = true
"""


class Data:
    """What there is, by the name of the parameter that means it."""

    def __init__(self, server, token):
        self._api = server.api
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {token}"
        groups = [self._post("/groups", {"name": f"group-{n}"})["id"] for n in range(6)]
        people = [self._post("/people", self._person(n))["id"] for n in range(10)]
        apps = [self._post("/clients", self._app(f"app-{n}"))["client_id"] for n in range(10)]
        self._post("/clients", self._app(PAYROLL))
        for group, person in zip(groups, people):
            self._session.put(f"{self._api}/groups/{group}/members/{person}", timeout=30).raise_for_status()
        vera = self._items("/people?q=vera")[0]["id"]
        for app in apps:
            visitor = Visitor(server.issuer)
            visitor.use(app, "openid profile")
            visitor.use(app, f"openid profile {GUARDED}")
        for group in groups:
            self._post(f"/clients/{PAYROLL}/approvals", {"scope": GUARDED, "for": {"group": group}})
        scopes = [self._post("/scopes", {"name": f"scope-{n}", "text": f"Scope {n}"})["name"] for n in range(6)]
        resources = [self._post("/resources", self._resource(n, scopes[n]))["id"] for n in range(4)]
        keys = [self._post("/api-keys", {"person_id": person, "name": "Script"})["id"] for person in people]
        tokens = [self._post("/registration-tokens", {"expires_in": 3600})["id"] for _ in range(4)]
        self.identifiers = {
            "client_id": apps,
            "person_id": [*people, vera],
            "group_id": groups,
            "approval_id": [approval["id"] for approval in self._items(f"/clients/{PAYROLL}/approvals")],
            "request_id": [request["id"] for request in self._items("/approval-requests")],
            "consent_id": [consent["id"] for consent in self._items(f"/people/{vera}/consents")],
            "sid": [session["sid"] for session in self._items(f"/people/{vera}/sessions")],
            "kid": [key["kid"] for key in self._items("/keys")],
            "key_id": keys,
            "resource_id": resources,
            "scope": scopes,
            "token_id": tokens,
        }
        empty = [name for name, values in self.identifiers.items() if not values]
        assert not empty, f"there is no {empty}"

    @staticmethod
    def _person(number):
        return {"username": f"person-{number}", "claims": {"email": f"person-{number}@example.org", "name": f"Person {number}"}}

    @staticmethod
    def _app(name):
        return {"client_id": name, "redirect_uris": [REDIRECT_URI], "scope": f"openid profile {GUARDED}"}

    @staticmethod
    def _resource(number, scope):
        return {"identifier": f"https://api-{number}.example", "name": f"API {number}", "scopes": [scope]}

    def _post(self, path, body):
        answer = self._session.post(self._api + path, json=body, timeout=30)
        assert answer.ok, f"{path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def _items(self, path):
        answer = self._session.get(self._api + path, timeout=30)
        assert answer.ok, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()["items"]
