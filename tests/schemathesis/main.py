"""Runs schemathesis against a server of its own, and makes sure that it got past the door. README.md."""
import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

import requests
from data import SETTINGS, Data
from server import Database, Server, token

HERE = Path(__file__).resolve().parent
# Of all answers, those that did what was asked: fewer, and the run has mostly tested the door.
LEAST_SHARE = 0.15


def settings(identifiers):
    """Ours, and the identifiers of what was made for the paths."""
    text = (HERE / "schemathesis.toml").read_text(encoding="utf-8")
    text += "".join(f'"path.{name}" = {{ dictionary = "{name}", probability = 0.7 }}\n' for name in identifiers)
    text += "".join(f"[dictionaries.{name}]\nvalues = {json.dumps(values)}\n" for name, values in identifiers.items())
    return text


def run(server, identifiers):
    """Whether schemathesis is content, and what it noted."""
    folder = Path(server.folder.name)
    config, notes = folder / "schemathesis.toml", folder / "notes"
    config.write_text(settings(identifiers), encoding="utf-8")
    notes.touch()
    environment = {
        **os.environ,
        "ISSUER": server.issuer,
        "CLIENT_SECRET": server.secret,
        "NOTES": str(notes),
        "PYTHONPATH": str(HERE),
    }
    command = [Path(sys.executable).parent / "schemathesis", "--config-file", config, "run", f"{server.api}/openapi.json"]
    ended = subprocess.run(command, cwd=folder, env=environment)
    noted = [json.loads(line) for line in notes.read_text(encoding="utf-8").splitlines()]
    return ended.returncode == 0, noted


def judge(noted, described):
    """What is wrong with the run itself."""
    statuses = defaultdict(Counter)
    for operation, status in noted:
        statuses[operation][status] += 1
    done = sum(status < 300 for _, status in noted)
    share = done / max(len(noted), 1)
    for operation in sorted(described):
        print(f"  {operation:60} {dict(sorted(statuses[operation].items()))}")
    print(f"{len(noted)} requests to {len(described)} operations, {share:.0%} done")
    faults = [f"{operation} was never called" for operation in described if operation not in statuses]
    if share < LEAST_SHARE:
        faults.append(f"only {share:.0%} of the requests were done")
    return faults


def operations(api):
    """Every operation that is described, as schemathesis names it."""
    paths = requests.get(f"{api}/openapi.json", timeout=30).json()["paths"]
    return [f"{method.upper()} {path}" for path, methods in paths.items() for method in methods]


def main():
    with Database() as database, Server(database, SETTINGS) as server:
        data = Data(server, token(server.issuer, server.secret))
        is_content, noted = run(server, data.identifiers)
        print(f"\non {database}:")
        faults = judge(noted, operations(server.api)) + server.complaints()
    for fault in faults:
        print(f"fault: {fault}", file=sys.stderr)
    sys.exit(0 if is_content and not faults else 1)


main()
