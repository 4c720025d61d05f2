"""From what people wrote (YAML, JSON) to typed, frozen objects, with every fault named by its path."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from quorate.errors import Fact, InvalidInput

Model = TypeVar("Model", bound=BaseModel)


class Written(BaseModel):
    """Something that people write in a spec: frozen once read, and a key that we do not know is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class InvalidSpec(InvalidInput):
    """One or more faults of a spec; `faults` has all of them, each with its path in `where`."""

    def __init__(self, faults: Sequence[InvalidInput]) -> None:
        first = faults[0]
        super().__init__(first.detail, where=first.where)
        self.sentences, self.facts = first.sentences, first.facts
        self.faults = tuple(faults)

    @property
    def detail(self) -> str:
        more = len(self.faults) - 1
        return super().detail + (f" (and {more} more)" if more else "")


def faults_of(error: InvalidInput) -> tuple[InvalidInput, ...]:
    """The single faults that an error carries: itself, or those it gathers."""
    return error.faults if isinstance(error, InvalidSpec) else (error,)


def read(model: type[Model], body: object, *, at: str = "") -> Model:
    """`body` as a `model`; raises `InvalidSpec` whose faults have paths such as `topic.classes[1].key`."""
    try:
        return model.model_validate(body)
    except ValidationError as error:
        raise InvalidSpec([fault_in(one, at, model) for one in _deepest(error)]) from None


def _deepest(error: ValidationError) -> list[dict[str, Any]]:
    """The faults without those that only follow from one further in."""
    errors: list[dict[str, Any]] = [dict(one) for one in error.errors()]
    prefixes = {one["loc"][:n] for one in errors for n in range(len(one["loc"]))}
    return [one for one in errors if one["loc"] not in prefixes]


def gather(checks: Sequence[Callable[[], object]]) -> None:
    """Run every check and raise all that they found wrong as one `InvalidSpec`."""
    faults: list[InvalidInput] = []
    for check in checks:
        try:
            check()
        except InvalidInput as error:
            faults.extend(faults_of(error))
    if faults:
        raise InvalidSpec(faults)


def path(*parts: str | int) -> str:
    """`path("topic", "classes", 1, "key")` is `topic.classes[1].key`."""
    text = ""
    for part in parts:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text and part else str(part)
    return text


def fault_in(error: Mapping[str, Any], at: str, model: type[BaseModel] | None = None) -> InvalidInput:
    """What pydantic found wrong, in our words; for a `model` also which of its fields was probably meant."""
    context = error.get("ctx", {})
    inner = context.get("error")
    location = [part for part in error["loc"] if not _is_branch(part)]
    if isinstance(inner, _FaultError):
        inner.error.where = path(at, *location, *inner.at)
        return inner.error
    detail, mend = _WORDS.get(error["type"], ("This does not fit: {reason}.", None))
    facts: dict[str, Fact] = {"field": str(location[-1]) if location else "", "reason": error["msg"]}
    facts |= {name: fact if isinstance(fact, int | float) else str(fact) for name, fact in context.items()}
    facts["expected"] = str(facts.get("expected", "")).replace(" or ", ", ")
    where = path(at, *location) or None
    if model is not None and error["type"] == "extra_forbidden":
        return _misspelt(model, str(facts["field"]), where, nested=len(location) > 1)
    fault = InvalidInput(detail, where=where, mend=mend)
    fault.facts = facts
    return fault


def _misspelt(model: type[BaseModel], field: str, where: str | None, *, nested: bool) -> InvalidInput:
    """Tell the field that was probably meant; else, at the top, all there are."""
    shape = model.model_json_schema()
    shapes = [shape, *shape.get("$defs", {}).values()] if nested else [shape]
    known = sorted({name for one in shapes for name in one.get("properties", ())})
    near = "".join(get_close_matches(field, [name for name in known if name != field], n=1))
    mend = "Did you mean `{near}`?" if near else "Remove it." if nested else "There are: {known}."
    return InvalidInput(
        "There is no field `{field}` here.", where=where, mend=mend, field=field, near=near, known=known
    )


def _is_branch(part: str | int) -> bool:
    """Whether a part of pydantic's location names a branch of a union or a validator, not a field."""
    return isinstance(part, str) and ("[" in part or "(" in part or part in {"str", "int", "float", "bool", "decimal"})


_WORDS: dict[str, tuple[str, str | None]] = {
    "bool_type": ("`true` or `false` is wanted here.", None),
    "dict_type": ("A mapping is wanted here.", None),
    "extra_forbidden": ("There is no field `{field}` here.", "Remove it."),
    "float_type": ("A number is wanted here.", None),
    "greater_than": ("This must be more than {gt}.", None),
    "greater_than_equal": ("This must be at least {ge}.", None),
    "int_type": ("A whole number is wanted here.", None),
    "json_invalid": ("The body is not JSON: {error}.", None),
    "less_than": ("This must be less than {lt}.", None),
    "less_than_equal": ("This must be at most {le}.", None),
    "literal_error": ("This must be one of {expected}.", None),
    "missing": ("The field `{field}` is missing.", "Write it."),
    "model_type": ("A mapping of fields is wanted here.", None),
    "string_pattern_mismatch": ("This has characters that it may not have.", "Match {pattern}."),
    "string_too_long": ("This has more than {max_length} characters.", "Shorten it."),
    "string_type": ("A text is wanted here.", "Put quotes around it if YAML takes it for something else."),
    "too_long": ("There are {actual_length}, and at most {max_length} are allowed.", None),
    "too_short": ("There are {actual_length}, and at least {min_length} are needed.", None),
    "tuple_type": ("A list is wanted here.", "Write it as [a, b]."),
}


class _FaultError(ValueError):
    def __init__(self, error: InvalidInput, at: tuple[str | int, ...]) -> None:
        super().__init__(str(error))
        self.error, self.at = error, at


def fault(detail: str, mend: str | None = None, *at: str | int, **facts: Fact) -> ValueError:
    """What a pydantic validator raises to say what is wrong, how to mend it and, below itself, where."""
    error = InvalidInput(detail, mend=mend)
    error.facts = facts
    return fault_of(error, *at)


def fault_of(error: InvalidInput, *at: str | int) -> ValueError:
    """What a pydantic validator raises for what was found wrong elsewhere."""
    return _FaultError(error, at)


def _text(value: object) -> object:
    if isinstance(value, bool) or value is None:
        raise fault("YAML reads this as {value}.", "Put quotes around it, as in 'no'.", value=repr(value))
    if isinstance(value, int | float):
        return str(value)
    return value


Name = Annotated[str, BeforeValidator(_text)]
"""A text that may look like a number in YAML, such as the class `0`."""

Words = Annotated[str | dict[str, str], BeforeValidator(_text)]
"""Words for people: one text, or one per language as `{en: …, fr: …}`."""
