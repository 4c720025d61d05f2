"""`quorate demo`: a whole project in a minute, by a simulated crowd over the real API."""

from __future__ import annotations

import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from quorate.cli.demonstration.client import Client
    from quorate.cli.demonstration.crowd import Annotator
    from quorate.cli.demonstration.digits import Digits
    from quorate.cli.demonstration.stage import Stage

FOUND_OUT = ("random", "constant", "adversarial", "confuses")
LONGEST = 300.0
REFIT_SECONDS = 1.5


def command(
    serve: Annotated[bool, typer.Option(help="Stay up afterwards, for a person to try.")] = True,
    items: Annotated[int | None, typer.Option(min=100, max=1797, help="How many of the 1,797 digits.")] = None,
    seed: Annotated[int, typer.Option(help="What the people say and see is drawn from it.")] = 0,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; if taken, or 0, a free one.")] = 8137,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
) -> None:
    """Have sixteen people, a classifier and two experts label digits; show what it cost and how right it is."""
    try:
        from quorate.cli.demonstration.digits import load

        digits = load(items, seed)
    except ImportError:
        typer.secho("The demonstration needs scikit-learn: pip install 'quorate[learn]'", fg="red", err=True)
        raise typer.Exit(1) from None
    from quorate.cli.demonstration import stage as stages

    with (
        tempfile.TemporaryDirectory(prefix="quorate-demo-", ignore_cleanup_errors=True) as folder,
        stages.serving(Path(folder), host, port) as stage,
    ):
        outcome = _play(stage, digits, seed, quiet=as_json)
        if as_json:
            import orjson

            typer.echo(orjson.dumps(outcome))
        else:
            _show(outcome)
        if serve:
            _stay(stage)


def _play(stage: Stage, digits: Digits, seed: int, *, quiet: bool) -> dict[str, Any]:
    from quorate.cli.demonstration import crowd
    from quorate.cli.demonstration import stage as stages
    from quorate.cli.progress import showing

    began = time.monotonic()
    admin = stage.client("admin")
    stages.publish(admin, "digits")
    stages.bring_digits(admin, digits)
    people, experts = crowd.crowd(), crowd.experts()
    roles = {p.name: "annotator" for p in people} | {p.name: "expert" for p in experts} | {"classifier": "machine"}
    stages.people(stage, roles)
    with showing("label digits", quiet=quiet) as show:
        _label(stage, digits, seed, people, experts, show)
    stages.bring_reviews(admin)
    return _outcome(admin, digits, seed, time.monotonic() - began)


def _label(
    stage: Stage, digits: Digits, seed: int, people: list[Annotator], experts: list[Annotator], show: Any
) -> None:
    from quorate.cli.demonstration.work import Classifier, annotate, judge

    truth = dict(zip(digits.keys, digits.truth, strict=True))
    stop, failed = threading.Event(), []

    def run(do: Any, *arguments: Any) -> None:
        try:
            do(*arguments, stop)
        except Exception as error:
            failed.append(error)
            stop.set()

    threads = [
        threading.Thread(target=run, args=(work, stage.client(one.name), one, truth, seed))
        for work, group in ((annotate, people), (judge, experts))
        for one in group
    ]
    threads.append(threading.Thread(target=run, args=(Classifier(stage.client("classifier"), digits).run,)))
    for thread in threads:
        thread.start()
    try:
        _settle(stage.client("admin"), stop, show)
    finally:  # told to leave, too
        stop.set()
        for thread in threads:
            thread.join()
    if failed:
        raise failed[0]


def _settle(admin: Client, stop: threading.Event, show: Any) -> None:
    """Have the skills learnt anew, and wait until nobody has anything left to do."""
    from quorate.cli.demonstration.work import finished

    deadline = time.monotonic() + LONGEST
    settled, said, learnt_from, refit = False, 0, 0, time.monotonic() + REFIT_SECONDS
    progress: dict[str, Any] = {}
    while not stop.is_set() and not settled and time.monotonic() < deadline:
        time.sleep(0.5)
        # Time runs some forty times as fast here, for the worker as for the people. The last refit has heard all that
        # was said, and reopened nothing.
        if said != learnt_from and time.monotonic() > refit:
            admin.call("POST", "/projects/digits/refit")
            learnt_from, refit = said, time.monotonic() + REFIT_SECONDS
        done, progress = finished(admin)
        said = progress["judgements"] + progress["adjudicated"]
        settled = done and said == learnt_from
        decided, tasks = progress["states"].get("decided", 0), sum(progress["states"].values())
        waiting = sum(queue["cases"] for queue in progress["queues"])
        show(decided / tasks, decided, f"{progress['judgements']:,} judgements, {waiting} with the experts")
    if not stop.is_set() and not settled:
        typer.echo(
            f"Not settled after {LONGEST:.0f} s, {said - learnt_from} answers not learnt from: {progress}", err=True
        )


