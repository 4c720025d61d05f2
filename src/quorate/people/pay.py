"""Pay, pure: what of a balance can be paid out, and what an hour of work brings."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal

WHOLE = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"}
)
"""Currencies without a smaller unit (ISO 4217)."""
THOUSANDTHS = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])


def smallest(currency: str) -> Decimal:
    """The smallest amount of a currency that can be sent."""
    return Decimal(1) if currency in WHOLE else Decimal("0.001") if currency in THOUSANDTHS else Decimal("0.01")


def sendable(amount: Decimal, currency: str) -> Decimal:
    """As much of an amount as can be sent; the rest of a cent stays payable. Nothing of a debt."""
    return max(Decimal(0), amount.quantize(smallest(currency), ROUND_DOWN))


def hourly(paid: Decimal, seconds: float) -> Decimal | None:
    """What an hour of such work brings, from what was paid for so many seconds; None without any time."""
    return None if seconds <= 0 else (paid * 3600 / Decimal(repr(seconds))).quantize(Decimal("0.01"))
