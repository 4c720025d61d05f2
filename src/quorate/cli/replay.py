"""`quorate replay`: what would a policy have cost on recorded votes, and how right would it have been?"""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import typer

from quorate.cli.files import there, written
from quorate.errors import InvalidInput, Unavailable

NEEDED = "pip install 'quorate[plots]'"
THRESHOLDS = (0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.99)


def command(
    votes: Annotated[Path, typer.Option(help="CSV or Parquet with the columns item, worker, label.", callback=there)],
    truth: Annotated[
        Path, typer.Option(help="CSV with the columns item, label; used to score, nowhere else.", callback=there)
    ],
    policy: Annotated[
        Path | None, typer.Option(help="The policy, YAML; without it, the default policy.", callback=there)
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the random order and of the simulated expert.")] = 0,
    order: Annotated[str, typer.Option(help="How votes arrive: random or time.")] = "random",
    choose: Annotated[bool, typer.Option("--choose", help="Also choose which item an annotator gets.")] = False,
    budget: Annotated[
        float | None, typer.Option(min=0, max=1, help="Buy at most this share of the recorded votes.")
    ] = None,
    expert_accuracy: Annotated[
        float | None, typer.Option(min=0, max=1, help="Let a simulated expert answer what is escalated.")
    ] = None,
    sweep: Annotated[bool, typer.Option("--sweep", help="Try many thresholds: the cost-accuracy frontier.")] = False,
    plot: Annotated[
        Path | None,
        typer.Option(
            help="Where --sweep draws (.png or .svg); frontier.png where it can draw.", callback=written(".png", ".svg")
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """What would a policy have cost on recorded votes, and how right would it have been?"""
    from quorate.flow.recorded import Recorded, timed

    _check(order)
    drawn = _where(plot) if sweep else None
    chosen = _policy(policy)
    recorded = Recorded.read(votes, truth)
    how = {
        "order": "choose" if choose else order, "seed": seed, "expert_accuracy": expert_accuracy, "budget": budget,
    }  # fmt: skip
    majority = recorded.majority()
    if sweep:
        rows = [
            {"threshold": threshold, **timed(recorded, chosen.accepting(threshold), **how)} for threshold in THRESHOLDS
        ]
        if drawn:
            _draw(rows, majority, drawn)
        answer = {"frontier": rows, "accuracy_majority_all": majority, "plot": str(drawn) if drawn else None}
        typer.echo(json.dumps(answer) if as_json else _table(rows, majority, drawn))
        return
    score = timed(recorded, chosen, **how)
    score |= {"accuracy_majority_all": majority, "accuracy_consensus_all": recorded.consensus()}
    typer.echo(json.dumps(score) if as_json else _sentences(score))


def _check(order: str) -> None:
    if order not in {"random", "time"}:
        raise InvalidInput(f"There is no order {order!r}.", where="--order", mend="Say random or time.")


def _where(plot: Path | None) -> Path | None:
    """Where to draw: as asked; else beside, where drawing is possible. Said before the votes are replayed for it."""
    can = find_spec("matplotlib") is not None
    if plot is None:
        return Path("frontier.png") if can else None
    if not can:
        raise Unavailable("Drawing needs matplotlib.", where="--plot", mend=NEEDED)
    return plot


def _policy(path: Path | None) -> Any:
    import yaml

    from quorate.flow.policy import Policy

    if path is None:
        return Policy()
    try:
        body = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InvalidInput(f"The policy cannot be read: {error}", where=str(path)) from None
    if body is not None and not isinstance(body, dict):
        raise InvalidInput("A policy is a mapping of fields.", where=str(path), mend="Write such as accept: {…}.")
    try:
        return Policy.parse(body)
    except InvalidInput as error:
        raise InvalidInput(error.detail, where=f"{path}: {error.where}", mend=error.mend) from None


def _sentences(score: dict[str, Any]) -> str:
    share = score["votes_used"] / score["votes_total"]
    lines = [
        f"{score['votes_used']:,} of {score['votes_total']:,} votes ({share:.1%}) on {score['items']:,} items",
        f"accuracy {score['accuracy']:.4f}; of all votes: majority {score['accuracy_majority_all']:.4f}, "
        f"consensus {_or_dash(score['accuracy_consensus_all'])}",
        f"{score['escalated']:,} escalated; {score['accepted']:,} accepted, promised "
        f"{_or_dash(score['accepted_promise'])} right, were {_or_dash(score['accepted_accuracy'])}",
        f"{score['seconds']:.1f} s",
    ]
    return "\n".join(lines)


def _or_dash(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"


def _table(rows: list[dict[str, Any]], majority: float, plot: Path | None) -> str:
    lines = ["threshold  votes   share  accuracy  escalated  promised  was"]
    lines += [
        f"{row['threshold']:9.2f} {row['votes_used']:6d}  {row['votes_used'] / row['votes_total']:6.1%} "
        f"{row['accuracy']:9.4f}  {row['escalated']:9d}  {_or_dash(row['accepted_promise']):>8s}  "
        f"{_or_dash(row['accepted_accuracy'])}"
        for row in rows
    ]
    drawn = f"drawn in {plot}" if plot else f"not drawn; for that: {NEEDED}"
    return "\n".join([*lines, f"majority of all votes: {majority:.4f}", drawn])


def _draw(rows: list[dict[str, Any]], majority: float, plot: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6.4, 4.2), layout="constrained")
    shares = [row["votes_used"] / row["votes_total"] for row in rows]
    axes.plot(shares, [row["accuracy"] for row in rows], marker="o", label="this policy, by threshold")
    for share, row in zip(shares, rows, strict=True):
        axes.annotate(f"{row['threshold']:g}", (share, row["accuracy"]), xytext=(4, -10), textcoords="offset points")
    axes.axhline(majority, color="grey", linestyle="--", label="majority of all votes")
    axes.set(xlabel="share of the votes", ylabel="accuracy", xlim=(0, 1.02))
    axes.legend(loc="lower right")
    figure.savefig(plot, metadata={"Date": None} if plot.suffix == ".svg" else None)
    pyplot.close(figure)
