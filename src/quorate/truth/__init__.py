"""From votes to beliefs: who is right, how sure one can be, and whom to ask next. Knows nothing of databases or HTTP.

Names are imported when first used, so that `import quorate.truth` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from quorate.errors import InvalidInput

# The categorical models, by the name that `quorate aggregate --method` takes: (module, class).
MODELS = {
    "majority": ("majority", "MajorityVote"),
    "wawa": ("wawa", "Wawa"),
    "zbs": ("zbs", "ZeroBasedSkill"),
    "one_coin": ("one_coin", "OneCoin"),
    "dawid_skene": ("dawid_skene", "DawidSkene"),
    "glad": ("glad", "Glad"),
    "mmsr": ("mmsr", "MMSR"),
    "bwa": ("bwa", "BWA"),
    "mace": ("mace", "MACE"),
    "ibcc": ("ibcc", "IBCC"),
    "ebcc": ("ebcc", "EBCC"),
    "communities": ("communities", "Communities"),
    "consensus": ("consensus", "Consensus"),
}

# What else has a name of its own. Functions that share their module's name (`accept.accept`, `agreement.agreement`,
# `ambiguity.ambiguity`, `certificate.certificate`, `score.score`) are imported from there.
EXPORTS = {name: module for module, name in MODELS.values()} | {
    "Belief": "online",
    "Boxes": "boxes",
    "BradleyTerry": "pairwise",
    "Calibration": "calibration",
    "Comparisons": "pairwise",
    "DriftTest": "sequences",
    "ErrorSequence": "sequences",
    "ExpertModel": "experts",
    "Mean": "numeric",
    "Median": "numeric",
    "MultiLabel": "multilabel",
    "Nearest": "distance",
    "Numeric": "numeric",
    "OrdinalProbit": "ordinal",
    "Pairwise": "pairwise",
    "Spans": "spans",
    "Text": "text",
    "TruthModel": "model",
    "Votes": "votes",
    "check_truth_model": "check",
    "cohen": "agreement_pairs",
    "copy_weights": "copies",
    "distance_alpha": "agreement_distance",
    "distance_raw": "agreement_distance",
    "doubts": "doubt",
    "find_copies": "copies",
    "fit_folder": "partition",
    "read_labels": "tables",
    "worker_report": "workers",
}


def make(name: str, **params: Any) -> Any:
    """A new categorical model by its name in `MODELS`; `InvalidInput` for another name."""
    if name not in MODELS:
        raise InvalidInput(f"There is no method {name!r}.", where="method", mend=f"Choose one of {', '.join(MODELS)}.")
    return __getattr__(MODELS[name][1])(**params)


def __getattr__(name: str) -> Any:
    if name not in EXPORTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{EXPORTS[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *EXPORTS})
