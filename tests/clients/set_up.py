"""Makes the virtual environment that the Python clients share, if it is missing or older than requirements.txt."""
import subprocess
import venv
from pathlib import Path

here = Path(__file__).resolve().parent
lock, folder = here / "requirements.txt", here / ".venv"
made = folder / "made"
if not made.exists() or made.stat().st_mtime < lock.stat().st_mtime:
    venv.create(folder, clear=True, with_pip=True)
    install = ["install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:", "--require-hashes"]
    subprocess.run([folder / "bin/pip", *install, "-r", lock], check=True)
    made.touch()
