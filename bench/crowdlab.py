"""Consensus with a classifier against cleanlab's CROWDLAB, on the same votes and the same out-of-fold probabilities.

    python bench/crowdlab.py --data ../shared/data [--json]

The classifier is logistic regression on TF-IDF features of the items' texts, trained on majority labels, five folds.
Each set is taken with all its votes and thinned to three an item. Reported: accuracy of the consensus labels; AUROC of
ranking wrong consensus labels by each method's own confidence in them; AUROC of ranking wrong votes.
"""

from __future__ import annotations

import argparse
import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quorate import truth
from quorate.truth.score import code_truth
from quorate.truth.tables import read_labels
from quorate.truth.votes import Votes

Array = NDArray[np.float64]
MOST_ITEMS = 3000


def load(folder: Path, per_item: int | None, seed: int = 0) -> tuple[Votes, NDArray[np.int32], list[str]]:
    """Votes (at most `per_item` an item, at random), truths, and texts in the order of the votes' items."""
    votes = Votes.read(folder / "votes.csv").without_duplicates()
    rng = np.random.default_rng(seed)
    rows = rng.permutation(len(votes))
    chosen = rng.permutation(votes.n_items)[:MOST_ITEMS]
    rows = rows[np.isin(votes.item[rows], chosen)]
    rows = rows[np.argsort(votes.item[rows], kind="stable")]
    place = np.arange(len(rows)) - np.searchsorted(votes.item[rows], votes.item[rows])
    kept = votes.take(rows[place < (per_item or len(rows))])
    votes = Votes.from_arrays(kept.items[kept.item], kept.workers[kept.worker], kept.labels[kept.label])
    bodies = {str(row["id"]): row for row in map(json.loads, (folder / "items.jsonl").read_text().splitlines())}
    texts = [text_of(bodies[str(item)]) for item in votes.items]
    return votes, code_truth(votes, read_labels(folder / "gold.csv")), texts


def text_of(body: dict[str, Any]) -> str:
    """One string: a token is repeated with a mark, so that it is told from its context."""
    context = body.get("context")
    return f"^{body['text']}$ ^{body['text']}$ {context}" if context else str(body["text"])


def out_of_fold(texts: list[str], labels: NDArray[np.intp], n_classes: int) -> Array:
    """Class probabilities of each item by a classifier that did not see it."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import KFold
    from sklearn.pipeline import make_pipeline

    proba = np.full((len(texts), n_classes), 1e-6)
    for train, test in KFold(5, shuffle=True, random_state=0).split(texts):
        model = make_pipeline(
            TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 4), min_df=2, sublinear_tf=True),
            LogisticRegression(C=10, max_iter=300),
        )
        model.fit([texts[i] for i in train], labels[train])
        proba[np.ix_(test, model.classes_)] = model.predict_proba([texts[i] for i in test])
    return proba / proba.sum(axis=1, keepdims=True)


def auroc(score: Array, wrong: NDArray[np.bool_]) -> float:
    """Probability that a wrong one has the lower score; ties count half."""
    from scipy.stats import rankdata

    ranks, bad = rankdata(-score), int(wrong.sum())
    good = len(wrong) - bad
    return float((ranks[wrong].sum() - bad * (bad + 1) / 2) / (bad * good)) if bad and good else float("nan")


def judge(votes: Votes, known: NDArray[np.int32], label: NDArray[Any], sure: Array, vote: Array) -> dict[str, float]:
    """`label` (I,) with confidence `sure` (I,), and a quality for each vote (n,)."""
    ok, seen = known >= 0, known[votes.item] >= 0
    wrong_votes = votes.label[seen] != known[votes.item[seen]]
    return {
        "accuracy": float((label[ok] == known[ok]).mean()),
        "auroc_consensus": auroc(sure[ok], label[ok] != known[ok]),
        "auroc_votes": auroc(vote[seen], wrong_votes),
    }


def with_ours(votes: Votes, model_proba: Array | None) -> tuple[NDArray[Any], Array, Array]:
    """Consensus, with the classifier or without."""
    fitted = truth.make("consensus").fit(votes, model_proba=model_proba)
    proba = fitted.proba_
    return fitted.codes_, proba.max(axis=1), proba[votes.item, votes.label]


def with_crowdlab(votes: Votes, model_proba: Array) -> tuple[NDArray[Any], Array, Array]:
    """CROWDLAB as cleanlab has it by default."""
    from cleanlab.multiannotator import get_label_quality_multiannotator

    table = np.full((votes.n_items, votes.n_workers), np.nan)
    table[votes.item, votes.worker] = votes.label
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = get_label_quality_multiannotator(table, model_proba, verbose=False)
    quality = found["detailed_label_quality"].to_numpy()
    label = found["label_quality"]
    names = [f"quality_annotator_{j}" for j in range(votes.n_workers)]
    columns = {name: place for place, name in enumerate(found["detailed_label_quality"].columns)}
    place = np.array([columns[name] for name in names])
    sure = label["consensus_quality_score"].to_numpy()
    return label["consensus_label"].to_numpy(), sure, quality[votes.item, place[votes.worker]]


def compare(folder: Path, per_item: int | None, seed: int) -> dict[str, dict[str, float]]:
    """Both on one set."""
    votes, known, texts = load(folder, per_item, seed)
    majority = truth.make("majority").fit(votes)
    model_proba = out_of_fold(texts, majority.codes_, votes.n_classes)
    sure, said = majority.proba_, model_proba[votes.item, votes.label]
    return {
        "majority": judge(votes, known, majority.codes_, sure.max(axis=1), sure[votes.item, votes.label]),
        "classifier": judge(votes, known, model_proba.argmax(1), model_proba.max(1), said),
        "consensus": judge(votes, known, *with_ours(votes, None)),
        "consensus + classifier": judge(votes, known, *with_ours(votes, model_proba)),
        "crowdlab": judge(votes, known, *with_crowdlab(votes, model_proba)),
    }


def main() -> None:
    """All sets with texts and truths."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sets", default="med_cause,pos_tweets")
    parser.add_argument("--draws", type=int, default=3, help="random thinnings, averaged")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    out: dict[str, dict[str, dict[str, float]]] = {}
    for name in options.sets.split(","):
        for per_item in (3, 5, None):
            runs = [compare(options.data / name, per_item, seed) for seed in range(options.draws if per_item else 1)]
            key = f"{name}, {per_item or 'all'} votes"
            out[key] = {
                method: {figure: float(np.mean([run[method][figure] for run in runs])) for figure in runs[0][method]}
                for method in runs[0]
            }
            if not options.json:
                print(key)
                for method, row in out[key].items():
                    print(f"  {method:24}" + "  ".join(f"{k} {v:.4f}" for k, v in row.items()), flush=True)
    if options.json:
        print(json.dumps(out, indent=1))


if __name__ == "__main__":
    main()
