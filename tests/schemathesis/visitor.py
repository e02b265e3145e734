"""Somebody who signs in through the pages, allows apps what they want, and asks the admins for the rest."""
import html
import re
from urllib.parse import urlencode

import requests

PERSON = {"username": "vera", "password": "correct horse battery staple"}
# RFC 7636, appendix B.
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
REDIRECT_URI = "http://127.0.0.1/callback"


class Visitor:
    """A browser of theirs."""

    def __init__(self, issuer):
        self._issuer = issuer
        self._session = requests.Session()

    def use(self, client, scope):
        """Goes from the app through every page that stands in between; whether back to the app."""
        query = {
            "response_type": "code",
            "client_id": client,
            "redirect_uri": REDIRECT_URI,
            "scope": scope,
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        answer = self._get(f"/oauth2/authorize?{urlencode(query)}")
        for _ in range(12):
            location = answer.headers.get("Location", "")
            if location.startswith(REDIRECT_URI):
                return True
            if location:
                answer = self._get(location.removeprefix(self._issuer))
            elif 'name="password"' in answer.text:
                answer = self._submit("/login", answer, PERSON)
            elif 'name="reason"' in answer.text:
                self._submit("/approval", answer, {"reason": "I need it.", "decision": "ask"})
                return False
            else:
                answer = self._submit("/consent", answer, {"scope": scope.split(), "decision": "allow"})
        raise SystemExit(f"the sign-in leads nowhere: {answer.status_code} {answer.text}")

    def _get(self, path):
        return self._session.get(self._issuer + path, allow_redirects=False, timeout=30)

    def _submit(self, path, page, form):
        hidden = dict(re.findall(r'name="(csrf|request)" value="([^"]*)"', page.text))
        form |= {name: html.unescape(value) for name, value in hidden.items()}
        headers = {"Origin": self._issuer}
        return self._session.post(self._issuer + path, form, headers=headers, allow_redirects=False, timeout=30)
