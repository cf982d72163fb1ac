"""Mistakes in a project file: pydantic's errors in terms of TOML."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from phosphene.bounds import entry, shortened
from phosphene.hints import hint
from phosphene.project.motion import OWN_KEYS

# Messages by pydantic's type of error.
_MESSAGES = {
    "model_type": "expected a table",
    "dict_type": "expected a table",
    "tuple_type": "expected a list",
    "string_type": "expected text",
    "string_too_short": "expected text that is not empty",
    "bool_type": "expected true or false",
    "bool_parsing": "expected true or false",
    "int_type": "expected a whole number",
    "int_parsing": "expected a whole number",
    "int_from_float": "expected a whole number",
    "float_type": "expected a number",
    "float_parsing": "expected a number",
}


def problems_of(
    error: ValidationError,
    data: Any,
    where: str,
    model: type[BaseModel],
    extra: Set[str] = frozenset(),
) -> list[str]:
    """Every mistake as a sentence with its entry in the file.

    Parameters
    ----------
    error : ValidationError
    data : Any
        The validated data, as in the file.
    where : str
        The entry that contains the data; empty for the entire file.
    model : type of BaseModel
        The model that it was validated against.
    extra : set of str
        Additional allowed keys.

    Returns
    -------
    list of str
    """
    problems: dict[str, list[str]] = {}
    for item in error.errors(include_url=False):
        place, value = _place(where, data, item["loc"])
        if item["type"] == "extra_forbidden":
            key = str(item["loc"][-1])
            fields = _model_at(model, item["loc"][:-1]).model_fields
            allowed = {field.alias or name for name, field in fields.items()} | extra
            problems.setdefault(place, []).append(f"unknown key. {hint(key, allowed - OWN_KEYS)}")
        elif item["type"] == "missing":
            problems.setdefault(place, []).append("is missing")
        else:
            message = item["msg"].removeprefix("Value error, ").removeprefix("Input ")
            message = _MESSAGES.get(item["type"], message)
            problems.setdefault(place, []).append(f"got {shortened(repr(value))}: {message}")
    return [f"{place}: {' or: '.join(messages)}" for place, messages in problems.items()]


def _place(where: str, data: Any, loc: tuple[int | str, ...]) -> tuple[str, Any]:
    """The name of the innermost entry that is in the file, and its value."""
    for part in loc:
        if isinstance(data, list) and isinstance(part, int) and part < len(data):
            where, data = f"{where}[{part}]", data[part]
        elif isinstance(data, Mapping) and str(part) in data:
            where, data = entry(where, str(part)), data[str(part)]
        elif isinstance(data, Mapping) and part == loc[-1] and part != "[key]":
            where = f"{where}.{part}"
        elif part == "[key]":
            data = str(loc[-2])
    return where.removeprefix("."), data


def _model_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> type[BaseModel]:
    for part in loc:
        field = model.model_fields.get(str(part))
        models = _models_in(field.annotation) if field else []
        model = models[0] if models else model
    return model


def _models_in(kind: Any) -> list[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return [kind]
    return [model for part in get_args(kind) for model in _models_in(part)]
