"""Labels read as numbers: the values behind numeric and ordinal votes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from quorate.errors import InvalidInput

Numbers = NDArray[np.float64]


def numbers(labels: Any) -> Numbers:
    """Each label of a vocabulary as a finite float (classes,); `InvalidInput` names the first that is none."""
    values = np.empty(len(labels))
    for place, label in enumerate(labels):
        values[place] = _number(label)
    return values


def ranks(labels: Any) -> Numbers:
    """The place of each label on an ordinal scale (classes,): numbers by size, others as the vocabulary has them."""
    try:
        values = numbers(labels)
    except InvalidInput:
        return np.arange(len(labels), dtype=np.float64)
    return np.unique(values, return_inverse=True)[1].astype(np.float64)


def _number(label: Any) -> float:
    try:
        value = float(label)
    except (TypeError, ValueError):
        value = np.nan
    if not np.isfinite(value):
        raise InvalidInput(
            f"The label {label!r} is not a finite number.",
            where="label",
            mend="Numeric votes need numbers; for words use a model of classes.",
        )
    return value
