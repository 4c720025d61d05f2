"""`quorate aggregate`: a file of votes in, labels with believable confidences out."""

from __future__ import annotations

import json
import time
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from quorate.cli.files import there, written
from quorate.errors import InvalidInput

if TYPE_CHECKING:
    from quorate.truth.model import TruthModel
    from quorate.truth.score import Score
    from quorate.truth.votes import Votes
    from quorate.truth.workers import WorkerReport

TABLES = (".csv", ".parquet")
SHOWN = 10  # rows of a table on the terminal
MARKS = {"spans": "Spans", "boxes": "Boxes"}


def command(
    votes: Annotated[
        Path, typer.Argument(help="CSV, Parquet, or a folder of Parquet: item, worker, label.", callback=there)
    ],
    method: Annotated[
        str,
        typer.Option(help="consensus, majority, dawid_skene, ... (another word lists all); spans or boxes for marks."),
    ] = "consensus",
    gold: Annotated[Path | None, typer.Option(help="Known answers to learn from: item, label.", callback=there)] = None,
    truth: Annotated[
        Path | None, typer.Option(help="Known answers to score against, and nothing else.", callback=there)
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write the labels here (.csv or .parquet).", callback=written(*TABLES))
    ] = None,
    workers: Annotated[
        Path | None, typer.Option(help="Write the table of workers here (.csv or .parquet).", callback=written(*TABLES))
    ] = None,
    repeats: Annotated[bool, typer.Option(help="Count equal (item, worker, label) rows each as a vote.")] = False,
    dask: Annotated[
        str | None, typer.Option(help="Fit on this Dask scheduler: dawid_skene, a folder, with --repeats.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Find the label of each item, how sure it is, who can be trusted, and what deserves another look."""
    from quorate import truth as engine
    from quorate.truth.workers import worker_report

    if method in MARKS:
        _marks(method, votes, gold, truth, out, workers, as_json)
        return
    began = time.perf_counter()
    cast = _read(votes, repeats or dask is not None)
    known = engine.read_labels(gold) if gold else {}
    cast = _with_gold(cast, known) if known else cast
    answers = engine.read_labels(truth) if truth else None
    model: TruthModel = _spread(dask, method, votes, known) if dask else engine.make(method).fit(cast, known)
    seconds = time.perf_counter() - began
    result = _score(model, cast, answers, known)
    report = worker_report(cast, model.proba_)
    if out:
        _write(out, _label_columns(model, cast))
    if workers:
        _write(workers, report.columns())
    summary = _summary(method, cast, result, seconds)
    if as_json:
        typer.echo(json.dumps(summary))
    else:
        _show(summary, cast, model, report)


def _marks(
    method: str, path: Path, gold: Path | None, truth: Path | None, out: Path | None, workers: Path | None, bare: bool
) -> None:
    """The same for labels that are lists of spans or boxes, as JSON. F1 is over all marks; boxes match from half on."""
    from quorate import truth as engine
    from quorate.truth import marks

    began = time.perf_counter()
    votes = marks.read_votes(path)
    model = getattr(engine, MARKS[method])().fit(votes, engine.read_labels(gold) if gold else None)
    told: dict[str, Any] = {"method": method, "items": votes.n_items, "workers": votes.n_workers}
    told |= {"votes": votes.n_votes, "classes": len(model.classes_)}
    told["marks"] = sum(len(found) for found in model.labels_)
    if truth:
        told |= model.score(engine.read_labels(truth), leave_out=engine.read_labels(gold) if gold else {})
    told["seconds"] = round(time.perf_counter() - began, 3)
    if out:
        as_text = [json.dumps(found, ensure_ascii=False) for found in model.labels_]
        each = [json.dumps([round(p, 6) for p in found]) for found in model.proba_]
        _write(out, {"item": model.items_, "label": as_text, "confidence": model.confidence_, "marks": each})
    if workers:
        skills = model.skills_
        classes = len(model.classes_)
        found = 1 - skills[:, 1 : classes + 1, 0].mean(axis=1)
        columns = {"worker": model.workers_, "finds": found, "false_alarm": 1 - skills[:, 0, 0]}
        _write(workers, columns | {"exact": model.exact_})
    typer.echo(json.dumps(told) if bare else "\n".join(f"{name:12} {value}" for name, value in told.items()))


def _read(path: Path, repeats: bool) -> Votes:
    from quorate.truth.votes import Votes

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        cast = Votes.read(path)
    for warning in caught:
        _note(str(warning.message))
    once = cast if repeats else cast.without_duplicates()
    if len(once) < len(cast):
        _note(f"{len(cast) - len(once)} rows repeat an (item, worker, label); they count once (see --repeats).")
    if once.n_classes == 1:
        _note("All votes name one class: nothing can be learnt about the workers.")
    if once.n_workers == 1:
        _note("All votes come from one worker: the labels are theirs, and their skill is a guess.")
    return once


def _with_gold(votes: Votes, known: Mapping[str, str]) -> Votes:
    """The votes with every class that gold names; what of gold can teach nothing is said."""
    judged = set(map(str, votes.items))
    if strange := [item for item in known if item not in judged]:
        _note(f"{len(strange)} of {len(known)} known answers are of items without votes, such as {strange[0]!r}.")
    return votes.with_classes(dict.fromkeys(known.values()))


def _note(text: str) -> None:
    typer.secho(f"note: {text}", fg="yellow", err=True)


def _spread(address: str, method: str, folder: Path, gold: Mapping[str, str]) -> TruthModel:
    from quorate.truth.partition import fit_folder

    if method != "dawid_skene":
        raise InvalidInput(f"{method!r} does not run on Dask.", where="--dask", mend="Add --method dawid_skene.")
    return fit_folder(address, folder, gold)


def _score(model: TruthModel, votes: Votes, truth: Mapping[str, str] | None, gold: Mapping[str, str]) -> Score | None:
    """Score on items whose truth the model was not told."""
    from quorate.truth.score import code_truth, score

    if truth is None:
        return None
    unseen = {item: label for item, label in truth.items() if item not in gold}
    if not unseen:
        raise InvalidInput("Every item with a truth is gold.", where="--truth", mend="Score on other items.")
    return score(model.proba_, code_truth(votes, unseen))


def _summary(method: str, votes: Votes, result: Score | None, seconds: float) -> dict[str, Any]:
    return {
        "method": method,
        "items": votes.n_items,
        "workers": votes.n_workers,
        "votes": votes.n_votes,
        "classes": votes.n_classes,
        "accuracy": result.accuracy if result else None,
        "nll": result.nll if result else None,
        "ece": result.ece if result else None,
        "seconds": round(seconds, 3),
    }


def _label_columns(model: TruthModel, votes: Votes) -> dict[str, Any]:
    """Labels with their confidence, what each class gets, and what the item deserves next."""
    from quorate.truth.doubt import doubts

    doubt = doubts(votes, model.proba_)
    columns = {"item": model.items_, "label": model.labels_, "confidence": model.proba_.max(axis=1)}
    columns |= {"votes": doubt.votes, "next": doubt.next}
    return columns | {f"p_{label}": model.proba_[:, k] for k, label in enumerate(model.classes_)}


def _write(path: Path, columns: Mapping[str, Any]) -> None:
    import pyarrow as pa
    from pyarrow import csv, parquet

    table = pa.table({name: pa.array(values) for name, values in columns.items()})
    if path.suffix.lower() == ".parquet":
        parquet.write_table(table, str(path))
    else:
        csv.write_csv(table, str(path))


def _show(summary: Mapping[str, Any], votes: Votes, model: TruthModel, report: WorkerReport) -> None:
    from rich.console import Console

    from quorate.truth.agreement import agreement
    from quorate.truth.doubt import doubts

    console = Console()
    size = (f"{summary[name]:,} {name}" for name in ("votes", "items", "workers", "classes"))
    console.print(f"[bold]{summary['method']}[/bold]: {', '.join(size)} in {summary['seconds']:.1f} s")
    if summary["accuracy"] is not None:
        console.print(f"accuracy {summary['accuracy']:.4f}, NLL {summary['nll']:.3f}, ECE {summary['ece']:.3f}")
    alpha = agreement(votes, "krippendorff", resamples=200)
    console.print(f"Krippendorff's alpha {alpha.value:.3f} ({alpha.low:.3f} to {alpha.high:.3f})")
    _table(console, "Labels", {"item": model.items_, "label": model.labels_, "confidence": model.proba_.max(axis=1)})
    doubt = doubts(votes, model.proba_)
    first = doubt.order[doubt.next[doubt.order] != ""]
    chosen = {"item": model.items_, "votes": doubt.votes, "confidence": model.proba_.max(axis=1), "next": doubt.next}
    _table(console, "Look at these first", {name: values[first] for name, values in chosen.items()})
    order = report.votes.argsort()[::-1]
    names = ("worker", "votes", "accuracy", "low", "high", "verdict")
    _table(console, "Workers", {name: getattr(report, name)[order] for name in names})


def _table(console: Any, title: str, columns: Mapping[str, Any]) -> None:
    from rich.table import Table

    total = len(next(iter(columns.values())))
    table = Table(*columns, title=f"{title} ({min(SHOWN, total):,} of {total:,})", title_justify="left")
    for row in zip(*(values[:SHOWN] for values in columns.values()), strict=True):
        table.add_row(*(f"{value:.3f}" if isinstance(value, float) else str(value) for value in row))
    if total:
        console.print(table)
