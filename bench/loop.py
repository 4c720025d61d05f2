"""How fast people can work: `python bench/loop.py --tasks 20000 --clients 16 --seconds 10 --overlap 3 --json`.

Claim: on two cores, clients included, 16 annotators do at least 600 loops/s (a loop is one task claimed and answered)
and at least a third of the bare limit, the slowest hundredth of them in at most 60 ms, without an error and without a
task that got more answers than wanted.

In one run, on one embedded server: (1) claim and submit over HTTP against `quorate serve`, each annotator a process of
its own; (2) the bare limit: the same statements straight through psycopg from as many processes, no HTTP. With
`--claim-cost`, instead: what a claim costs in a small and in a large project, after most of it is decided, and for
somebody who has answered much.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg

from load import claim_cost
from load.installation import Installation, installed, serving

HERE = Path(__file__).parent
WARM_UP = 2.0

OVERLAPS = """
SELECT count(*) FROM (
    SELECT a.task_id FROM assignments a
    WHERE a.state IN ('open', 'submitted') GROUP BY 1 HAVING count(*) > %(overlap)s) AS more
"""
DOUBLES = "SELECT count(*) - count(DISTINCT (task_id, account_id)) FROM annotations"


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="quorate-bench-") as folder, installed(Path(folder)) as here:
        if options.claim_cost:
            result = claim_cost.measure(here, 100_000 if options.quick else 1_000_000)
        else:
            result = _measure(here, options)
    print(json.dumps(result) if options.json else "\n".join(f"{name:>20}: {value}" for name, value in result.items()))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", type=int, default=20_000)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--overlap", type=int, default=3, help="answers that each task gets")
    parser.add_argument("--processes", type=int, default=2, help="API processes")
    parser.add_argument("--separate", action="store_true", help="two requests a loop: submit, then claim")
    parser.add_argument("--worker", action=argparse.BooleanOptionalAction, default=True, help="run jobs beside")
    parser.add_argument("--routing", choices=("queue", "skill"), default="queue")
    parser.add_argument("--claim-cost", action="store_true", help="measure what a claim costs instead")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.quick:
        options.tasks, options.seconds = 5000, 4.0
    return options


def _measure(here: Installation, options: argparse.Namespace) -> dict[str, Any]:
    here.project(options.tasks, options.overlap, routing={"by": options.routing})
    people = [here.annotator(f"annotator {n}") for n in range(options.clients)]
    separate = str(int(options.separate))
    with serving(here.data, processes=options.processes, worker=options.worker) as port:
        clients = [["-S", "-E", str(HERE / "load/http.py"), str(port), separate, token] for _, token in people]
        over_http = _run(clients, options.seconds)
    violations = _violations(here.url, options.overlap)
    accounts = [str(account) for account, _ in people]
    bare = _run([[str(HERE / "load/bare.py"), here.url, str(options.overlap), separate, *accounts]], options.seconds)
    limit = bare["loops_per_s"]
    return {
        **over_http,
        "overlap_violations": violations,
        "bare_loops_per_s": limit,
        "bare_p99_ms": bare["p99_ms"],
        "ratio": round(over_http["loops_per_s"] / limit, 3) if limit else None,
        "clients": options.clients,
        "processes": options.processes,
        "requests_per_loop": 2 if options.separate else 1,
        "cores": os.cpu_count(),
        "load_before": round(_LOAD_BEFORE, 1),
    }


_LOAD_BEFORE = os.getloadavg()[0]


def _run(commands: Sequence[Sequence[str]], seconds: float) -> dict[str, Any]:
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    clients = [subprocess.Popen([sys.executable, *command], **pipes) for command in commands]
    for client in clients:
        assert client.stdout.readline() == "ready\n"
    begin = time.time() + WARM_UP
    for client in clients:
        client.stdin.write(f"{begin} {begin + seconds}\n")
        client.stdin.flush()
    told = [one for client in clients for one in json.loads(client.communicate()[0])]
    took = sorted(ms for one in told for ms in one["ms"])
    errors = [error for one in told for error in one["errors"]]
    for error in errors[:3]:
        print(error, file=sys.stderr)
    cuts = statistics.quantiles(took, n=100) if len(took) > 1 else [0.0] * 99
    return {
        "loops_per_s": round(len(took) / seconds, 1),
        "p50_ms": round(cuts[49], 2),
        "p95_ms": round(cuts[94], 2),
        "p99_ms": round(cuts[98], 2),
        "errors": len(errors),
        "dry": sum(one["dry"] for one in told),
    }


def _violations(url: str, overlap: int) -> int:
    """Tasks with more answers and open leases than wanted, plus second answers of somebody to the same task."""
    with psycopg.connect(url) as connection:
        found = [connection.execute(sql, {"overlap": overlap}).fetchone() for sql in (OVERLAPS, DOUBLES)]
    return sum(row[0] for row in found if row)


if __name__ == "__main__":
    main()
