"""Constructor parameters by name, as scikit-learn's estimators have them."""

from __future__ import annotations

import inspect
from typing import Any, Self

from quorate.errors import InvalidInput


class Parameters:
    """`get_params`, `set_params` and a repr for classes whose `__init__` only stores its arguments."""

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The constructor's parameters by name."""
        names = inspect.signature(type(self)).parameters
        return {name: getattr(self, name) for name in names}

    def set_params(self, **params: Any) -> Self:
        """Set constructor parameters by name; `InvalidInput` for one that is unknown."""
        for name, value in params.items():
            if name not in self.get_params():
                raise InvalidInput(
                    f"{type(self).__name__} has no parameter {name!r}.",
                    mend=f"It has {', '.join(self.get_params()) or 'none'}.",
                )
            setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in self.get_params().items())})"
