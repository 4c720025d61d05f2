"""Runs the files in which a test failed again, each whole and in a new process: what `make test` does after a failure.

A test that drives a browser, or kills a process, on a machine that is busy with something else fails now and then
although nothing is broken. What fails twice is broken. What fails once is unsteady: it is named at the end, to be
hunted and not to be shrugged at. When more than a few files fail it is no accident, and nothing is run again.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

LAST_FAILED = Path(".pytest_cache/v/cache/lastfailed")
FEW = 3


def main() -> int:
    """The exit code for the whole run: 0 when nothing fails twice."""
    failed = sorted(json.loads(LAST_FAILED.read_text())) if LAST_FAILED.exists() else []
    files = sorted({test.partition("::")[0] for test in failed})
    if not 0 < len(files) <= FEW:
        print(f"Tests of {len(files)} files failed: they are not run again.", flush=True)
        return 1
    print(f"\nRunning again, each by itself: {', '.join(files)}", flush=True)
    broken = [file for file in files if subprocess.run([sys.executable, "-m", "pytest", file], check=False).returncode]
    for test in failed:
        print("UNSTEADY, failed once of twice:" if test.partition("::")[0] not in broken else "BROKEN:", test)
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main())
