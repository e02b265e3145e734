"""What schemathesis is told beyond its settings: how to get a token, what not to saw off, and to note what was answered."""
import json
import os

import schemathesis
from server import CLIENT, token

NOTES = open(os.environ["NOTES"], "a", encoding="utf-8", buffering=1)


@schemathesis.auth(refresh_interval=3)
class Bearer:
    """Often a new token: the key that signed the last one may have been retired."""

    def get(self, case, context):
        return token(os.environ["ISSUER"], os.environ["CLIENT_SECRET"])

    def set(self, case, data, context):
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def before_call(context, case, kwargs):
    """Whoever asks must not lose what it asks with: whatever would be done to this client is done to nobody."""
    if case.method != "GET" and case.path_parameters.get("client_id") == CLIENT:
        case.path_parameters["client_id"] = "nobody"


@schemathesis.hook
def after_call(context, case, response):
    operation = case.operation
    if case.method.upper() == operation.method.upper():
        NOTES.write(json.dumps([operation.label, response.status_code]) + "\n")
