"""The server in a temporary folder with a fresh database, and a client that may do all that the admin API can."""
import json
import os
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import requests
from visitor import PERSON

ROOT = Path(__file__).resolve().parents[2]
CLIENT = "schemathesis"
SCOPES = (
    "clients:read clients:write resources:write people:read people:write roles:write consents:read consents:write sessions:read "
    "sessions:write groups:read groups:write approvals:read approvals:write api-keys:read api-keys:write "
    "events:read keys:read keys:write settings:read"
)


def program():
    """The server to test."""
    if chosen := os.environ.get("CLAVIGER_BINARY"):
        return Path(chosen).resolve()
    target = ROOT / os.environ.get("CARGO_TARGET_DIR", "target")
    built = [target / profile / "claviger" for profile in ("release", "debug")]
    for path in built:
        if path.exists():
            return path
    raise SystemExit("build the server first: cargo build --release")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Database:
    """A database of its own, for as long as it is used."""

    def __init__(self):
        self.server = os.environ.get("CLAVIGER_TEST_DATABASE")
        self.name = f"claviger_schemathesis_{os.getpid()}"
        self.url = "sqlite://claviger.db"
        if self.server:
            self.url = urlunsplit(urlsplit(self.server)._replace(path=f"/{self.name}"))

    def __str__(self):
        return "PostgreSQL" if self.server else "SQLite"

    def __enter__(self):
        self._carry_out(f"CREATE DATABASE {self.name}")
        return self

    def __exit__(self, *_):
        self._carry_out(f"DROP DATABASE {self.name} WITH (FORCE)")

    def _carry_out(self, statement):
        if self.server:
            subprocess.run(["psql", "--quiet", "--no-psqlrc", "--command", statement, self.server], check=True)


class Server:
    """The server, for as long as it is used."""

    def __init__(self, database, settings):
        self.folder = tempfile.TemporaryDirectory(prefix="claviger-schemathesis-")
        (Path(self.folder.name) / "config.toml").write_text(settings, encoding="utf-8")
        port = free_port()
        self.issuer = f"http://127.0.0.1:{port}"
        self.api = f"{self.issuer}/api/v1"
        self.environment = {
            **os.environ,
            "CLAVIGER__SERVER__ISSUER": self.issuer,
            "CLAVIGER__SERVER__LISTEN": f"127.0.0.1:{port}",
            "CLAVIGER__DATABASE__URL": database.url,
        }

    def __enter__(self):
        metadata = {
            "client_id": CLIENT,
            "client_name": "schemathesis",
            "grant_types": ["client_credentials"],
            "response_types": [],
            "scope": SCOPES,
            "resources": [self.api],
        }
        person = ["--username", PERSON["username"], "--email", "vera@example.org"]
        self._command("user", "add", *person, "--password-stdin", text=PERSON["password"] + "\n")
        self.secret = json.loads(self._command("--json", "client", "add", "-", text=json.dumps(metadata)))["client_secret"]
        self.log = open(Path(self.folder.name) / "log", "w+", encoding="utf-8")
        at = {"cwd": self.folder.name, "env": self.environment}
        self.process = subprocess.Popen([program(), "serve"], stderr=self.log, stdout=self.log, **at)
        self._wait()
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=60)
        self.log.close()
        self.folder.cleanup()

    def complaints(self):
        """What the log says of faults. What the framework says of bytes that are not HTTP is none."""
        lines = (Path(self.folder.name) / "log").read_text(encoding="utf-8").splitlines()
        return [line for line in lines if "panicked" in line or ("ERROR" in line and "actix_http" not in line)]

    def _command(self, *arguments, text=None):
        at = {"cwd": self.folder.name, "env": self.environment}
        return subprocess.run([program(), *arguments], input=text, text=True, check=True, stdout=subprocess.PIPE, **at).stdout

    def _wait(self):
        for _ in range(300):
            if self.process.poll() is not None:
                break
            try:
                requests.get(f"{self.issuer}/readyz", timeout=5)
                return
            except requests.ConnectionError:
                time.sleep(0.1)
        raise SystemExit("the server does not start:\n" + (Path(self.folder.name) / "log").read_text(encoding="utf-8"))


def token(issuer, secret):
    """A new access token for the admin API."""
    form = {"grant_type": "client_credentials", "scope": SCOPES, "resource": f"{issuer}/api/v1"}
    answer = requests.post(f"{issuer}/oauth2/token", data=form, auth=(CLIENT, secret), timeout=30)
    answer.raise_for_status()
    return answer.json()["access_token"]
