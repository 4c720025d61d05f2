"""How many audits each bound needs to certify a target, and how wide it is: 20,000 labels, delta .05.

    python bench/certificate.py [--json] [--runs 200]

`audits`: the smallest number with which the bound reaches alpha in nine of ten random audits (exact, from the
distribution of errors found; 20,000 if no less will do). `sequence, stopping` looks after every audit and stops as soon
as it may: mean number of audits over `--runs` simulations. `weighted` is for strata of 60, 30 and 10 % of the labels,
and `split delta` the usual way to add up the same strata. `width`: mean of bound / true error after 500 audits (the
mean bound itself if the error is 0).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from scipy import special

from quorate.truth import bounds
from quorate.truth.sequences import error_upper

SIZE, DELTA, POWER = 20_000, 0.05, 0.9
STRATA = np.array([0.6, 0.3, 0.1])
Bound = Callable[[int, int], float]


def spread(errors: int) -> list[int]:
    """Errors over the three strata in proportion, the largest remainders first."""
    exact = errors * STRATA
    whole = np.floor(exact).astype(int)
    whole[np.argsort(whole - exact)[: errors - whole.sum()]] += 1
    return [int(n) for n in whole]


def weighted(errors: int, audits: int) -> float:
    """Three strata at one rate, combined."""
    unseen = (SIZE - audits) * STRATA
    return bounds.weighted_upper([audits / SIZE] * 3, spread(errors), unseen, DELTA) / SIZE


def split_delta(errors: int, audits: int) -> float:
    """Three strata, each with its own exact bound at a third of delta, added up."""
    parts = zip(spread(errors), STRATA, strict=True)
    return (
        sum(bounds.hypergeometric_upper(k, round(audits * share), round(SIZE * share), DELTA / 3) for k, share in parts)
        / SIZE
    )


def betting(errors: int, audits: int) -> float:
    """The betting bound, at one probability."""
    return bounds.betting_upper([0.05, 0.05], [True, False], [errors, audits - errors], 0.05, DELTA)


BOUNDS: dict[str, Bound] = {
    "hypergeometric": lambda k, n: bounds.hypergeometric_upper(k, n, SIZE, DELTA) / SIZE,
    "Clopper-Pearson": lambda k, n: float(bounds.clopper_pearson(k, n, DELTA)[1]),
    "weighted": weighted,
    "split delta": split_delta,
    "betting": betting,
    "sequence": lambda k, n: float(error_upper(k, n, DELTA)),
}


def most_errors(bound: Bound, audits: int, alpha: float) -> int:
    """Most errors with which the bound still reaches alpha; −1 for none."""
    low, high = -1, int(alpha * audits) + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if bound(middle, audits) <= alpha else (low, middle)
    return low


def audits_for(bound: Bound, alpha: float, error: float) -> int:
    """Audits with which alpha is certified with probability `POWER`."""

    @cache
    def power(audits: int) -> float:
        most = most_errors(bound, audits, alpha)
        return 0.0 if most < 0 else float(special.bdtr(most, audits, error))

    low, high = 16, 32
    while high < SIZE and power(high) < POWER:
        low, high = high, min(SIZE, 2 * high)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if power(middle) >= POWER else (middle, high)
    return high


def audits_stopping(alpha: float, error: float, runs: int) -> float:
    """Mean audits until the sequence reaches alpha, looking after each."""
    rng = np.random.default_rng(0)
    limits: dict[int, int] = {}
    found = []
    for _ in range(runs):
        wrong = np.cumsum(rng.random(SIZE) < error)
        times = np.flatnonzero(np.diff(wrong, prepend=-1))  # the bound falls between errors: look at each count's last
        ends = np.append(times[1:], SIZE)
        for k, end in zip(wrong[times].tolist(), ends.tolist(), strict=True):
            limits.setdefault(k, _first_reach(k, alpha))
            if limits[k] <= end:
                found.append(max(limits[k], 1))
                break
        else:
            found.append(SIZE)
    return float(np.mean(found))


def _first_reach(errors: int, alpha: float) -> int:
    low, high = errors, SIZE
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if float(error_upper(errors, middle, DELTA)) <= alpha else (middle + 1, high)
    return high


def width(bound: Bound, error: float, audits: int = 500) -> float:
    """Mean bound over what may be found, by its probability; relative to the true error if there is one."""
    counts = np.arange(int(audits * error + 8 * (audits * error) ** 0.5) + 1)
    chance = special.bdtr(counts, audits, error) if error else np.ones(1)
    mean = float(np.diff(chance, prepend=0) @ [bound(int(k), audits) for k in counts])
    return mean / error if error else mean


def table(runs: int) -> list[dict[str, Any]]:
    """A row for each target, true error and bound."""
    rows = []
    for alpha in (0.05, 0.02, 0.01):
        for error in (0.0, alpha / 4, alpha / 2):
            for name, bound in BOUNDS.items():
                needed = {"audits": audits_for(bound, alpha, error), "width": round(width(bound, error), 5)}
                rows.append({"alpha": alpha, "error": error, "bound": name} | needed)
            stopped = round(audits_stopping(alpha, error, runs))
            rows.append({"alpha": alpha, "error": error, "bound": "sequence, stopping", "audits": stopped})
    return rows


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--runs", type=int, default=200)
    arguments = parser.parse_args()
    rows = table(arguments.runs)
    if arguments.json:
        print(json.dumps({"size": SIZE, "delta": DELTA, "power": POWER, "rows": rows}, indent=2))
        return
    print(f"{'alpha':>6} {'error':>7}  {'bound':<20}{'audits':>7}{'width':>9}")
    for row in rows:
        print(f"{row['alpha']:>6} {row['error']:>7.4f}  {row['bound']:<20}{row['audits']:>7}{row.get('width', ''):>9}")


if __name__ == "__main__":
    main()