def _outcome(admin: Client, digits: Digits, seed: int, seconds: float) -> dict[str, Any]:
    from quorate.cli.demonstration.crowd import majority_of_five

    status = admin.call("GET", "/projects/digits/status")
    labels = _labels(admin)
    truth = dict(zip(digits.keys, digits.truth, strict=True))
    asked = {key: label for key, label in labels.items() if label["kind"] != "gold"}
    progress = admin.call("GET", "/projects/digits/progress")
    verified = admin.call("POST", "/projects/digits/ledger/verify")
    skills = admin.call("GET", "/projects/digits/skills")
    found = {s["name"]: s["verdict"] for s in skills if s["verdict"].startswith(FOUND_OUT) and s["kind"] == "person"}
    price = float(progress["price"])
    certificate = status["certificate"]
    return {
        "items": len(digits.keys),
        "decided": len(labels),
        "judgements": progress["judgements"],
        "judgements_per_item": round(sum(label["judgements"] for label in asked.values()) / max(len(asked), 1), 3),
        "accuracy": round(sum(label["value"] == truth[key] for key, label in asked.items()) / max(len(asked), 1), 4),
        "accuracy_fixed5": round(majority_of_five(digits.truth, digits.keys, seed), 4),
        "cost": float(status["cost"]["spent"]),
        "cost_fixed5": round(5 * price * len(digits.keys), 2),
        "adjudicated": progress["adjudicated"],
        "audited": certificate["audits"],
        "flagged": len(found),
        "found_out": found,
        "certificate": {name: certificate.get(name) for name in ("error_upper", "delta", "audits", "sentence")},
        "ledger_verified": verified["ok"],
        "events": verified["events"],
        "seconds": round(seconds, 1),
    }


def _labels(admin: Client) -> dict[str, Any]:
    found: dict[str, Any] = {}
    since = ""
    while True:
        page = admin.call("GET", f"/projects/digits/labels?limit=5000{since}")
        found |= {label["item"]: label for label in page["labels"]}
        if len(page["labels"]) < 5000:
            return found
        since = f"&since={page['next']}"


def _show(outcome: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{outcome['items']:,} handwritten digits, labelled in {outcome['seconds']:.0f} s")
    for heading in ("", "Quorate", "five votes each"):
        table.add_column(heading, justify="left" if not heading else "right")
    table.add_row("judgements an item", f"{outcome['judgements_per_item']:.2f}", "5.00")
    table.add_row("right (against the true digits)", f"{outcome['accuracy']:.2%}", f"{outcome['accuracy_fixed5']:.2%}")
    table.add_row("cost, experts and audits included", f"${outcome['cost']:,.2f}", f"${outcome['cost_fixed5']:,.2f}")
    table.add_row("adjudicated by experts", f"{outcome['adjudicated']:,}", "–")
    table.add_row("blind audits", f"{outcome['audited']:,}", "–")
    console = Console()
    console.print(table)
    console.print(f"Found out: {', '.join(f'{n} ({v})' for n, v in outcome['found_out'].items()) or 'nobody'}")
    console.print(outcome["certificate"]["sentence"])
    verified = "verified" if outcome["ledger_verified"] else "DOES NOT FIT"
    console.print(f"Ledger: {outcome['events']:,} events, {verified}.")


def _stay(stage: Stage) -> None:
    from quorate.cli.demonstration import stage as stages

    logins = stages.logins(stage)
    url = f"http://{stage.host}:{stage.port}"
    typer.echo(f"\nThe server stays up at {url} (API: {url}/api/v1/openapi.json). Sign in with the password", err=True)
    typer.echo(f"'{stages.PASSWORD}' as: {', '.join(logins.values())}. Try, in another terminal:", err=True)
    typer.echo(f"  export QUORATE_DATA={stage.data}", err=True)
    typer.echo("  quorate status digits; quorate why digits digit-0004", err=True)
    typer.echo("  quorate export digits --to digits.parquet; quorate verify digits.parquet", err=True)
    typer.echo("Ctrl-C stops it and removes its data.", err=True)
    try:
        stage.process.wait()
    except KeyboardInterrupt:
        typer.echo("Stopped.", err=True)
