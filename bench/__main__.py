"""Every bench of this folder in turn: `python -m bench [--quick] [NAME…]`. It fails when one of them does."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
DATA = Path(os.environ.get("QUORATE_DATA_SETS", HERE.parent.parent / "shared" / "data"))
QUICK: dict[str, list[str]] = {
    "certificate": ["--runs", "20"],
    "dawid_skene": ["--votes", "100000", "--large", "0", "--no-peer", "--repeat", "1"],
    "import_items": ["--items", "20000"],
    "large_crowd": ["--items", "3000", "--workers", "200"],
    "large_votes": ["--votes", "1000000"],
    "loop": ["--quick"],
    "stopping": ["--sets", "sp", "--seeds", "1", "--no-sweep"],
    "truth": ["--sets", "sp"],
    "unseen": ["--sets", "snow_temporal", "like sp_amt 0"],
}
"""Arguments with which a bench says little but runs through in seconds."""
ON_REAL_DATA = {"crowdlab", "kinds", "stopping", "truth", "unseen"}


def main() -> None:
    names = sorted(path.stem for path in HERE.glob("*.py") if not path.stem.startswith("_"))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*names, []], metavar="NAME", help=", ".join(names))
    parser.add_argument("--quick", action="store_true", help="small sizes: does it run, not how fast it is")
    options = parser.parse_args()
    failed = [name for name in options.names or names if not _run(name, options.quick)]
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


def _run(name: str, quick: bool) -> bool:
    if name in ON_REAL_DATA and not DATA.is_dir():
        print(f"== {name}: left out, there is no data in {DATA} (set QUORATE_DATA_SETS)", flush=True)
        return True
    arguments = ["--data", str(DATA)] if name in ON_REAL_DATA else []
    arguments += QUICK.get(name, []) if quick else []
    print(f"== {name} {' '.join(arguments)}", flush=True)
    begun = time.monotonic()
    done = subprocess.run([sys.executable, str(HERE / f"{name}.py"), *arguments], check=False)
    print(f"== {name}: {'done' if done.returncode == 0 else 'FAILED'} in {time.monotonic() - begun:.0f} s", flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    main()
