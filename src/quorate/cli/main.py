"""The `quorate` command: a table of subcommands, of which only the one that is called gets imported.

A subcommand lives in `cli/<name>.py` (dashes become underscores, and a keyword gets one at its end) and defines either
`command`, a function, or `group`, a `typer.Typer` with commands of its own. Its line in
`COMMANDS` is all there is to register it.
"""

from __future__ import annotations

import json
import signal
import sys
from importlib import import_module
from keyword import iskeyword
from typing import NoReturn

import typer

from quorate import __version__
from quorate.errors import InvalidInput, QuorateError

COMMANDS = {
    "demo": "Label real images with a simulated crowd over the real API, and show what it cost.",
    "serve": "Serve the API, its worker, and the embedded database if there is no other.",
    "account": "Add people and machines, give them roles and tokens.",
    "worker": "Run jobs: refits, seals, expired leases.",
    "apply": "Make a project what its folder says: check, show the plan, publish what changed.",
    "pull": "Write a project's specs to a folder.",
    "spec": "List, compare, revert and clone the versions of a project's specs.",
    "import": "Bring items in: JSONL, CSV, Parquet, or a folder of texts, images and sounds.",
    "export": "Write the labels with their confidences, evidence, a datasheet and a proof.",
    "status": "Progress, quality, cost, and what waits for whom.",
    "metrics": "Agreement, speed, cost and the rest over time: by step, class and person.",
    "qualified": "Who has shown what the policy asks for.",
    "retake": "Let somebody sit an exam once more than it allows.",
    "finding": "What was noticed about the work: list, uphold, dismiss; why errors happen, and lessons.",
    "clarification": "What the guideline should say more clearly: list, ask, answer, decline.",
    "hours": "When somebody works, and when they are away.",
    "duty": "Who is on duty now, and whose turn how many cases are.",
    "lead": "Annotators who are proposed for promotion: list, accept, decline.",
    "pay": "What was earned; pay it out, hold it, reverse it, give bonuses.",
    "why": "The whole story of a label.",
    "aggregate": "Turn a file of votes into labels with believable confidences.",
    "replay": "What would a policy have cost on recorded votes, and how right would it have been?",
    "verify": "Check that nothing was changed since it was said: the ledger, or one export by itself.",
    "rebuild": "Check that the current state follows from what was said, and mend it where it does not.",
    "doctor": "Check what a support engineer would ask first, with a mend for each failure.",
    "migrate": "Bring the database's tables up to date.",
    "backup": "Write the whole database to a file.",
    "restore": "Fill an empty database from such a file.",
}


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"quorate {__version__}")
        raise typer.Exit


def build(wanted: str | None) -> typer.Typer:
    """The application, with the wanted command imported and the others present by name and help only."""
    app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode="rich")

    @app.callback()
    def root(
        version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Show it."),
    ) -> None:
        """Quorate: labels from crowd, experts and models, with confidences that hold and the story of why."""

    for name, text in COMMANDS.items():
        if name != wanted:
            app.command(name, help=text)(lambda: None)
            continue
        file = f"{name}_" if iskeyword(name) else name.replace("-", "_")
        module = import_module(f"quorate.cli.{file}")
        if hasattr(module, "group"):
            app.add_typer(module.group, name=name, help=text)
        else:
            app.command(name, help=text)(module.command)
    return app


def _leave(number: int, _frame: object) -> NoReturn:
    """End as after Ctrl-C: what the command has begun, the database among it, is ended on the way out."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # who is leaving need not be told again
    sys.exit(128 + signal.SIGTERM)


def _lost(lost: sys.UnraisableHookArgs) -> None:
    """Leave a moment later when that was lost: it came where nothing can be raised, as in clearing something away."""
    if lost.exc_type is SystemExit:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
    else:
        sys.__unraisablehook__(lost)


def main() -> None:
    """Run the command; a `QuorateError` becomes a message with its mend, and exit code 2 (bad input) or 1."""
    arguments = sys.argv[1:]
    for told in (signal.SIGTERM, signal.SIGALRM):
        signal.signal(told, _leave)
    sys.unraisablehook = _lost
    try:
        build(next((word for word in arguments if not word.startswith("-")), None))()
    except QuorateError as error:
        if "--json" in arguments:
            problem = {"type": error.type, "detail": error.detail, "where": error.where, "mend": error.mend}
            typer.echo(json.dumps({"error": problem}))
        place = f"{error.where}: " if error.where else ""
        typer.secho(f"{place}{error.detail}", fg="red", err=True)
        if error.mend:
            typer.echo(f"  {error.mend}", err=True)
        sys.exit(2 if isinstance(error, InvalidInput) else 1)


if __name__ == "__main__":
    main()
