"""What the Python clients share: sessions and the routes of README.md. All about the protocol is the library's."""
import logging
import os
import secrets

from flask import Flask, redirect, session

env = os.environ
app = Flask(__name__)
app.secret_key = "for this test"
sessions = {}


def browser():
    """What is known of this browser; its tokens would be too large for Flask's cookie."""
    return sessions.setdefault(session.setdefault("id", secrets.token_hex()), {})


def serve(**actions):
    """Each of `actions` (login, callback, refresh, revoke, introspect, logout) returns a URL to go to, an object to show
    or a response that the library made."""
    app.add_url_rule("/", "ready", lambda: "ready")
    app.add_url_rule("/result", "result", lambda: browser().get("result", {}))
    for name, act in actions.items():
        app.add_url_rule(f"/{name}", name, answers(act))
    app.register_error_handler(Exception, lambda error: ({"error": f"{type(error).__name__}: {error}"}, 500))
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app.run(port=int(env["PORT"]))


def answers(act):
    def answer():
        outcome = act()
        return redirect(outcome) if isinstance(outcome, str) else outcome or {}

    return answer
